using System.Text;
using Kangqiao.Store;

namespace Kangqiao.Rest.Auditing;

/// <summary>
/// Whose data a record is, for the trail: every Patient that its bytes refer to, and itself where it is one or is a resident. Looked for as text,
/// so that no reading pays for taking its record apart; rather one too many than one too few.
/// </summary>
internal static class MentionedPatients
{
    /// <summary>Of one record: a list or a group of very many names no more in the trail than this.</summary>
    private const int Most = 200;

    private const int LongestId = 64;

    private static ReadOnlySpan<byte> Reference => "\"Patient/"u8;

    public static List<string> In(RecordKey key, ReadOnlySpan<byte> body)
    {
        var found = new List<string>(1);
        if (key.Type is "Patient" or "Person")
        {
            found.Add(key.Id);
        }

        for (int at; found.Count < Most && (at = body.IndexOf(Reference)) >= 0;)
        {
            body = body[(at + Reference.Length)..];
            var end = body.IndexOfAny((byte)'"', (byte)'/');
            if (end is > 0 and <= LongestId)
            {
                var id = Encoding.UTF8.GetString(body[..end]);
                if (!found.Contains(id))
                {
                    found.Add(id);
                }
            }
        }

        return found;
    }
}
