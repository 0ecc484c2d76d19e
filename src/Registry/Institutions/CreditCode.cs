namespace Kangqiao.Registry.Institutions;

/// <summary>
/// The unified social credit code (统一社会信用代码) of GB 32100-2015: 18 characters, the last of which checks the others. Which
/// registrars stand in the first place grows from edition to edition, so it is not asked.
/// </summary>
public static class CreditCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private const int Length = 18;

    public static bool IsValid(string text)
    {
        if (text.Length != Length)
        {
            return false;
        }

        var (sum, weight) = (0, 1);
        for (var i = 0; i < Length - 1; i++)
        {
            var value = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            sum += value * weight;

            // Weights are the powers of 3 modulo 31.
            weight = weight * 3 % 31;
        }

        return Alphabet[(31 - (sum % 31)) % 31] == text[^1];
    }
}
