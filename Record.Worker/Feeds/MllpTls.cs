using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Record.Worker.Feeds;

/// <summary>TLS of the listener, where it is configured.</summary>
internal sealed class MllpTls : IDisposable
{
    private readonly X509Certificate2 certificate;
    private readonly X509Certificate2? senders;

    private MllpTls(X509Certificate2 certificate, X509Certificate2? senders) => (this.certificate, this.senders) = (certificate, senders);

    /// <summary>What the options say; null where connections are plain.</summary>
    public static MllpTls? Of(MllpOptions options)
    {
        if (options.TlsCertificate is null) return null;
        using var pem = X509Certificate2.CreateFromPemFile(options.TlsCertificate, options.TlsKey);
        var usable = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        return new(usable, options.TlsSenders is null ? null : X509CertificateLoader.LoadCertificateFromFile(options.TlsSenders));
    }

    /// <summary>The stream inside TLS.</summary>
    public async Task<Stream> Secure(Stream plain, CancellationToken cancellation)
    {
        var tls = new SslStream(plain, false);
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        slow.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = senders is not null, RemoteCertificateValidationCallback = senders is null ? null : (_, shown, _, _) => IsOfSender(shown),
            }, slow.Token);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        certificate.Dispose();
        senders?.Dispose();
    }

    private bool IsOfSender(X509Certificate? shown)
    {
        if (shown is not X509Certificate2 sender) return false;
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(senders!);
        return chain.Build(sender);
    }
}
