using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages.Launch;

/// <summary>Starts an app for the person whose page is open.</summary>
public sealed class StartModel(LaunchApi launches, IConfiguration configuration) : PageModel
{
    public IReadOnlyList<LaunchableApp> Apps { get; } = LaunchableApp.All(configuration);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public async Task<IActionResult> OnPost(string app, CancellationToken cancellation)
    {
        if (Apps.FirstOrDefault(each => each.Id == app) is not { } chosen) return NotFound();
        if (await launches.For(Id, cancellation) is not { } launch) return RedirectToPage("/AccessDenied");
        var fhir = new Uri(new Uri(configuration["Launch:Fhir"] ?? throw new InvalidOperationException("Launch__Fhir is missing: the address of the records API.")), "fhir");
        return Redirect(chosen.Url + new QueryString().Add("iss", fhir.ToString()).Add("launch", launch));
    }
}
