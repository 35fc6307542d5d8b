using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>What the programme board sees: figures, feeds and claims, each with its status and source.</summary>
public sealed class BoardModel(ReportingApi api) : PageModel
{
    public Figures? Figures { get; private set; }

    public Deployment? Deployment { get; private set; }

    public ClaimPage? Claims { get; private set; }

    public IEnumerable<Figure> Shares => Figures!.All.Where(figure => figure.Level == "system" && figure.Id.EndsWith(".met-share", StringComparison.Ordinal)).OrderByDescending(figure => figure.Period.From);

    public IEnumerable<Figure> Open => Figures!.All.Where(figure => figure.Id.Contains(".open-now.", StringComparison.Ordinal));

    public IEnumerable<Figure> Residents => Figures!.All.Where(figure => figure.Id is "residents.active" or "residents.two-or-more-settings" or "residents.two-or-more-settings-share" or "residents.all-settings");

    public async Task<IActionResult> OnGet(CancellationToken cancellation)
    {
        var (figures, deployment, claims) = (await api.Figures(cancellation), await api.Deployment(cancellation), await api.Claims(cancellation));
        if (figures.IsDenied) return RedirectToPage("/AccessDenied");
        (Figures, Deployment, Claims) = (figures.Value, deployment.Value, claims.Value);
        return Figures is null || Deployment is null || Claims is null ? throw new InvalidOperationException("Reporting could not be read.") : Page();
    }
}
