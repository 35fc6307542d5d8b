using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>One message of a feed with the place of its fault, mended and replayed here.</summary>
public sealed class FeedMessageModel(FeedApi api) : PageModel
{
    public FeedMessageDetail? Message { get; private set; }

    [BindProperty(SupportsGet = true)]
    public string Source { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public long Id { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    /// <summary>The segments; the one that the fault names is marked.</summary>
    public IEnumerable<(string Text, bool Faulty)> Lines
    {
        get
        {
            var marked = false;
            foreach (var line in Message!.Text.Split('\n'))
            {
                var faulty = !marked && Message.Row.Reason is not null && Message.Place is { Length: >= 3 } place && line.StartsWith(place[..3], StringComparison.Ordinal);
                marked |= faulty;
                yield return (line, faulty);
            }
        }
    }

    public Task<IActionResult> OnGet(CancellationToken cancellation) => Show(cancellation);

    public async Task<IActionResult> OnPostMend(CancellationToken cancellation) =>
        await Done(await api.Mend(Source, Id, Text, cancellation), "The mended message is being mapped.", cancellation);

    public async Task<IActionResult> OnPostAgain(CancellationToken cancellation) =>
        await Done(await api.Replay(Source, $"message={Id}", cancellation), "The message is being mapped again.", cancellation);

    private async Task<IActionResult> Done(Answer<System.Text.Json.JsonElement> answer, string said, CancellationToken cancellation)
    {
        if (answer.Problem is { } problem)
        {
            Errors = [("Text", problem)];
            return await Show(cancellation);
        }

        TempData["Said"] = said;
        return RedirectToPage("/Feeds/Feed", new { Source });
    }

    private async Task<IActionResult> Show(CancellationToken cancellation)
    {
        var answer = await api.Message(Source, Id, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        Message = answer.Value ?? throw new InvalidOperationException("The message could not be read.");
        return Page();
    }
}
