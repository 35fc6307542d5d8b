using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Record.Worker.Feeds;

/// <summary>Where and how HL7 v2 is listened for.</summary>
public sealed class MllpOptions
{
    /// <summary>TCP port, 0 to 65535; 2575 (the registered port of HL7) unless set; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 2575;

    /// <summary>Address to listen on; loopback unless set.</summary>
    [Required]
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Largest message in bytes, 1 KiB to 64 MiB; 16 MiB unless set. A larger one ends the connection.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int LargestMessage { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of unfinished messages that all connections together may hold, 1 MiB to 4 GiB; 256 MiB unless set. Who goes over it is cut off.</summary>
    [Range(1024L * 1024, 4L * 1024 * 1024 * 1024)]
    public long LargestTogether { get; init; } = 256L * 1024 * 1024;

    /// <summary>From a message's first byte to its last, one second to one hour; two minutes unless set. A slower one ends the connection.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections at once, 1 to 10,000; 1,000 unless set. One more is closed at once.</summary>
    [Range(1, 10_000)]
    public int Connections { get; init; } = 1000;

    /// <summary>PEM file of the certificate; where it is set, every connection is TLS 1.2 or 1.3.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>PEM file of its private key.</summary>
    public string? TlsKey { get; init; }

    /// <summary>PEM file of the authority that signs the certificates of senders; where it is set, a sender must show one.</summary>
    public string? TlsSenders { get; init; }
}

/// <summary>Generated from the attributes.</summary>
[OptionsValidator]
internal sealed partial class MllpOptionsValidator : IValidateOptions<MllpOptions>;
