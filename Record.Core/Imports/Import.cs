using System.Buffers;

namespace Record.Core.Imports;

/// <summary>One import that was accepted.</summary>
/// <param name="Id">Names it in its status address.</param>
/// <param name="State"><c>receiving</c>, <c>running</c>, <c>done</c> or <c>cancelled</c>.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="Address">The address of the request.</param>
/// <param name="Access">Who asked: what it writes is written in their name.</param>
public sealed record ImportJob(Guid Id, string State, DateTimeOffset Created, string Address, Access Access);

/// <summary>Some whole lines of one input.</summary>
/// <param name="Job">The import.</param>
/// <param name="Number">Its place among the pieces of the import, from 1.</param>
/// <param name="Input">Number of the input that it is part of, from 1.</param>
/// <param name="FirstLine">Line of the input with which it begins, from 1.</param>
/// <param name="Lines">How many lines it has; blank ones count.</param>
/// <param name="Body">The lines, with the line feeds between them.</param>
public sealed record ImportPiece(Guid Job, int Number, int Input, long FirstLine, int Lines, ReadOnlyMemory<byte> Body) : IDisposable
{
    /// <summary>The pool's array that the body stands in; null if it is nobody's but the piece's.</summary>
    internal byte[]? Rented { get; init; }

    /// <summary>The lines are not needed any more.</summary>
    public void Dispose()
    {
        if (Rented is { } array) ArrayPool<byte>.Shared.Return(array);
    }
}

/// <summary>A line that was not taken, and why.</summary>
/// <param name="Input">Number of the input.</param>
/// <param name="Name">Name of the input.</param>
/// <param name="Line">Line of the input, from 1.</param>
/// <param name="Outcome">An OperationOutcome in JSON.</param>
public sealed record ImportFault(int Input, string Name, long Line, ReadOnlyMemory<byte> Outcome);

/// <summary>How far one input has come, in lines.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Lines">How many it has.</param>
/// <param name="Done">How many have been looked at.</param>
/// <param name="Accepted">How many resources were taken.</param>
/// <param name="Rejected">How many lines were not.</param>
public sealed record ImportProgress(string Name, long Lines, long Done, long Accepted, long Rejected);
