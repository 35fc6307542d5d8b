using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Shows what would become of messages, and stores nothing.</summary>
public sealed class DryRunModel(FeedApi api) : PageModel
{
    private const int MostMessages = 50;

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public IFormFile? Upload { get; set; }

    public IReadOnlyList<DryRun> Results { get; private set; } = [];

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken cancellation) => (await api.All(cancellation)).IsDenied ? RedirectToPage("/AccessDenied") : Page();

    public async Task<IActionResult> OnPost(CancellationToken cancellation)
    {
        var messages = Messages(await Bytes(cancellation));
        if (messages.Count == 0) Errors = [("Text", "Paste a message that begins with MSH, or choose a file")];
        if (messages.Count > MostMessages) Errors = [("Text", $"Try up to {MostMessages} messages at once")];
        if (Errors.Count > 0) return Page();
        var results = new List<DryRun>();
        foreach (var message in messages)
        {
            var answer = await api.Try(message, cancellation);
            if (answer.IsDenied) Errors = [("Text", "A message belongs to a source system of another organisation")];
            else if (answer.Problem is { } problem) Errors = [("Text", problem)];
            if (answer.Value is { } result) results.Add(result);
        }

        Results = results;
        return Page();
    }

    private async Task<byte[]> Bytes(CancellationToken cancellation)
    {
        if (Upload is not { Length: > 0 and <= 1024 * 1024 }) return Encoding.UTF8.GetBytes((Text ?? "").ReplaceLineEndings("\r"));
        using var buffer = new MemoryStream();
        await Upload.CopyToAsync(buffer, cancellation);
        return buffer.ToArray();
    }

    // A message begins where a line begins with MSH; frames of MLLP are taken off.
    private static List<byte[]> Messages(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes).Replace("\u000B", "\r", StringComparison.Ordinal).Replace("\u001C", "\r", StringComparison.Ordinal);
        var starts = new List<int>();
        for (var at = text.IndexOf("MSH", StringComparison.Ordinal); at >= 0; at = text.IndexOf("MSH", at + 3, StringComparison.Ordinal))
            if (at == 0 || text[at - 1] is '\r' or '\n' or '\u00BF') starts.Add(at);
        return [.. starts.Select((start, i) => Encoding.Latin1.GetBytes(text[start..(i + 1 < starts.Count ? starts[i + 1] : text.Length)]))];
    }
}
