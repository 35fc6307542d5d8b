using System.Globalization;
using System.Text.Json.Nodes;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Journeys;
using Record.Core.Organisations;
using Record.Core.Patients;

namespace Record.Api.People;

/// <summary>A question for people: an NHS number, or a family name with a date of birth or a given name.</summary>
internal sealed record PeopleQuestion(string? NhsNumber, string? Family, string? Given, string? BirthDate);

/// <summary>One person found.</summary>
internal sealed record PersonFound(
    string Id, string? Name, string? BirthDate, string? Gender, string? NhsNumber, string? Address, IReadOnlyList<string> Settings, IReadOnlyList<string> Organisations, bool Simulated);

/// <summary>Finding people, and one person's journey. People are searched by POST: no name or number stands in an address.</summary>
internal static class PeopleEndpoints
{
    private const int Most = 50;

    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/people").WithTags("People").RequireAuthorization(Activities.Records);
        people.MapPost("/_search", Search).WithSummary("People by NHS number, or by name and date of birth");
        people.MapGet("/{id:guid}", Get).WithSummary("One person's journey across settings");
    }

    private static async Task<IResult> Get(Guid id, Access access, JourneyReader journeys, HttpResponse response, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "no-store";
        return (await journeys.Of(access, id, cancellation)).ToResult();
    }

    private static async Task<IResult> Search(PeopleQuestion question, Access access, ResourceStore store, LinkStore links, CareSystem system, CancellationToken cancellation)
    {
        if (!Conditions(question).TryGet(out var conditions, out var error)) return error.ToProblem();
        if (!SearchQuery.Parse("Patient", [.. conditions, new("_count", "200"), new("_total", "none")]).TryGet(out var query, out error)) return error.ToProblem();
        var found = await store.Search(access, query, cancellation);
        if (!found.TryGet(out var page, out error)) return error.ToProblem();
        var of = await links.PersonsOf(access, [.. page.Matches.Select(match => match.Id)], cancellation);
        var people = new List<PersonFound>();
        foreach (var person in of.Select(link => link.Person).Distinct().Take(Most))
        {
            var patients = await links.PatientsOf(access, person, cancellation);
            var all = await store.Compartment(access, [.. patients.Select(link => link.Patient)], ["Patient"], "people-search", cancellation);
            if (!all.TryGet(out var resources, out error)) return error.ToProblem();
            people.Add(Found(person, [.. resources.Select(resource => resource.Json())], system));
        }

        return TypedResults.Json(new { people = people.OrderBy(person => person.Name, StringComparer.OrdinalIgnoreCase), more = of.Select(l => l.Person).Distinct().Count() > Most || page.Next is not null });
    }

    private static Result<List<KeyValuePair<string, string>>> Conditions(PeopleQuestion question)
    {
        var conditions = new List<KeyValuePair<string, string>>();
        static string Escape(string text) => text.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
        if (!string.IsNullOrWhiteSpace(question.NhsNumber))
        {
            if (!NhsNumber.TryParse(question.NhsNumber, CultureInfo.InvariantCulture, out var number)) return PeopleErrors.NotANhsNumber;
            conditions.Add(new("identifier", $"{NhsNumber.System}|{number.Value}"));
            return conditions;
        }

        if (string.IsNullOrWhiteSpace(question.Family)) return PeopleErrors.TooLittle;
        conditions.Add(new("family", Escape(question.Family)));
        if (!string.IsNullOrWhiteSpace(question.Given)) conditions.Add(new("given", Escape(question.Given)));
        if (!string.IsNullOrWhiteSpace(question.BirthDate))
        {
            if (!DateOnly.TryParseExact(question.BirthDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return PeopleErrors.NotADate;
            conditions.Add(new("birthdate", question.BirthDate));
        }

        return conditions.Count < 2 ? PeopleErrors.TooLittle : conditions;
    }

    private static PersonFound Found(Guid person, List<JsonObject> patients, CareSystem system)
    {
        var best = patients.OrderByDescending(patient => Demographics.NhsNumber(patient).Status == "01").First();
        var sources = patients.Select(patient => system.Source(Demographics.Source(patient) ?? "")).OfType<SourceSystem>().ToList();
        return new(
            person.ToString(), Demographics.Name(best), best["birthDate"]?.GetValue<string>(), best["gender"]?.GetValue<string>(), Demographics.NhsNumber(best).Number,
            Demographics.Address(best), [.. sources.Select(source => source.Setting).Distinct()],
            [.. sources.Select(source => system.Organisation(source.Organisation)?.Name ?? source.Organisation).Distinct()], patients.Any(Demographics.IsSimulated));
    }
}

/// <summary>What can be wrong with a question for people.</summary>
internal static class PeopleErrors
{
    public static RecordError NotANhsNumber { get; } = new(ErrorKind.Unprocessable, "people.nhs-number", "An NHS number has ten digits, the last of which checks the others.");

    public static RecordError NotADate { get; } = new(ErrorKind.Unprocessable, "people.birth-date", "The date of birth must be a date.");

    public static RecordError TooLittle { get; } = new(ErrorKind.Unprocessable, "people.too-little", "Enter an NHS number, or a family name together with a given name or a date of birth.");
}
