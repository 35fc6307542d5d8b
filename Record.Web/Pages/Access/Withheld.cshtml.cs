using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Opens one class of withheld items of a person, with a reason.</summary>
public sealed class WithheldModel(RecordApi api) : PageModel
{
    [BindProperty]
    public string? Reason { get; set; }

    public Journey? Person { get; private set; }

    public Withheld? Items { get; private set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public Task<IActionResult> OnGet(Guid id, string seal, CancellationToken cancellation) => Show(id, seal, cancellation);

    public async Task<IActionResult> OnPost(Guid id, string seal, CancellationToken cancellation)
    {
        var answer = await api.OpenSeal(id, seal, Reason, cancellation);
        if (answer.Problem is { } problem)
        {
            Errors = [(nameof(Reason), problem)];
            return await Show(id, seal, cancellation);
        }

        TempData["Said"] = "The items are open to you for a limited time. Your reason is with the privacy officers.";
        return Redirect($"/people/{id}");
    }

    private async Task<IActionResult> Show(Guid id, string seal, CancellationToken cancellation)
    {
        var answer = await api.Person(id, cancellation);
        if (answer.IsDenied) return RedirectToPage("/Access/BreakGlass", new { id });
        if (answer.Value is null) return NotFound();
        Person = answer.Value;
        Items = Person.Withheld.FirstOrDefault(items => items.Seal == seal);
        return Items is null ? Redirect($"/people/{id}") : Page();
    }
}
