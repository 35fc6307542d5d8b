using System.Globalization;
using Record.Core.Fhir;
using Record.Core.Identity.Numbers;

namespace Record.Core.Identity.Stewards;

/// <summary>Decisions about what matching goes by: NHS numbers that are withdrawn, weights that are put into use.</summary>
internal sealed class CarryOutLists(RecordTransaction transaction, Linking linking, DateTimeOffset at)
{
    /// <summary>A number stands for nobody any more, or another one stands for it: whoever has it is linked afresh.</summary>
    public async Task<Result<Outcome>> Withdraw(Guid decision, string number, string? replacedBy, CancellationToken cancellation)
    {
        if (await WithdrawnNumberStore.IsListed(transaction, number, cancellation)) return IdentityErrors.AlreadyDecided;
        if (replacedBy is not null && await WithdrawnNumberStore.Follows(transaction, replacedBy, number, cancellation)) return IdentityErrors.NumbersInACircle;
        await WithdrawnNumberStore.Put(transaction, number, replacedBy, decision, at, cancellation);
        return new Outcome { Patients = await Relink(replacedBy is null ? [number] : [number, replacedBy], cancellation) };
    }

    /// <summary>From now on these weights are used.</summary>
    public async Task<Result<Outcome>> Activate(Guid decision, int version, CancellationToken cancellation)
    {
        if (!await WeightStore.Exists(transaction, version, cancellation)) return IdentityErrors.NoSuchWeights;
        await WeightStore.Use(transaction, version, decision, at, cancellation);
        return new Outcome();
    }

    /// <summary>Takes such a decision back.</summary>
    public async Task<Result<Outcome>> TakeBack(Decision made, CancellationToken cancellation)
    {
        if (made.Kind == "weights-activated")
        {
            if (await WeightStore.Latest(transaction, cancellation) != int.Parse(made.First!, CultureInfo.InvariantCulture)) return IdentityErrors.MovedOn;
            await WeightStore.Use(transaction, await WeightStore.Before(transaction, made.Id, cancellation), null, at, cancellation);
            return new Outcome();
        }

        await WithdrawnNumberStore.Remove(transaction, made.First!, cancellation);
        return new Outcome { Patients = await Relink(made.Second is { } second ? [made.First!, second] : [made.First!], cancellation) };
    }

    private async Task<List<string>> Relink(string[] numbers, CancellationToken cancellation)
    {
        var patients = await WithdrawnNumberStore.Holders(transaction, numbers, cancellation);
        var resources = (await ResourceStore.CompartmentIn(transaction, [.. patients], ["Patient"], cancellation)).ToDictionary(resource => resource.Id);
        foreach (var patient in patients.Where(resources.ContainsKey)) await linking.Take(patient, resources[patient], cancellation);
        return patients;
    }
}
