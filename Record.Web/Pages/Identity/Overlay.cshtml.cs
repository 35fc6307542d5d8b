using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>A record that may be two people, before and after, and the decision.</summary>
public sealed class OverlayModel(IdentityApi api) : PageModel
{
    public IdentityOverlay? Overlay { get; private set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid? Decision { get; set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public Task<IActionResult> OnGet(Guid id, CancellationToken cancellation) => Show(id, cancellation);

    public Task<IActionResult> OnPostOnePerson(Guid id, CancellationToken cancellation) => Decide(id, $"overlays/{id}", "one-person", "The record is the person it was.", cancellation);

    public Task<IActionResult> OnPostTwoPeople(Guid id, CancellationToken cancellation) => Decide(id, $"overlays/{id}", "two-people", "The record is another person's now and has been compared afresh.", cancellation);

    public Task<IActionResult> OnPostUndo(Guid id, CancellationToken cancellation) => Decide(id, $"decisions/{Decision}", "undo", "The decision has been taken back; the record is in quarantine again.", cancellation);

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
        var answer = await api.Overlay(id, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        Overlay = answer.Value ?? throw new InvalidOperationException("The record could not be read.");
        return Page();
    }
}
