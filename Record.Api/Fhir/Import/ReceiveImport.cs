using System.Buffers;
using System.IO.Pipelines;
using Record.Core;
using Record.Core.Imports;

namespace Record.Api.Fhir;

/// <summary>Cuts what is sent into pieces of whole lines and keeps each before more is read: nothing is held in memory but one piece.</summary>
internal sealed class ReceiveImport(ImportStore store, Access access, Guid job, int linesAtOnce, int longestLine)
{
    private const int PieceBytes = 1 << 20;

    private readonly ArrayBufferWriter<byte> piece = new(PieceBytes);
    private readonly List<long> tooLong = [];
    private int inputs;
    private int pieces;
    private int lines;
    private long firstLine;
    private bool skipping; // inside a line that is too long

    /// <summary>Receives one input to its end.</summary>
    public async Task Receive(string name, PipeReader reader, CancellationToken cancellation)
    {
        await store.AddInput(access, job, ++inputs, name, cancellation);
        (firstLine, skipping) = (1, false);
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                Line(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
                if (lines == linesAtOnce || piece.WrittenCount > PieceBytes) await Keep(cancellation);
            }

            if (read.IsCompleted)
            {
                if (!rest.IsEmpty || skipping) Line(rest);
                await Keep(cancellation);
                await reader.CompleteAsync();
                return;
            }

            if (rest.Length > longestLine) skipping = true;
            reader.AdvanceTo(skipping ? rest.End : rest.Start, rest.End);
        }
    }

    private void Line(ReadOnlySequence<byte> line)
    {
        if (lines++ > 0) piece.Write("\n"u8);
        if (skipping || line.Length > longestLine) tooLong.Add(firstLine + lines - 1);
        else foreach (var part in line) piece.Write(part.Span);
        skipping = false;
    }

    private async Task Keep(CancellationToken cancellation)
    {
        if (lines == 0) return;
        var kept = new ImportPiece(job, ++pieces, inputs, firstLine, lines, piece.WrittenMemory);
        await store.AddPiece(access, kept, cancellation);
        foreach (var line in tooLong) await store.Reject(access, kept, new(inputs, "", line, Outcome.Bytes(FhirRequestErrors.TooLarge(longestLine))), cancellation);
        firstLine += lines;
        lines = 0;
        tooLong.Clear();
        piece.ResetWrittenCount();
    }
}
