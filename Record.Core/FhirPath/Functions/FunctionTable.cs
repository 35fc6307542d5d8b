using System.Collections.Frozen;
using Record.Core.FhirPath.Terms;

namespace Record.Core.FhirPath.Functions;

/// <summary>A function: its name, how many arguments it takes, and how a call of it becomes a term.</summary>
internal sealed record Function(string Name, int Least, int Most, Func<Call, Term> Build);

/// <summary>All functions by name.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, Function> Functions = new[]
    {
        Existence.All, Filtering.All, Subsetting.All, Combining.All, Conversion.All, Strings.All, Encodings.All,
        Maths.All, Boundaries.All, Tree.All, Utilities.All, FhirFunctions.All,
    }.SelectMany(group => group).ToFrozenDictionary(function => function.Name);

    /// <exception cref="FhirPathException">There is no such function, or not with so many arguments.</exception>
    public static Term Compile(Call call)
    {
        if (!Functions.TryGetValue(call.Name, out var function)) throw new FhirPathException($"There is no function {call.Name}()", call.Position);
        if (call.Count < function.Least || call.Count > function.Most) throw new FhirPathException($"{call.Name}() cannot take {call.Count} arguments", call.Position);
        return function.Build(call);
    }
}
