using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>What an interaction is: a request in, an answer out.</summary>
internal delegate Task<Answer> Interaction(FhirRequest request, CancellationToken cancellation);

/// <summary>Between HTTP and the interactions: format, limits, body, answer. Nothing is bound by reflection, no scope is made.</summary>
internal sealed class FhirRoute(FhirServices services)
{
    /// <summary>An interaction that reads.</summary>
    public RequestDelegate Asks(Interaction interaction, ScopeActions actions) => async http =>
    {
        var request = Of(http);
        var answer = Refused(request) ?? await Scoped.Refused(request, actions, http.RequestAborted) ?? await interaction(request, http.RequestAborted);
        await AnswerWriter.Send(http, request, answer);
    };

    /// <summary>An interaction that writes a body that is JSON.</summary>
    public RequestDelegate Sends(Interaction interaction, ScopeActions actions, string? alsoTakes = null) => Sends(interaction, actions, alsoTakes, true);

    /// <summary>An interaction with a body that only asks.</summary>
    public RequestDelegate AsksWithBody(Interaction interaction, ScopeActions actions) => Sends(interaction, actions, null, false);

    private RequestDelegate Sends(Interaction interaction, ScopeActions actions, string? alsoTakes, bool writes) => async http =>
    {
        var request = Of(http);
        await AnswerWriter.Send(http, request, await Answer(http, request, interaction, actions, alsoTakes, writes));
    };

    /// <summary>An interaction that writes and has no body, or reads it itself.</summary>
    public RequestDelegate Does(Interaction interaction, ScopeActions actions) => async http =>
    {
        var request = Of(http);
        var answer = Refused(request) ?? await Scoped.Refused(request, actions, http.RequestAborted) ?? (request.Access.MayReadPatients ? await interaction(request, http.RequestAborted) : await MayNotWrite(request, http.RequestAborted));
        await AnswerWriter.Send(http, request, answer);
    };

    /// <summary>An answer that is no FHIR resource and writes itself.</summary>
    public RequestDelegate Streams(Func<HttpContext, FhirRequest, Task> write) => http => write(http, Of(http));

    /// <summary>A search whose criteria stand in a form.</summary>
    public RequestDelegate Searches(Interaction interaction) => async http =>
    {
        var request = Of(http);
        var read = (await Form(http.Request)).TryGet(out var form, out var error);
        if (read) request = request with { Parameters = [.. request.Parameters, .. form!] };
        var answer = Refused(request) ?? await Scoped.Refused(request, ScopeActions.Search, http.RequestAborted) ?? (read ? await interaction(request, http.RequestAborted) : error!);
        await AnswerWriter.Send(http, request, answer);
    };

    // The fields of a form; none where there is no body.
    private static async Task<Result<List<KeyValuePair<string, string>>>> Form(HttpRequest request)
    {
        if (!request.HasFormContentType) return request.ContentLength is null or 0 ? new List<KeyValuePair<string, string>>() : FhirRequestErrors.FormExpected;
        try
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            return form.SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? "")).ToList();
        }
        catch (InvalidDataException)
        {
            return FhirRequestErrors.BadForm;
        }
    }

    private async Task<Answer> Answer(HttpContext http, FhirRequest request, Interaction interaction, ScopeActions actions, string? alsoTakes, bool writes)
    {
        if (Refused(request) is { } refused) return refused;
        if (request.Scopes is { Everything: false } && request.IfNoneExist is not null) actions |= ScopeActions.Search;
        if (await Scoped.Refused(request, actions, http.RequestAborted) is { } uncovered) return uncovered;
        if (writes && !request.Access.MayReadPatients) return await MayNotWrite(request, http.RequestAborted);
        if (FhirFormat.Unreadable(http.Request.ContentType, alsoTakes) is { } unreadable) return unreadable;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // counted here
        var body = await RequestBody.Read(http.Request, services, http.RequestAborted);
        if (!body.TryGet(out var bytes, out var error)) return error;
        return await interaction(request with { Body = bytes }, http.RequestAborted);
    }

    private async Task<Answer> MayNotWrite(FhirRequest request, CancellationToken cancellation)
    {
        var error = FhirRequestErrors.MayNotWrite;
        await services.Audit.Write(new(request.Access, request.Method == "DELETE" ? 'D' : 'U', "write", request.Type, request.Id, null, error.Code, []), cancellation);
        return error;
    }

    private static Answer? Refused(FhirRequest request)
    {
        if (FhirFormat.Unacceptable(request) is { } unacceptable) return unacceptable;
        foreach (var part in (ReadOnlySpan<string>)[request.Type, request.Id])
            if (part.StartsWith('$')) return Operations.NotOffered(part);
        if (request.Type.Length > 0 && !SearchParameters.IsResourceType(request.Type)) return FhirRequestErrors.UnknownType;
        return null;
    }

    private FhirRequest Of(HttpContext http)
    {
        var (request, headers, route) = (http.Request, http.Request.Headers, http.Request.RouteValues);
        var parameters = request.QueryString.HasValue ? Parameters(request.QueryString.Value) : [];
        return new FhirRequest(services, RequestAccess.Of(http), request)
        {
            Method = request.Method,
            Type = route.TryGetValue("type", out var type) ? (string)type! : "",
            Id = route.TryGetValue("id", out var id) ? (string)id! : "",
            Version = route.TryGetValue("version", out var version) ? (string)version! : "",
            Parameters = parameters,
            Query = request.QueryString.Value ?? "",
            Pretty = parameters.Count > 0 && parameters.Exists(parameter => parameter is { Key: "_pretty", Value: "true" }),
            Prefer = Prefer.Of(headers["Prefer"]),
            IfMatch = headers.IfMatch,
            IfNoneMatch = headers.IfNoneMatch,
            IfModifiedSince = headers.IfModifiedSince,
            IfNoneExist = headers["If-None-Exist"],
        };
    }

    /// <summary>The parameters of a query, in order.</summary>
    internal static List<KeyValuePair<string, string>> Parameters(string? query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(query)) parameters.Add(KeyValuePair.Create(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return parameters;
    }
}
