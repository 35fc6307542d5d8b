using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Access that the rules raised: to review, or decided.</summary>
public sealed class UnusualModel(AuditApi api) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    public IReadOnlyList<UnusualAccess> Found { get; private set; } = [];

    public string Colour(UnusualAccess item) => item.Decision switch { "justified" => "green", "not-justified" => "red", _ => "yellow" };

    public async Task<IActionResult> OnGet(CancellationToken cancellation)
    {
        var answer = await api.Unusual(State == "decided" ? "decided" : "open", cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        Found = answer.Value ?? throw new InvalidOperationException("The list could not be read.");
        return Page();
    }
}
