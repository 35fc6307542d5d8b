using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>Finds people. The question goes in the body of a POST: no name or number stands in an address.</summary>
public sealed class SearchModel(RecordApi api) : PageModel
{
    [BindProperty]
    public string? NhsNumber { get; set; }

    [BindProperty]
    public string? Family { get; set; }

    [BindProperty]
    public string? Given { get; set; }

    [BindProperty]
    public string? BirthDate { get; set; }

    public Found? Found { get; private set; }

    public IReadOnlyList<(string Field, string Message)> Errors { get; private set; } = [];

    public string? ErrorOf(string field) => Errors.Where(error => error.Field == field).Select(error => error.Message).FirstOrDefault();

    public async Task<IActionResult> OnPost(CancellationToken cancellation)
    {
        var answer = await api.Search(new(NhsNumber?.Replace(" ", "", StringComparison.Ordinal), Family, Given, BirthDate), cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        Found = answer.Value;
        if (answer.Problem is { } problem)
            Errors = [(problem.Contains("NHS number has", StringComparison.Ordinal) ? nameof(NhsNumber) : problem.Contains("must be a date", StringComparison.Ordinal) ? nameof(BirthDate) : nameof(Family), problem)];
        return Page();
    }
}
