using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>What waits for the user's teams, most urgent first.</summary>
public sealed class WorklistModel(RecordApi api, TimeProvider clock) : PageModel
{
    public Worklist? List { get; private set; }

    [BindProperty(SupportsGet = true)]
    public string? Team { get; set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public string? ErrorOf(string task) => Errors.Where(error => error.Field.EndsWith(task, StringComparison.Ordinal)).Select(error => error.Message).FirstOrDefault();

    public Task<IActionResult> OnGet(CancellationToken cancellation) => Show(cancellation);

    public async Task<IActionResult> OnPostAccept(string task, CancellationToken cancellation) =>
        await Done(task, await api.Accept(task, cancellation), "The referral has been accepted.", cancellation);

    public async Task<IActionResult> OnPostReject(string task, string? reason, CancellationToken cancellation) =>
        await Done(task, await api.Reject(task, reason, cancellation), "The referral has been rejected. A task has been opened at the sender.", cancellation);

    public async Task<IActionResult> OnPostComplete(string task, string? note, CancellationToken cancellation) =>
        await Done(task, await api.Complete(task, note, cancellation), "The task has been ended.", cancellation);

    private async Task<IActionResult> Done(string task, Answer<JsonElement> answer, string said, CancellationToken cancellation)
    {
        if (answer.Problem is { } problem)
        {
            Errors = [($"t-{task}", problem)];
            return await Show(cancellation);
        }

        TempData["Said"] = said;
        return RedirectToPage(new { Team });
    }

    private async Task<IActionResult> Show(CancellationToken cancellation)
    {
        var answer = await api.Worklist(Team, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        List = answer.Value ?? throw new InvalidOperationException("The worklist could not be read.");
        return Page();
    }
}
