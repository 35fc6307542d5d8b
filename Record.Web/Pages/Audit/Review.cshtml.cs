using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>One unusual access, decided here with a reason.</summary>
public sealed class UnusualReviewModel(AuditApi api) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Decision { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    public UnusualAccess? Item { get; private set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public Task<IActionResult> OnGet(CancellationToken cancellation) => Show(cancellation);

    public async Task<IActionResult> OnPost(CancellationToken cancellation)
    {
        var answer = await api.Decide(Id, Decision, Note, cancellation);
        if (answer.Problem is { } problem)
        {
            Errors = [(problem.StartsWith("Say why", StringComparison.Ordinal) ? nameof(Note) : nameof(Decision), problem)];
            return await Show(cancellation);
        }

        TempData["Said"] = "Your decision is kept.";
        return RedirectToPage("/Audit/Unusual");
    }

    private async Task<IActionResult> Show(CancellationToken cancellation)
    {
        var answer = await api.One(Id, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        Item = answer.Value ?? throw new InvalidOperationException("The entry could not be read.");
        return Page();
    }
}
