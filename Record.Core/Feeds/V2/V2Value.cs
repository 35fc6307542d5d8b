namespace Record.Core.Feeds.V2;

/// <summary>
/// A part of a message: field, repetition, component or sub-component, still as bytes.
/// Asking for a part that is not there gives an empty value, never an error.
/// </summary>
public readonly struct V2Value
{
    private readonly V2Message? message;
    private readonly int start;
    private readonly int length;
    private readonly Level level;

    internal V2Value(V2Message message, int start, int length, Level level)
        => (this.message, this.start, this.length, this.level) = (message, start, length, level);

    internal enum Level { Field, Repetition, Component, Subcomponent }

    /// <summary>The bytes as received, escapes and delimiters included.</summary>
    public ReadOnlySpan<byte> Bytes => message is null ? default : message.Bytes.Span.Slice(start, length);

    /// <summary>Nothing was said: the value before it stands.</summary>
    public bool IsEmpty => length == 0;

    /// <summary>The sender says that there is no value: <c>""</c>.</summary>
    public bool IsNull => Bytes.SequenceEqual("\"\""u8);

    /// <summary>Something was said and it is not <c>""</c>.</summary>
    public bool HasValue => !IsEmpty && !IsNull;

    /// <summary>How often the field is repeated; 1 for an empty field.</summary>
    public int Repetitions => message is null ? 1 : 1 + Bytes.Count(message.Delimiters.Repetition);

    /// <summary>The n-th repetition, from 1.</summary>
    public V2Value Repetition(int n) => level == Level.Field ? Part(n, message?.Delimiters.Repetition ?? 0, Level.Repetition) : n == 1 ? this : default;

    /// <summary>The n-th component, from 1; of a field, that of its first repetition.</summary>
    public V2Value Component(int n) => message is null ? default : level switch
    {
        Level.Field => Repetition(1).Component(n),
        Level.Repetition => Part(n, message?.Delimiters.Component ?? 0, Level.Component),
        _ => n == 1 ? this : default,
    };

    /// <summary>The n-th sub-component, from 1; of a larger part, that of its first component.</summary>
    public V2Value Subcomponent(int n) => message is null ? default : level switch
    {
        Level.Field or Level.Repetition => Component(1).Subcomponent(n),
        Level.Component => Part(n, message?.Delimiters.Subcomponent ?? 0, Level.Subcomponent),
        _ => n == 1 ? this : default,
    };

    /// <summary>The text of the first leaf, escapes resolved and decoded in the declared character set; empty if absent or <c>""</c>.</summary>
    public string Text
    {
        get
        {
            var leaf = Subcomponent(1);
            return leaf.message is null || leaf.IsEmpty || leaf.IsNull
                ? ""
                : V2Escapes.Decode(leaf.Bytes, leaf.message.Delimiters, leaf.message.Encoding).Trim();
        }
    }

    private V2Value Part(int n, byte delimiter, Level part)
    {
        if (message is null || n < 1) return default;
        if (delimiter == 0) return n == 1 ? new(message, start, length, part) : default;
        var bytes = Bytes;
        var from = 0;
        for (var i = 1; i < n; i++)
        {
            var next = bytes[from..].IndexOf(delimiter);
            if (next < 0) return default;
            from += next + 1;
        }

        var end = bytes[from..].IndexOf(delimiter);
        return new(message, start + from, end < 0 ? length - from : end, part);
    }
}
