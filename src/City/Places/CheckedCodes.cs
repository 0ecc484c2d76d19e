namespace Kangqiao.City.Places;

/// <summary>Codes with a check digit, made so that the check passes.</summary>
internal static class CheckedCodes
{
    private const string CreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private const string IdCheckDigits = "10X98765432";
    private static readonly int[] IdWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private static readonly int[] OrganisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>GB 11643: the eighteenth digit of a citizen's number.</summary>
    public static char IdCheckDigit(ReadOnlySpan<char> first17)
    {
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            sum += (first17[i] - '0') * IdWeights[i];
        }

        return IdCheckDigits[sum % 11];
    }

    /// <summary>GB 11714: eight digits and their check character.</summary>
    public static string Organisation(int number)
    {
        var digits = number.ToString("D8");
        var sum = 0;
        for (var i = 0; i < 8; i++)
        {
            sum += (digits[i] - '0') * OrganisationWeights[i];
        }

        return digits + (11 - (sum % 11)) switch { 10 => 'X', 11 => '0', var c => (char)('0' + c) };
    }

    /// <summary>GB 32100: registrar and kind, division, organisation code, and the check character over all.</summary>
    public static string SocialCredit(string registrar, string division, string organisation)
    {
        var first17 = registrar + division + organisation;
        var sum = 0;
        var weight = 1;
        foreach (var c in first17)
        {
            sum += CreditAlphabet.IndexOf(c) * weight;
            weight = weight * 3 % 31;
        }

        return first17 + CreditAlphabet[(31 - (sum % 31)) % 31];
    }
}
