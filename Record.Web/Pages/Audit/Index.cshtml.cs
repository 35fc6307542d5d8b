using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>The privacy officer's search of the audit. A person is looked for by POST: no number stands in an address.</summary>
public sealed class AuditModel(AuditApi api) : PageModel
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    [BindProperty(SupportsGet = true)]
    public string? Actor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Outcome { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Machines { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    [BindProperty]
    public string? NhsNumber { get; set; }

    public AuditPage Found { get; private set; } = new([], null);

    public IReadOnlyList<AuditedPerson> People { get; private set; } = [];

    public bool Asked { get; private set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public (AuditSeen[] Seen, bool Patients, string Caption) Table => (Found.Seen, true, "Accesses, newest first");

    /// <summary>The same search from a place on.</summary>
    public string Link(string after) => "/audit" + Query([new("Actor", Actor), new("From", From), new("To", To), new("Outcome", Outcome), new("Machines", Machines ? "true" : null), new("After", after)]);

    public Task<IActionResult> OnGet(CancellationToken cancellation) => Show(cancellation);

    public async Task<IActionResult> OnPostPerson(CancellationToken cancellation)
    {
        Asked = true;
        var answer = await api.People(NhsNumber?.Replace(" ", "", StringComparison.Ordinal), cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.Problem is { } problem) Errors = [(nameof(NhsNumber), problem)];
        People = answer.Value ?? [];
        return await Show(cancellation);
    }

    private async Task<IActionResult> Show(CancellationToken cancellation)
    {
        var (from, until) = (Day(From, nameof(From), 0), Day(To, nameof(To), 1));
        var question = Query([new("actor", Actor), new("from", from), new("until", until), new("outcome", Outcome), new("machines", Machines ? "true" : null), new("after", After)]);
        var answer = await api.Search(question, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        Found = answer.Value ?? throw new InvalidOperationException("The audit could not be read.");
        return Page();
    }

    private string? Day(string? text, string field, int plus)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            var midnight = day.AddDays(plus).ToDateTime(TimeOnly.MinValue);
            return new DateTimeOffset(midnight, London.GetUtcOffset(midnight)).ToString("o", CultureInfo.InvariantCulture);
        }

        Errors = [.. Errors, (field, "Enter a date, or leave it empty")];
        return null;
    }

    private static string Query(IEnumerable<KeyValuePair<string, string?>> parameters) => QueryString.Create(parameters.Where(parameter => !string.IsNullOrEmpty(parameter.Value))).Value ?? "";
}
