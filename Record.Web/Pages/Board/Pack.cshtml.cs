using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Downloads the board pack.</summary>
public sealed class PackModel(ReportingApi api) : PageModel
{
    public async Task<IActionResult> OnGet(CancellationToken cancellation)
    {
        var pack = await api.Pack(cancellation);
        if (pack.IsDenied) return RedirectToPage("/AccessDenied");
        return pack.Value is { Content: not null } file
            ? File(file.Content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Name)
            : throw new InvalidOperationException("The pack could not be made.");
    }
}
