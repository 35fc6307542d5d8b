using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Home: what is mine.</summary>
public sealed class IndexModel(RecordApi api) : PageModel
{
    public bool Clinical { get; private set; }

    public bool Board { get; private set; }

    public Worklist? Worklist { get; private set; }

    public async Task OnGet(CancellationToken cancellation)
    {
        var role = User.FindFirst("role")?.Value ?? "";
        Clinical = role.EndsWith("-clinician", StringComparison.Ordinal) || role == "service-manager";
        Board = role is "board-member" or "programme-manager" or "programme-sro";
        if (Clinical) Worklist = (await api.Worklist(null, cancellation)).Value;
    }
}
