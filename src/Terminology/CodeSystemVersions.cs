using System.Text;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology;

/// <summary>The editions of one code system side by side, the newest first.</summary>
internal sealed class CodeSystemVersions(string url, ConceptTable[] tables)
{
    public string Url => url;

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(url);

    public ConceptTable[] Tables => tables;

    public ConceptTable Newest => tables[0];

    /// <summary>The edition asked for; the newest where none is.</summary>
    public ConceptTable? Pick(string? version) =>
        version is null ? Newest : Array.Find(tables, t => t.Version == version);

    public static CodeSystemVersions Of(string url, IEnumerable<ConceptTable> tables) =>
        new(url, [.. tables.OrderByDescending(t => t.Version, VersionOrder.Instance)]);
}
