using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages.Launch;

/// <summary>An app that starts by itself asks whom it is about; the answer goes back to sign-in, which alone decides where to.</summary>
public sealed class ChooseModel(RecordApi api, LaunchApi launches, IConfiguration configuration) : PageModel
{
    /// <summary>The query of the authorisation request that waits.</summary>
    [BindProperty(SupportsGet = true, Name = "request")]
    public string? Asked { get; set; }

    [BindProperty]
    public string? NhsNumber { get; set; }

    [BindProperty]
    public string? Family { get; set; }

    [BindProperty]
    public string? BirthDate { get; set; }

    public Found? Found { get; private set; }

    public string? Problem { get; private set; }

    public IActionResult OnGet() => Asked is ['?', ..] ? Page() : BadRequest();

    public async Task<IActionResult> OnPost(CancellationToken cancellation)
    {
        var answer = await api.Search(new(NhsNumber?.Replace(" ", "", StringComparison.Ordinal), Family, null, BirthDate), cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        (Found, Problem) = (answer.Value, answer.Problem);
        return Page();
    }

    public async Task<IActionResult> OnPostChoose(Guid person, CancellationToken cancellation)
    {
        if (Asked is not ['?', ..]) return BadRequest();
        if (await launches.For(person, cancellation) is not { } launch) return RedirectToPage("/AccessDenied");
        return Redirect(new Uri(new Uri(configuration["Identity:Issuer"]!), "connect/authorize").ToString() + Asked + "&launch=" + Uri.EscapeDataString(launch));
    }
}
