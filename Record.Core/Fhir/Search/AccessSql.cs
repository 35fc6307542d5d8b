namespace Record.Core.Fhir;

/// <summary>What a caller may see, as a condition that every branch of every statement over resources carries (DESIGN.md section 4).</summary>
internal static class AccessSql
{
    private static readonly string PublicTypes =
        string.Join(", ", SearchParameters.ResourceTypes.Where(Fhir.Compartment.IsPublic).Select(type => $"'{type}'"));

    /// <summary>The condition on a row of <c>record.resource</c> or <c>record.resource_history</c>.</summary>
    /// <param name="access">Who asks.</param>
    /// <param name="alias">The row's name in the statement.</param>
    public static string Visible(Access access, string alias) =>
        access.MayReadPatients ? "true" : $"({alias}.patient is null and {alias}.type in ({PublicTypes}))";
}
