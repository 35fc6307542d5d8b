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

    /// <summary>Connections at once, 1 to 10,000; 256 unless set. One more is closed at once.</summary>
    [Range(1, 10_000)]
    public int Connections { get; init; } = 256;
}

/// <summary>Generated from the attributes.</summary>
[OptionsValidator]
internal sealed partial class MllpOptionsValidator : IValidateOptions<MllpOptions>;
