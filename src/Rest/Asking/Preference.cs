namespace Kangqiao.Rest.Asking;

/// <summary>What the client wants back from a change (R4 http.html#ops).</summary>
internal enum ReturnPreference
{
    /// <summary>It did not say: a representation for a single change, only the outcome's heads in a bundle.</summary>
    Unsaid,
    Minimal,
    Representation,
    OperationOutcome,
}

/// <summary>
/// The Prefer header (RFC 7240), as far as FHIR uses it: names and values without regard to case, values with or without quotes, of
/// what is said twice the first. What we do not know is ignored, as the RFC asks.
/// </summary>
internal readonly record struct Preference(ReturnPreference Return, bool? IsLenient)
{
    public static Preference Parse(ReadOnlySpan<char> header)
    {
        var wanted = ReturnPreference.Unsaid;
        bool? isLenient = null;

        // A semicolon begins parameters of a preference; clients put it between preferences all the same.
        foreach (var range in header.SplitAny(',', ';'))
        {
            var one = header[range];
            var equals = one.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var value = one[(equals + 1)..].Trim().Trim('"');
            if (Is(one[..equals], "return") && wanted == ReturnPreference.Unsaid)
            {
                wanted = Is(value, "minimal") ? ReturnPreference.Minimal
                    : Is(value, "representation") ? ReturnPreference.Representation
                    : Is(value, "OperationOutcome") ? ReturnPreference.OperationOutcome
                    : ReturnPreference.Unsaid;
            }
            else if (Is(one[..equals], "handling") && isLenient is null)
            {
                isLenient = Is(value, "lenient") ? true : Is(value, "strict") ? false : null;
            }
        }

        return new(wanted, isLenient);
    }

    /// <summary>For Preference-Applied, of an answer to a change; null where there was none.</summary>
    public string? OfChange => Return switch
    {
        ReturnPreference.Minimal => "return=minimal",
        ReturnPreference.Representation => "return=representation",
        ReturnPreference.OperationOutcome => "return=OperationOutcome",
        _ => null,
    };

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);
}
