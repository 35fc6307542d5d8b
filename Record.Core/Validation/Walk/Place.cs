using System.Globalization;
using System.Text;

namespace Record.Core.Validation.Walk;

/// <summary>Where the walk stands; becomes a FHIRPath only when there is something to report.</summary>
internal sealed class Place
{
    private (string Name, int Index)[] steps = new (string, int)[16];

    public int Depth { get; private set; }

    public void Enter(string name)
    {
        if (Depth == steps.Length) Array.Resize(ref steps, Depth * 2);
        steps[Depth++] = (name, -1);
    }

    public void Leave() => Depth--;

    /// <summary>Which item of an array it stands at; -1 where it is none.</summary>
    public int Index => steps[Depth - 1].Index;

    /// <summary>Goes to an item of the array; -1 after it.</summary>
    public void At(int index) => steps[Depth - 1].Index = index;

    /// <summary>Observation.component[1].valueQuantity</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, index) in steps.AsSpan(0, Depth))
        {
            if (text.Length > 0) text.Append('.');
            text.Append(name);
            if (index >= 0) text.Append(CultureInfo.InvariantCulture, $"[{index}]");
        }

        return text.Length == 0 ? "Resource" : text.ToString();
    }
}
