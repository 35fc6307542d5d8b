using System.Runtime.CompilerServices;

namespace Record.Core.Validation.Walk;

/// <summary>Which type each choice element of an object has been met with, by the element's number.</summary>
[InlineArray(64)]
internal struct ChoiceTypes
{
    private byte first;
}
