using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>What waits for a steward of identities.</summary>
public sealed class IdentityModel(IdentityApi api) : PageModel
{
    public IdentityOpen? Queue { get; private set; }

    public async Task<IActionResult> OnGet(CancellationToken cancellation)
    {
        var answer = await api.Queue(cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        Queue = answer.Value ?? throw new InvalidOperationException("The queue could not be read.");
        return Page();
    }
}
