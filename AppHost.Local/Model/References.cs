using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of an address.</summary>
public enum EndpointProperty
{
    /// <summary>All of it.</summary>
    Url,

    /// <summary>The host's name.</summary>
    Host,

    /// <summary>The host's number.</summary>
    IPV4Host,

    /// <summary>The port.</summary>
    Port,

    /// <summary>The scheme.</summary>
    Scheme,

    /// <summary>What the process listens on.</summary>
    TargetPort,

    /// <summary>Host and port.</summary>
    HostAndPort,
}

/// <summary>An endpoint of a resource, known when the stack runs.</summary>
public sealed class EndpointReference : IValueProvider, IManifestExpressionProvider
{
    private readonly Resource resource;

    internal EndpointReference(Resource resource, string endpointName) => (this.resource, EndpointName) = (resource, endpointName);

    /// <summary>Its name.</summary>
    public string EndpointName { get; }

    /// <summary>The port.</summary>
    public int Port => resource.Endpoint(EndpointName).Port ?? throw new InvalidOperationException($"The endpoint {EndpointName} of {resource.Name} has no port yet.");

    /// <summary>The host.</summary>
    public string Host { get; } = "localhost";

    /// <summary>The scheme.</summary>
    public string Scheme => resource.Endpoint(EndpointName).UriScheme;

    /// <summary>The address.</summary>
    public string Url => $"{Scheme}://{Host}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public string ValueExpression => $"{{{resource.Name}.bindings.{EndpointName}.url}}";

    internal Resource Owner => resource;

    /// <summary>A part of it.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(Url);
}

/// <summary>A part of an endpoint.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IValueProvider, IManifestExpressionProvider
{
    /// <inheritdoc/>
    public string ValueExpression => $"{{{endpointReference.Owner.Name}.bindings.{endpointReference.EndpointName}.{property.ToString().ToLowerInvariant()}}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(property switch
    {
        EndpointProperty.Url => endpointReference.Url,
        EndpointProperty.Host => endpointReference.Host,
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.Scheme => endpointReference.Scheme,
        EndpointProperty.HostAndPort => $"{endpointReference.Host}:{endpointReference.Port}",
        _ => endpointReference.Port.ToString(CultureInfo.InvariantCulture),
    });
}

/// <summary>Text with values in it that are known when the stack runs.</summary>
public sealed class ReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    private readonly IReadOnlyList<object> parts;

    private ReferenceExpression(IReadOnlyList<object> parts) => this.parts = parts;

    /// <inheritdoc/>
    public string ValueExpression => string.Concat(parts.Select(part => part is IManifestExpressionProvider named ? named.ValueExpression : part));

    /// <summary>Composes one from an interpolated string.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Build();

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        var text = new System.Text.StringBuilder();
        foreach (var part in parts) text.Append(part is IValueProvider value ? await value.GetValueAsync(cancellationToken) : (string)part);
        return text.ToString();
    }

    /// <summary>Collects the parts.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        private readonly List<object> parts;

        /// <summary>Called by the compiler.</summary>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => parts = new(formattedCount * 2 + Math.Min(literalLength, 1));

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendLiteral(string value) => parts.Add(value);

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendFormatted(string? value) => parts.Add(value ?? "");

        /// <summary>Called by the compiler.</summary>
        public readonly void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => parts.Add(valueProvider);

        internal readonly ReferenceExpression Build() => new(parts);
    }
}

/// <summary>The default of a parameter.</summary>
public abstract class ParameterDefault
{
    /// <summary>A value to start from.</summary>
    public abstract string GetDefaultValue();
}

/// <summary>A generated default: a password.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    /// <summary>At least so many characters.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Whether characters other than letters and digits may stand in it.</summary>
    public bool Special { get; set; } = true;

    /// <inheritdoc/>
    public override string GetDefaultValue() =>
        System.Security.Cryptography.RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", Math.Max(MinLength, 22)) + (Special ? "-" : "");
}
