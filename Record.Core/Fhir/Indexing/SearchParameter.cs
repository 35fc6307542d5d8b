using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>One search parameter of one resource type.</summary>
/// <param name="Resource">The resource type.</param>
/// <param name="Name">Its name in a query.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Paths">Where its values stand; each alternative is a path from the resource.</param>
/// <param name="Targets">Resource types that a reference may point to.</param>
internal sealed record SearchParameter(
    string Resource, string Name, SearchParamType Type, IReadOnlyList<SearchPath> Paths, IReadOnlyList<string> Targets)
{
    private string[]? formNames;

    /// <summary>Canonical address of its definition; composites name their parts by it.</summary>
    public string? Url { get; init; }

    /// <summary>Whether its value is usually the patient whom the resource is about; that one has no row of its own.</summary>
    public bool IsPatient { get; set; }

    /// <summary>Other parameters whose values together are its own: it has no rows.</summary>
    public IReadOnlyList<SearchParameter> UnionOf { get; set; } = [];

    /// <summary>The parts of a composite.</summary>
    public IReadOnlyList<SearchComponent> Components { get; set; } = [];

    /// <summary>Whether a composite's parts stand in an element that may repeat, so that pairs have rows; otherwise each part is asked for itself.</summary>
    public bool PairsInRows { get; set; }

    /// <summary>Name under which the number of a form is kept.</summary>
    public string FormName(SearchForm form) => (formNames ??= [Name, Name + ":text", Name + ":of-type", Name + ":identifier"])[(int)form];

    /// <summary>
    /// Whether rows carry the patient, so that they are found among one patient's. Words beside codes and what stands in <c>meta</c>
    /// do not: they would cost a sixth of the index, and no clinic asks for them first.
    /// </summary>
    public bool ByPatient(SearchForm form) => form != SearchForm.Text && Name[0] != '_';

    /// <summary>The forms that may have rows.</summary>
    public IEnumerable<SearchForm> Forms => Type switch
    {
        SearchParamType.Token => [SearchForm.Plain, SearchForm.Text, SearchForm.OfType],
        SearchParamType.Reference => [SearchForm.Plain, SearchForm.Identifier],
        _ => [SearchForm.Plain],
    };

    /// <inheritdoc/>
    public bool Equals(SearchParameter? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Resource}.{Name}";
}

/// <summary>One part of a composite: the parameter whose kind it has, and where it stands below the composite's element.</summary>
internal sealed record SearchComponent(SearchParameter Parameter, SearchTree Tree);
