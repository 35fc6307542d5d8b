using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Two records side by side, and the decision.</summary>
public sealed class PairModel(IdentityApi api) : PageModel
{
    public IdentityPair? Pair { get; private set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid? Decision { get; set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public Task<IActionResult> OnGet(Guid id, CancellationToken cancellation) => Show(id, cancellation);

    public Task<IActionResult> OnPostLink(Guid id, CancellationToken cancellation) => Decide(id, $"reviews/{id}", "link", "The records are one person now.", cancellation);

    public Task<IActionResult> OnPostKeepApart(Guid id, CancellationToken cancellation) => Decide(id, $"reviews/{id}", "keep-apart", "The records stay two people. You will not be asked again.", cancellation);

    public Task<IActionResult> OnPostUndo(Guid id, CancellationToken cancellation) => Decide(id, $"decisions/{Decision}", "undo", "The decision has been taken back.", cancellation);

    public async Task<IActionResult> OnPostUnlink(Guid id, CancellationToken cancellation)
    {
        var answer = await api.Pair(id, cancellation);
        return answer.Value is { AreLinked: true } pair
            ? await Decide(id, $"patients/{pair.Second.Id}", "unlink", "The second record is a person of its own now.", cancellation)
            : await Show(id, cancellation);
    }

    private async Task<IActionResult> Decide(Guid id, string question, string decision, string said, CancellationToken cancellation)
    {
        var answer = await api.Decide(question, decision, Reason, cancellation);
        if (answer.Problem is { } problem)
        {
            Errors = [("Reason", problem)];
            return await Show(id, cancellation);
        }

        TempData["Said"] = said;
        return RedirectToPage(new { id });
    }

    private async Task<IActionResult> Show(Guid id, CancellationToken cancellation)
    {
        var answer = await api.Pair(id, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        Pair = answer.Value ?? throw new InvalidOperationException("The pair could not be read.");
        return Page();
    }
}
