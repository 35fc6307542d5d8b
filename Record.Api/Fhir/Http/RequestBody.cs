using System.Buffers;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>Reads the body of a request, chunked ones too, and holds no more of it than the limit allows.</summary>
internal static class RequestBody
{
    private const int Piece = 1 << 20;

    /// <summary>All bytes, or TooLarge. Of what is too large the rest is read and forgotten, so that the caller hears why.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> Read(HttpRequest request, FhirServices services, CancellationToken cancellation)
    {
        var limit = services.Limits.MaxBodyBytes;
        if (request.ContentLength > limit) return await Refuse(request, limit, cancellation);
        if (request.ContentLength is { } length and <= Piece) return await ReadExactly(request, (int)length, cancellation);
        await services.LargeBodies.WaitAsync(cancellation);
        try
        {
            return request.ContentLength is { } known ? await ReadExactly(request, (int)known, cancellation) : await ReadPieces(request, limit, cancellation);
        }
        finally
        {
            services.LargeBodies.Release();
        }
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadExactly(HttpRequest request, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        var read = await request.Body.ReadAtLeastAsync(bytes, length, false, cancellation);
        return WithoutMark(bytes.AsMemory(0, read));
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadPieces(HttpRequest request, int limit, CancellationToken cancellation)
    {
        var pieces = new List<byte[]>();
        try
        {
            var total = 0;
            while (true)
            {
                var piece = ArrayPool<byte>.Shared.Rent(Piece);
                pieces.Add(piece);
                var read = await request.Body.ReadAtLeastAsync(piece.AsMemory(0, Piece), Piece, false, cancellation);
                total += read;
                if (total > limit) return await Refuse(request, limit, cancellation);
                if (read < Piece) break;
            }

            var bytes = new byte[total];
            for (var i = 0; i < pieces.Count; i++) pieces[i].AsSpan(0, Math.Min(Piece, total - i * Piece)).CopyTo(bytes.AsSpan(i * Piece));
            return WithoutMark(bytes);
        }
        finally
        {
            foreach (var piece in pieces) ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static Result<ReadOnlyMemory<byte>> WithoutMark(ReadOnlyMemory<byte> bytes) => bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    private static async Task<RecordError> Refuse(HttpRequest request, int limit, CancellationToken cancellation)
    {
        var scrap = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (var left = 4L * limit; left > 0;)
            {
                var read = await request.Body.ReadAsync(scrap, cancellation);
                if (read == 0) break;
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scrap);
        }

        return FhirRequestErrors.TooLarge(limit);
    }
}
