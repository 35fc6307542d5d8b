using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>One person's whole journey: the product's face.</summary>
public sealed class PersonModel(RecordApi api, TimeProvider clock) : PageModel
{
    private const int FirstItems = 60;

    public Journey? Person { get; private set; }

    public string? Setting { get; private set; }

    public IReadOnlyList<TimelineItem> Shown { get; private set; } = [];

    public int Hidden { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    private bool MayBreakGlass => User.FindFirst("role")?.Value.EndsWith("-clinician", StringComparison.Ordinal) == true;

    public async Task<IActionResult> OnGet(Guid id, string? setting, bool all, CancellationToken cancellation)
    {
        var answer = await api.Person(id, cancellation);
        if (answer.IsDenied) return MayBreakGlass ? RedirectToPage("/Access/BreakGlass", new { id }) : RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        Person = answer.Value ?? throw new InvalidOperationException("The record could not be read.");
        Setting = setting is "acute" or "mental-health" or "community" ? setting : null;
        var items = Person.Timeline.Where(item => Setting is null || item.Setting == Setting).ToList();
        Shown = all ? items : [.. items.Take(FirstItems)];
        Hidden = items.Count - Shown.Count;
        return Page();
    }
}
