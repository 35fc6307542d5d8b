using System.Net;
using System.Net.Sockets;
using System.Text;
using Record.Worker.Feeds;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>Frames over a real socket, however the bytes are cut: HL7 MLLP release 1.</summary>
public class MllpConnectionTests
{
    private const string One = "\u000BMSH|one\u001C\r", Two = "\u000BMSH|two\u001C\r";

    // Sends the pieces, closes the sending side, and gives what was received, what was answered and the fault.
    private static async Task<(List<string> Messages, string Answers, string? Fault)> Exchange(int largest, params string[] pieces)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient { NoDelay = true };
        var accepting = listener.AcceptTcpClientAsync();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await accepting;
        var stream = client.GetStream();
        var messages = new List<string>();
        var running = new MllpConnection(server.GetStream(), new MllpLimits(largest, 1_000_000, TimeSpan.FromSeconds(1)), async (message, cancellation) =>
        {
            var text = Encoding.Latin1.GetString(message.Span);
            messages.Add(text);
            await Task.Delay(text.EndsWith("one", StringComparison.Ordinal) ? 50 : 1, cancellation); // the first is slower than the second
            return new MllpAnswer(Encoding.Latin1.GetBytes($"ACK {text}"), text.Contains("later", StringComparison.Ordinal) ? async waiting =>
            {
                await Task.Delay(80, waiting);
                return Encoding.Latin1.GetBytes($"DONE {text}");
            } : null);
        }).Run(CancellationToken.None);
        foreach (var piece in pieces)
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(piece));
            await Task.Delay(20);
        }

        client.Client.Shutdown(SocketShutdown.Send);
        var fault = await running.WaitAsync(TimeSpan.FromSeconds(10));
        server.Close();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return (messages, await reader.ReadToEndAsync(), fault);
    }

    [Fact]
    public async Task Answers_keep_the_order_of_messages()
    {
        var (messages, answers, fault) = await Exchange(10_000, One + Two);

        Assert.Equal(["MSH|one", "MSH|two"], messages);
        Assert.Equal("\u000BACK MSH|one\u001C\r\u000BACK MSH|two\u001C\r", answers);
        Assert.Null(fault);
    }

    [Fact]
    public async Task A_frame_may_be_cut_anywhere()
    {
        var (messages, _, fault) = await Exchange(10_000, "\u000B", "MSH|o", "ne", "\u001C", "\r\u000BMSH|two\u001C", "\r");

        Assert.Equal(["MSH|one", "MSH|two"], messages);
        Assert.Null(fault);
    }

    [Fact]
    public async Task The_end_byte_inside_a_message_is_content_and_line_ends_between_frames_are_harmless()
    {
        var (messages, _, fault) = await Exchange(10_000, "\u000BMSH|a\u001Cb\u001C\r\r\n" + Two);

        Assert.Equal(["MSH|a\u001Cb", "MSH|two"], messages);
        Assert.Null(fault);
    }

    [Fact]
    public async Task A_sender_that_leaves_out_the_return_is_answered_before_it_sends_the_next()
    {
        var (messages, answers, fault) = await Exchange(10_000, "\u000BMSH|one\u001C", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "\u000BMSH|two\u001C\u000BMSH|three\u001C");

        Assert.Equal(["MSH|one", "MSH|two", "MSH|three"], messages);
        Assert.StartsWith("\u000BACK MSH|one\u001C\r", answers, StringComparison.Ordinal);
        Assert.Null(fault);
    }

    [Fact]
    public async Task What_became_of_a_message_follows_on_the_same_connection_and_holds_nothing_up()
    {
        var (_, answers, _) = await Exchange(10_000, "\u000BMSH|later\u001C\r" + Two);

        Assert.Equal("\u000BACK MSH|later\u001C\r\u000BACK MSH|two\u001C\r\u000BDONE MSH|later\u001C\r", answers);
    }

    [Fact]
    public async Task A_message_that_drips_is_given_up()
    {
        var (messages, _, fault) = await Exchange(10_000, ["\u000BMSH|", .. Enumerable.Repeat("x", 70)]);

        Assert.Empty(messages);
        Assert.Contains("took longer", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_inside_a_message_is_not_taken()
    {
        var (messages, _, fault) = await Exchange(10_000, One, "\u000BMSH|half");

        Assert.Equal(["MSH|one"], messages);
        Assert.Equal("the connection ended inside a message", fault);
    }

    [Fact]
    public async Task What_is_larger_than_allowed_ends_the_connection()
    {
        var (messages, _, fault) = await Exchange(1_000, "\u000BMSH|" + new string('x', 5_000));

        Assert.Empty(messages);
        Assert.Contains("larger than is taken", fault, StringComparison.Ordinal);
    }
}
