namespace Reporting.BoardPack;

/// <summary>How many lines a text takes in a column of a width given in characters; rather one too many than cut text.</summary>
internal static class TextWrap
{
    private const double Slack = 1.0; // Arial's average letter is narrower than its zero, capitals and words at the edge eat that up

    public static int Lines(string text, double width) =>
        text.Split('\n').Sum(paragraph => LinesOf(paragraph, Math.Max(1, width * Slack - 1)));

    private static int LinesOf(string paragraph, double width)
    {
        var (lines, used) = (1, 0.0);
        foreach (var word in paragraph.Split(' '))
        {
            if (used > 0 && used + 1 + word.Length > width)
            {
                lines++;
                used = 0;
            }

            used += word.Length + (used > 0 ? 1 : 0);
            while (used > width)
            {
                lines++;
                used -= width;
            }
        }

        return lines;
    }
}
