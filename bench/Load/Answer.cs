using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Bench.Load;

/// <summary>An HTTP/1.1 answer as far as it has come: status, and where the body ends (Content-Length or chunks).</summary>
internal sealed class Answer
{
    private byte[] buffer = new byte[16 * 1024];
    private int filled, body, end, chunk;

    public int Status { get; private set; }

    private bool IsChunked => chunk > 0;

    public void Clear() => (filled, body, end, chunk, Status) = (0, 0, 0, 0, 0);

    /// <summary>Where the next bytes go.</summary>
    public Span<byte> Room()
    {
        if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        return buffer.AsSpan(filled);
    }

    /// <summary>Notes that bytes have come; true when the answer is whole.</summary>
    public bool Take(int count)
    {
        filled += count;
        if (body == 0 && !ReadHead()) return false;
        if (IsChunked) FollowChunks();
        return end > 0 && filled >= end;
    }

    /// <summary>The body, its chunks put together.</summary>
    public ReadOnlySpan<byte> Body()
    {
        if (!IsChunked) return buffer.AsSpan(body, end - body);
        var whole = new MemoryStream(end - body);
        for (int at = body, size; (size = ChunkSize(ref at)) > 0; at += size + 2) whole.Write(buffer, at, size);
        return whole.GetBuffer().AsSpan(0, (int)whole.Length);
    }

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name)
    {
        var head = Encoding.ASCII.GetString(buffer, 0, body);
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : head[(at + name.Length + 4)..head.IndexOf('\r', at + 2)];
    }

    private bool ReadHead()
    {
        var head = buffer.AsSpan(0, filled);
        var length = head.IndexOf("\r\n\r\n"u8);
        if (length < 0) return false;
        Status = int.Parse(head.Slice(9, 3), CultureInfo.InvariantCulture);
        body = length + 4;
        head = head[..body];
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at >= 0 && Utf8Parser.TryParse(head[(at + 18)..], out int size, out _)) end = body + size;
        else if (head.IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0) chunk = body;
        else if (Status is 204 or 304) end = body;
        else throw new LoadFailure("An answer has neither Content-Length nor chunks.");
        return true;
    }

    private void FollowChunks()
    {
        while (end == 0)
        {
            var at = chunk;
            var size = ChunkSize(ref at);
            if (size < 0 || at + size + 2 > filled) return;
            chunk = at + size + 2;
            if (size == 0) end = chunk;
        }
    }

    // Reads a chunk's size at a place and moves to its data; -1 if the line is not there yet.
    private int ChunkSize(ref int at)
    {
        var line = buffer.AsSpan(at, filled - at);
        var length = line.IndexOf("\r\n"u8);
        if (length < 0) return -1;
        if (!Utf8Parser.TryParse(line[..length], out int size, out _, 'x')) throw new LoadFailure("A chunk's size cannot be read.");
        at += length + 2;
        return size;
    }
}
