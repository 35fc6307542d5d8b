namespace Record.Core.FhirPath.Terms;

/// <summary>A collection under construction; lists are used again and again within an evaluation.</summary>
internal sealed class NodeList
{
    private const int MaxCount = 1 << 19; // 34 MB

    private FhirPathNode[] items = new FhirPathNode[8];

    public int Count { get; private set; }

    /// <summary>How many it can hold without growing.</summary>
    public int Capacity => items.Length;

    public ref readonly FhirPathNode this[int index] => ref items[index];

    public void Add(in FhirPathNode item)
    {
        if (Count == items.Length) Grow();
        items[Count++] = item;
    }

    public void AddRange(NodeList others, int from, int to)
    {
        for (var i = from; i < to; i++) Add(others[i]);
    }

    /// <summary>Empties it, so that no document is kept alive.</summary>
    public void Clear()
    {
        Array.Clear(items, 0, Count);
        Count = 0;
    }

    public FhirPathNode[] ToArray() => items[..Count];

    private void Grow()
    {
        if (Count >= MaxCount) throw new FhirPathException($"A collection has more than {MaxCount} items.");
        Array.Resize(ref items, Count * 2);
    }
}
