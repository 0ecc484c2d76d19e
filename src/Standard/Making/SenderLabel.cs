using System.Security.Cryptography;
using System.Text;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Making;

/// <summary>The term of every record that an institution has sent: readers' predicates are made of it.</summary>
public static class SenderLabel
{
    private const char Kind = 'i';

    /// <summary>Bytes of a code that a term can hold whatever its characters; longer ones are told apart by their hash.</summary>
    private const int Longest = 20;

    public static string Of(string sender) => RecordLabels.Label(Kind, Code(sender));

    /// <summary>What an institution's code is called in a term.</summary>
    internal static string Code(string sender) =>
        Encoding.UTF8.GetByteCount(sender) <= Longest ? sender : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sender)).AsSpan(0, 16));
}
