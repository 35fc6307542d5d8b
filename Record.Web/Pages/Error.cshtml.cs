using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Record.Web.Pages;

/// <summary>What is shown when something goes wrong: a trace number and nothing else.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class ErrorModel : PageModel
{
    public string Trace { get; private set; } = "";

    public bool Missing { get; private set; }

    public void OnGet(int? status) => (Trace, Missing) = (Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier, status == 404);

    public void OnPost(int? status) => OnGet(status);
}
