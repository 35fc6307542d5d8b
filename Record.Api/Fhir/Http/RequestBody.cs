using System.Buffers;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>Reads the body of a request, chunked ones too, and holds no more of it than the limit allows.</summary>
internal static class RequestBody
{
    private const int Large = 1 << 20;
    private const int Small = 16 * 1024;

    /// <summary>All bytes, or TooLarge. Of what is too large the rest is read and forgotten, so that the caller hears why.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> Read(HttpRequest request, FhirServices services, CancellationToken cancellation)
    {
        var limit = services.Limits.MaxBodyBytes;
        if (request.ContentLength > limit) return await Refuse(request, limit, cancellation);
        if (request.ContentLength is { } length and <= Large) return await ReadExactly(request, (int)length, cancellation);
        var begin = ReadOnlyMemory<byte>.Empty; // of a body whose length is not known
        if (request.ContentLength is null && (begin = await ReadSome(request, cancellation)).Length < Small) return WithoutMark(begin);
        await services.LargeBodies.WaitAsync(cancellation);
        try
        {
            return request.ContentLength is { } known ? await ReadExactly(request, (int)known, cancellation) : await ReadToEnd(request, begin, limit, cancellation);
        }
        finally
        {
            services.LargeBodies.Release();
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadSome(HttpRequest request, CancellationToken cancellation)
    {
        var bytes = new byte[Small];
        return bytes.AsMemory(0, await request.Body.ReadAtLeastAsync(bytes, Small, false, cancellation));
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> ReadExactly(HttpRequest request, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        var read = await request.Body.ReadAtLeastAsync(bytes, length, false, cancellation);
        return WithoutMark(bytes.AsMemory(0, read));
    }

    // The array is as large as the limit, but memory is only taken for what is written to it.
    private static async Task<Result<ReadOnlyMemory<byte>>> ReadToEnd(HttpRequest request, ReadOnlyMemory<byte> begin, int limit, CancellationToken cancellation)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(Math.Max(limit, begin.Length) + 1);
        begin.CopyTo(bytes);
        var read = begin.Length + await request.Body.ReadAtLeastAsync(bytes.AsMemory(begin.Length), bytes.Length - begin.Length, false, cancellation);
        return read > limit ? await Refuse(request, limit, cancellation) : WithoutMark(bytes.AsMemory(0, read));
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
