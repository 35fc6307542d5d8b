using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Record.Web.Records;

namespace Record.Web.Pages;

/// <summary>How every feed of the user's stands; what has fallen silent comes first.</summary>
public sealed class FeedsModel(FeedApi api) : PageModel
{
    public IReadOnlyList<Feed> Feeds { get; private set; } = [];

    public IReadOnlyList<Feed> Silent => [.. Feeds.Where(feed => feed.Silence is not null)];

    public async Task<IActionResult> OnGet(CancellationToken cancellation)
    {
        var answer = await api.All(cancellation);
        if (answer.IsDenied) return RedirectToPage("/AccessDenied");
        Feeds = answer.Value ?? throw new InvalidOperationException("The feeds could not be read.");
        return Page();
    }
}
