namespace Kangqiao.Ingest.Cda.Header;

/// <summary>Whether a text is a resident's number by its shape and check digit (GB 11643-1999); the calendar is the door's matter.</summary>
internal static class ResidentNumber
{
    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    public static bool IsSound(string? text)
    {
        if (text is not { Length: 18 })
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }

            sum += (text[i] - '0') * Weights[i];
        }

        return "10X98765432"[sum % 11] == char.ToUpperInvariant(text[17]);
    }
}
