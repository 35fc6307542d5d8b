using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>A patient's access list: who, in which role, for which organisation, when, why and what.</summary>
public sealed class AuditPersonModel(AuditApi api) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Machines { get; set; }

    public AccessList? List { get; private set; }

    public (AuditSeen[] Seen, bool Patients, string Caption) Table => (List!.Seen, false, "Accesses to the person's record, newest first");

    public async Task<IActionResult> OnGet(CancellationToken cancellation)
    {
        var answer = await api.OfPerson(Person, After, Machines, cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        if (answer.IsMissing) return NotFound();
        List = answer.Value ?? throw new InvalidOperationException("The access list could not be read.");
        return Page();
    }
}
