using System.Diagnostics.CodeAnalysis;

namespace Record.Core;

/// <summary>A value, or the reason why there is none.</summary>
public readonly record struct Result<T>
{
    private readonly T? value;
    private readonly RecordError? error;

    private Result(T? value, RecordError? error) => (this.value, this.error) = (value, error);

    /// <summary>Whether there is a value.</summary>
    public bool IsSuccess => error is null;

    /// <summary>Gives the value, or the error.</summary>
    public bool TryGet([NotNullWhen(true)] out T? found, [NotNullWhen(false)] out RecordError? failure)
    {
        (found, failure) = (value, error);
        return error is null;
    }

    /// <summary>The error of a failure, to hand on as another type's result.</summary>
    /// <exception cref="InvalidOperationException">It is a success.</exception>
    public RecordError Error() => error ?? throw new InvalidOperationException("A success has no error.");

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    public static implicit operator Result<T>(RecordError error) => new(default, error);

    /// <summary>A success, where the conversion cannot be inferred (interfaces).</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type says what is made.")]
    public static Result<T> Of(T value) => new(value, null);
}
