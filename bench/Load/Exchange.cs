using System.Text;

namespace Bench.Load;

/// <summary>A request as bytes, and what its answer must be.</summary>
/// <param name="Head">Request line and the headers that only this request has, each line ended.</param>
/// <param name="Body">Empty for none.</param>
/// <param name="Status">The only status that counts.</param>
internal sealed record Exchange(byte[] Head, byte[] Body, int Status)
{
    /// <summary>How many entries the bundle in the answer may hold; null where it is not a bundle.</summary>
    public (int Least, int Most)? Entries { get; init; }

    /// <summary>Which request this is, for whoever reads the answers.</summary>
    public int Number { get; init; }

    public static Exchange Get(string path) => new(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n"), [], 200);

    public static Exchange Send(string method, string path, byte[] body, int status, string type = "application/fhir+json") =>
        new(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n"), body, status);

    /// <summary>What is wrong with an answer's body, if anything.</summary>
    public string? Fault(ReadOnlySpan<byte> body)
    {
        if (Entries is not { } wanted) return null;
        var entries = body.Count("\"fullUrl\""u8);
        return entries >= wanted.Least && entries <= wanted.Most ? null : $"{entries} entries where {wanted.Least} to {wanted.Most} are right";
    }
}
