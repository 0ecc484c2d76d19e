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

/// <summary>The Prefer header (RFC 7240), as far as FHIR uses it. What we do not know is ignored, as the RFC asks.</summary>
internal readonly record struct Preference(ReturnPreference Return, bool? IsLenient)
{
    public static Preference Parse(ReadOnlySpan<char> header)
    {
        var wanted = ReturnPreference.Unsaid;
        bool? isLenient = null;
        foreach (var range in header.SplitAny(',', ';'))
        {
            switch (header[range].Trim())
            {
                case "return=minimal":
                    wanted = ReturnPreference.Minimal;
                    break;
                case "return=representation":
                    wanted = ReturnPreference.Representation;
                    break;
                case "return=OperationOutcome":
                    wanted = ReturnPreference.OperationOutcome;
                    break;
                case "handling=lenient":
                    isLenient = true;
                    break;
                case "handling=strict":
                    isLenient = false;
                    break;
            }
        }

        return new(wanted, isLenient);
    }
}
