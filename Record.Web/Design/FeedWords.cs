using System.Globalization;
using Record.Web.Records;

namespace Record.Web.Design;

/// <summary>What is said of feeds, in words.</summary>
public static class FeedWords
{
    public static CultureInfo English { get; } = CultureInfo.GetCultureInfo("en-GB");

    /// <summary>Messages of senders that no file of the configuration names.</summary>
    public static bool IsUnknown(Feed feed) => feed.Source == "unknown";

    public static string State(Feed feed) => IsUnknown(feed) ? "Not configured" : feed.Silence is not null ? "We cannot see" : feed.Waiting > 0 ? "Messages wait" : feed.Received == 0 ? "Nothing yet" : "Receiving";

    public static string Colour(Feed feed) => IsUnknown(feed) ? "yellow" : feed.Silence is not null ? "red" : feed.Waiting > 0 ? "yellow" : feed.Received == 0 ? "grey" : "green";

    public static string Silence(FeedSilence silence) => silence switch
    {
        { Since: null } => "nothing has ever come",
        { Expected: { } usual } => $"silent since {Words.Minute(silence.Since)}; in the weeks before, {usual.ToString("N0", English)} messages came at these hours",
        _ => $"silent since {Words.Minute(silence.Since)}",
    };

    public static string Window(string name) => name switch { "1h" => "Last hour", "24h" => "Last 24 hours", "30d" => "Last 30 days", _ => name };

    public static string Milliseconds(double? value) => value is { } ms ? $"{ms.ToString(ms < 10 ? "0.0" : "N0", English)} ms" : "none";

    public static string Seconds(double? value) => value is { } s ? $"{s.ToString(s < 10 ? "0.0" : "N0", English)} s" : "none";
}
