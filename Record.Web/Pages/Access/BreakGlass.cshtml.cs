using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Opens a record without a relationship, with a reason.</summary>
public sealed class BreakGlassModel(RecordApi api) : PageModel
{
    [BindProperty]
    public string? Reason { get; set; }

    public Guid Id { get; private set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public void OnGet(Guid id) => Id = id;

    public async Task<IActionResult> OnPost(Guid id, CancellationToken cancellation)
    {
        Id = id;
        var answer = await api.BreakGlass(id, Reason, cancellation);
        if (answer.IsMissing) return NotFound();
        if (answer.Problem is null) return Redirect($"/people/{id}");
        Errors = [(nameof(Reason), answer.Problem)];
        return Page();
    }
}
