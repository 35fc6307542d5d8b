using System.Text.Json.Nodes;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Numbers;

namespace Record.Core.Identity.Bulk;

/// <summary>The first stage of a run: Patients that matching has not seen are read, in the order of their ids.</summary>
internal sealed class EnterSubjects(ResourceStore store, Access access, LinkRun run)
{
    private const int AtATime = 4_000;

    /// <summary>Enters them all.</summary>
    /// <returns>How many.</returns>
    public async Task<long> Go(CancellationToken cancellation)
    {
        var numbers = await Withdrawn(cancellation);
        var (entered, next) = (0L, Read(run.Place ?? "", cancellation));
        while (await next is { Count: > 0 } patients)
        {
            next = Read(patients[^1].Id, cancellation); // while these are worked out
            var subjects = new EnteredSubject[patients.Count];
            Parallel.For(0, patients.Count, i => subjects[i] = Entered(patients[i].Id, patients[i].Body, numbers));
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
            await BulkSubjectStore.Enter(transaction, subjects, cancellation);
            await LinkRunStore.At(transaction, run, "subjects", patients[^1].Id, cancellation);
            await LinkAll.Committed(transaction, cancellation);
            entered += subjects.Length;
        }

        return entered;
    }

    private static EnteredSubject Entered(string id, byte[] body, WithdrawnNumbers numbers)
    {
        var patient = JsonNode.Parse(body)!.AsObject();
        var subject = numbers.Apply(MatchFeatures.Of(patient, id));
        return new(id, MatchStore.Write(subject), [.. BlockingKeys.Of(subject)], About.Of(patient));
    }

    private async Task<List<PatientBody>> Read(string after, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
        return await BulkSubjectStore.Patients(transaction, after, AtATime, cancellation);
    }

    private async Task<WithdrawnNumbers> Withdrawn(CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
        return await WithdrawnNumberStore.All(transaction, cancellation);
    }
}
