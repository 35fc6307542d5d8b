namespace Record.Core.FhirPath.Types;

/// <summary>The System type that a value of a FHIR type converts to.</summary>
internal enum ScalarKind
{
    None,
    Boolean,
    Text,
    Integer,
    Decimal,
    Date,
    DateTime,
    Time,
    Quantity,
}
