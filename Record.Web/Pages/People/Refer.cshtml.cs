using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Refers a person to a team. The form's key makes sending it twice one referral.</summary>
public sealed class ReferModel(RecordApi api) : PageModel
{
    public Journey? Person { get; private set; }

    public Team[] Teams { get; private set; } = [];

    [BindProperty]
    public string? To { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string Priority { get; set; } = "routine";

    [BindProperty]
    public string Key { get; set; } = Guid.NewGuid().ToString();

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public string? ErrorOf(string field) => Errors.Where(error => error.Field == field).Select(error => error.Message).FirstOrDefault();

    public Task<IActionResult> OnGet(Guid id, CancellationToken cancellation) => Show(id, cancellation);

    public async Task<IActionResult> OnPost(Guid id, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(To)) Errors = [.. Errors, (nameof(To), "Choose the team that the referral goes to.")];
        if (string.IsNullOrWhiteSpace(Reason)) Errors = [.. Errors, (nameof(Reason), "Say why the person is referred.")];
        if (Errors.Count > 0) return await Show(id, cancellation);
        var answer = await api.Refer(new(id, To, null, Reason, Priority, Key), cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.Problem is { } problem)
        {
            Errors = [(nameof(Reason), problem)];
            return await Show(id, cancellation);
        }

        TempData["Said"] = "The referral has been sent. It stands on the team's worklist until they accept or reject it.";
        return Redirect($"/people/{id}");
    }

    private async Task<IActionResult> Show(Guid id, CancellationToken cancellation)
    {
        var answer = await api.Person(id, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.Value is null) return NotFound();
        Person = answer.Value;
        Teams = (await api.Teams(cancellation)).Value ?? [];
        return Page();
    }
}
