using Microsoft.AspNetCore.Http.HttpResults;

namespace Reporting.BoardPack;

/// <summary>The board pack as a workbook.</summary>
internal static class BoardPackEndpoints
{
    public static void MapBoardPacks(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/board-packs").WithTags("Board packs").RequireAuthorization(BoardAccess.Policy)
            .MapGet("/latest.xlsx", Latest).WithSummary("The board pack of this moment, as .xlsx");

    private static async Task<FileContentHttpResult> Latest(HttpContext http, BoardPacks packs, CancellationToken cancellation)
    {
        var (name, content) = await packs.Make(http.AccessForBoard(), cancellation);
        return TypedResults.File(content, BoardPacks.MediaType, name);
    }
}
