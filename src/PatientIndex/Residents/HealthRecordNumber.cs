using System.Security.Cryptography;
using System.Text;

namespace Kangqiao.PatientIndex.Residents;

/// <summary>
/// The number of a resident's health record (健康档案号) where no institution has given one: it follows from the resident's id, so it
/// needs no counter and can be made again. 24 digits and letters without those that are mistaken for each other, the last of
/// which checks the others.
/// </summary>
internal static class HealthRecordNumber
{
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 23;

    public static string Of(string resident)
    {
        // 23 letters are 115 bits: two residents never share them.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes("health-record\n" + resident));
        var text = new StringBuilder(Length + 1);
        int bits = 0, held = 0, at = 0;
        while (text.Length < Length)
        {
            if (held < 5)
            {
                bits = (bits << 8) | hash[at++];
                held += 8;
            }

            held -= 5;
            text.Append(Letters[(bits >> held) & 31]);
            bits &= (1 << held) - 1;
        }

        return text.Append(Check(text.ToString())).ToString();
    }

    /// <summary>The last letter is that which the others ask for.</summary>
    public static bool IsValid(string number) => number.Length == Length + 1 && number[^1] == Check(number[..^1]);

    private static char Check(string text)
    {
        var sum = 0;
        foreach (var letter in text)
        {
            sum = ((sum * 7) + Letters.IndexOf(letter, StringComparison.Ordinal) + 1) % 31;
        }

        return Letters[sum];
    }
}
