using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>One feed: its measures, what waits to be mended, what was refused, and replay by range.</summary>
public sealed class FeedModel(FeedApi api) : PageModel
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    public Feed? Feed { get; private set; }

    public IReadOnlyList<(string State, string Title, string None, IReadOnlyList<FeedMessage> Rows)> Queues { get; private set; } = [];

    [BindProperty(SupportsGet = true)]
    public string Source { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public long After { get; set; }

    [BindProperty]
    public string? From { get; set; }

    [BindProperty]
    public string? To { get; set; }

    [BindProperty]
    public bool Mapped { get; set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public Task<IActionResult> OnGet(CancellationToken cancellation) => Show(cancellation);

    public async Task<IActionResult> OnPostReplay(CancellationToken cancellation)
    {
        if (!TryInstant(From, out var from)) Errors = [("From", "Enter a date and time, or leave it empty")];
        if (!TryInstant(To, out var to)) Errors = [.. Errors, ("To", "Enter a date and time, or leave it empty")];
        if (Errors.Count > 0) return await Show(cancellation);
        var range = new List<string> { $"mapped={(Mapped ? "true" : "false")}" };
        if (from is { } begin) range.Add($"from={Uri.EscapeDataString(begin.ToString("o", CultureInfo.InvariantCulture))}");
        if (to is { } end) range.Add($"to={Uri.EscapeDataString(end.ToString("o", CultureInfo.InvariantCulture))}");
        var answer = await api.Replay(Source, string.Join('&', range), cancellation);
        if (answer.Problem is { } problem)
        {
            Errors = [("From", problem)];
            return await Show(cancellation);
        }

        TempData["Said"] = $"{answer.Value.GetProperty("replayed").GetInt64()} messages are being mapped again.";
        return RedirectToPage(new { Source });
    }

    private async Task<IActionResult> Show(CancellationToken cancellation)
    {
        var answer = await api.One(Source, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        Feed = answer.Value ?? throw new InvalidOperationException("The feed could not be read.");
        Queues = [("waiting", "Waiting to be mended", "No message waits.", await Rows("waiting", cancellation)), ("refused", "Refused at the door", "No message was refused.", await Rows("refused", cancellation))];
        return Page();
    }

    private async Task<IReadOnlyList<FeedMessage>> Rows(string state, CancellationToken cancellation) => (await api.Messages(Source, state, After, cancellation)).Value ?? [];

    private static bool TryInstant(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, out var wall)) return false;
        instant = new DateTimeOffset(wall, London.GetUtcOffset(wall));
        return true;
    }
}
