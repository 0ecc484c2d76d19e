using System.Collections.Frozen;

namespace Kangqiao.Ingest.Csv.Content;

/// <summary>A code as it stands in a Coding.</summary>
/// <param name="Version">Edition of its table, where that has one.</param>
internal sealed record TableCode(string? System, string? Version, string Code, string? Display);

/// <summary>A value domain: what a coded column may hold. Senders may write a code, or its name in its place.</summary>
internal sealed class CodeTable
{
    private const int MostNamed = 40;
    // A classification, of which a list says nothing: a few codes show what they look like.
    private const int Large = 400;

    private readonly FrozenDictionary<string, TableCode> byCode;
    private readonly FrozenDictionary<string, TableCode> byName;

    /// <param name="name">As findings call it.</param>
    /// <param name="codes">In the order of the table; of codes that stand twice the first counts.</param>
    public CodeTable(string name, string title, IReadOnlyList<TableCode> codes)
    {
        Name = name;
        Title = title;
        Codes = codes;
        byCode = codes.DistinctBy(c => c.Code, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(c => c.Code, StringComparer.OrdinalIgnoreCase);
        byName = codes.Where(c => c.Display is not null).DistinctBy(c => c.Display!, StringComparer.Ordinal).ToFrozenDictionary(c => c.Display!, StringComparer.Ordinal);
        Named = string.Join("、", codes.Take(codes.Count > Large ? 3 : MostNamed).Select(c => c.Display is null ? c.Code : $"{c.Code} {c.Display}"))
            + (codes.Count > Large ? $"……（{codes.Count}）" : codes.Count > MostNamed ? "……" : "");
    }

    public string Name { get; }

    public string Title { get; }

    public IReadOnlyList<TableCode> Codes { get; }

    /// <summary>The first codes with their names, for a finding.</summary>
    public string Named { get; }

    /// <summary>By code, by code without the zeros in front that spreadsheets lose, by name.</summary>
    public TableCode? Find(string text) =>
        byCode.GetValueOrDefault(text)
        ?? (text.Length < 4 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            ? byCode.GetValueOrDefault(text.PadLeft(2, '0')) ?? byCode.GetValueOrDefault(text.PadLeft(3, '0')) ?? byCode.GetValueOrDefault(text.TrimStart('0'))
            : null)
        ?? byName.GetValueOrDefault(text);
}
