using Microsoft.AspNetCore.Http.HttpResults;
using Record.Core;

namespace Record.Api;

/// <summary>Turns a kind of error into a status: RFC 9457 beside <c>/fhir</c>, OperationOutcome within.</summary>
internal static class Problems
{
    public static ProblemHttpResult ToProblem(this RecordError error) => TypedResults.Problem(
        type: $"https://errors.mse-epr.nhs.uk/{error.Code}", title: error.Kind.ToString(), detail: error.Detail, statusCode: StatusOf(error.Kind));

    /// <summary>The value as JSON, or the problem.</summary>
    public static IResult ToResult<T>(this Result<T> result) => result.TryGet(out var value, out var error) ? TypedResults.Json(value) : error.ToProblem();

    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => StatusCodes.Status400BadRequest,
        ErrorKind.Unprocessable => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Gone => StatusCodes.Status410Gone,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        ErrorKind.Forbidden => StatusCodes.Status403Forbidden,
        ErrorKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorKind.NotAcceptable => StatusCodes.Status406NotAcceptable,
        ErrorKind.UnsupportedMedia => StatusCodes.Status415UnsupportedMediaType,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status501NotImplemented,
    };

    /// <summary>Code of OperationOutcome.issue. https://hl7.org/fhir/R4/valueset-issue-type.html</summary>
    public static string IssueOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => "invalid",
        ErrorKind.Unprocessable => "processing",
        ErrorKind.NotFound => "not-found",
        ErrorKind.Gone => "deleted",
        ErrorKind.Conflict or ErrorKind.PreconditionFailed => "conflict",
        ErrorKind.Forbidden => "forbidden",
        ErrorKind.TooLarge => "too-long",
        ErrorKind.Unavailable => "transient",
        _ => "not-supported",
    };
}
