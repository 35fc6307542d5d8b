using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Record.Worker.Feeds;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>Original and enhanced mode over a real socket: HL7 v2.5.1 sections 2.9.2 and 2.9.3.</summary>
public class AcknowledgementTests(Listening listening) : IClassFixture<Listening>
{
    private static int counter;

    private string Message(string modes, string place = "AMU", string version = "2.4", string type = "ADT^A01") => listening.Feeds
        .Adt("basildon-pas", "A01", "20260104101500", $"K{Interlocked.Increment(ref counter)}", "9990000018", FeedRecord.Stay(place, $"KV{counter}"), control: $"ack-{counter}")
        .Replace("|P|2.4|||AL|NE|", $"|P|{version}|||{modes}|", StringComparison.Ordinal).Replace("ADT^A01", type, StringComparison.Ordinal);

    private async Task<List<string>> Exchange(string message, int count, int patience = 5000)
    {
        await using var stream = await Listening.Connect(listening.Port);
        await stream.WriteAsync(Listening.Frame(message));
        return [.. (await Listening.Answers(stream, count, patience)).Select(answer => answer.Split('\r').First(s => s.StartsWith("MSA", StringComparison.Ordinal))[4..6])];
    }

    [Theory]
    [InlineData("|", "AMU", "AA")] // original
    [InlineData("AL|NE", "AMU", "CA")]
    [InlineData("AL|AL", "AMU", "CA AA")]
    [InlineData("AL|AL", "NOWHERE", "CA AE")]
    [InlineData("AL|ER", "NOWHERE", "CA AE")]
    [InlineData("AL|SU", "AMU", "CA AA")]
    [InlineData("NE|AL", "AMU", "AA")]
    [InlineData("|AL", "AMU", "AA")]
    [InlineData("SU|NE", "AMU", "CA")]
    public async Task A_message_that_is_taken_is_answered_as_it_asks(string modes, string place, string expected)
    {
        var codes = await Exchange(Message(modes, place), expected.Split(' ').Length);

        Assert.Equal(expected.Split(' '), codes);
    }

    [Theory]
    [InlineData("NE|NE", "AMU", "ADT^A01")]
    [InlineData("ER|NE", "AMU", "ADT^A01")]
    [InlineData("ER|ER", "AMU", "ADT^A01")]
    [InlineData("ER|SU", "NOWHERE", "ADT^A01")]
    [InlineData("SU|AL", "AMU", "ZZZ^Z01")]
    public async Task What_is_not_wanted_is_not_sent(string modes, string place, string type) =>
        Assert.Empty(await Exchange(Message(modes, place, type: type), 1, 1500));

    [Theory]
    [InlineData("|", "AR")]
    [InlineData("AL|AL", "CR")]
    [InlineData("ER|NE", "CR")]
    [InlineData("|AL", "AR")]
    public async Task A_message_that_is_refused_is_answered_in_its_mode_and_no_outcome_follows(string modes, string expected) =>
        Assert.Equal([expected], await Exchange(Message(modes, type: "ZZZ^Z01"), 2, 1500));

    [Theory]
    [InlineData("2.3", "ERR|MSH^1^9^200&Unsupported message type&HL70357")]
    [InlineData("2.5.1", "ERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|E||||MSH-9.1: messages of this type are not taken")]
    public async Task ERR_says_the_place_in_the_form_of_the_version(string version, string expected)
    {
        await using var stream = await Listening.Connect(listening.Port);
        await stream.WriteAsync(Listening.Frame(Message("AL|NE", version: version, type: "ZZZ^Z01")));

        var answer = Assert.Single(await Listening.Answers(stream, 1));

        Assert.Contains(expected, answer.Split('\r'));
        Assert.Contains($"|P|{version}|", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_certificate_the_listener_speaks_TLS_and_nothing_else()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        var folder = Directory.CreateTempSubdirectory("mse-epr-tls-");
        var (pem, secret) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem());
        var port = await listening.Listen(new MllpOptions { Port = 0, TlsCertificate = pem, TlsKey = secret });

        await using var secure = await Listening.Connect(port, certificate);
        await secure.WriteAsync(Listening.Frame(Message("AL|NE")));
        var answers = await Listening.Answers(secure, 1);
        await using var plain = await Listening.Connect(port);
        await plain.WriteAsync(Listening.Frame(Message("AL|NE")));

        Assert.Contains("MSA|CA|", Assert.Single(answers), StringComparison.Ordinal);
        Assert.Empty(await Listening.Answers(plain, 1, 1500));
        folder.Delete(true);
    }

    [Fact]
    public async Task Where_senders_must_show_a_certificate_only_those_of_the_named_authority_are_heard()
    {
        var folder = Directory.CreateTempSubdirectory("mse-epr-tls-");
        string Written(string name, string text)
        {
            var path = Path.Combine(folder.FullName, name);
            File.WriteAllText(path, text);
            return path;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var own = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(From, Until);
        using var authority = Authority("CN=Senders of the trust");
        using var stranger = Authority("CN=Somebody else");
        using var sender = Signed("CN=basildon-pas", authority);
        using var other = Signed("CN=basildon-pas", stranger);
        var port = await listening.Listen(new MllpOptions
        {
            Port = 0, TlsCertificate = Written("cert.pem", own.ExportCertificatePem()), TlsKey = Written("key.pem", key.ExportPkcs8PrivateKeyPem()),
            TlsSenders = Written("senders.pem", authority.ExportCertificatePem()),
        });

        Assert.Contains("MSA|CA|", Assert.Single(await Say(port, own, sender)), StringComparison.Ordinal);
        Assert.Empty(await Say(port, own, other));
        Assert.Empty(await Say(port, own, null));
        folder.Delete(true);
    }

    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddYears(50), Until = DateTimeOffset.UnixEpoch.AddYears(90);

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(From, Until);
    }

    private static X509Certificate2 Signed(string name, X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = new CertificateRequest(name, key, HashAlgorithmName.SHA256).Create(authority, From, Until, [1, 2, 3, 4]);
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private async Task<List<string>> Say(int port, X509Certificate2 listener, X509Certificate2? sender)
    {
        try
        {
            await using var stream = await Listening.Connect(port, listener, sender);
            await stream.WriteAsync(Listening.Frame(Message("AL|NE")));
            return await Listening.Answers(stream, 1, 1500);
        }
        catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
        {
            return [];
        }
    }
}
