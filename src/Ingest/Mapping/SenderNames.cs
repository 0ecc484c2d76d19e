using System.Security.Cryptography;
using System.Text;

namespace Kangqiao.Ingest.Mapping;

/// <summary>
/// The names that one institution's records bear here. An id follows from institution, type and the institution's own key
/// alone, so that the same record sent again, in whatever order or format, is the same record, and a reference may come
/// before what it points to.
/// </summary>
/// <param name="Institution">The sender's code in the registry.</param>
public sealed record SenderNames(string Institution)
{
    /// <summary>Code systems that only this sender knows stand under this address, one for each of its tables.</summary>
    private const string LocalTables = "https://kangqiao.dev/fhir/local/";

    /// <summary>Business identifiers by which records of a type are known in all of the sender's formats, as registered for it.</summary>
    public IReadOnlyList<BusinessKey> Keys { get; init; } = [];

    /// <summary>
    /// The id of the sender's own record of a type that carries an identifier (system, value) already, or null. Null where
    /// nothing can be asked: names then follow from keys alone.
    /// </summary>
    public Func<string, string, string, string?>? Known { get; init; }

    /// <summary>The system under which a record's own id at the sender is kept as an identifier.</summary>
    public string IdSystem => LocalSystem("id");

    /// <summary>A UUID of version 8 (RFC 9562 5.8) over SHA-256 of the three.</summary>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="key">What the sender calls it, exactly: see <see cref="SourceKey"/>.</param>
    public string IdOf(string type, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        // Neither a code, a type nor a key holds a line feed, so the three cannot run into each other.
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Institution}\n{type}\n{key}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }

    /// <summary>For <c>Reference.reference</c>.</summary>
    public string Reference(string type, string key) => $"{type}/{IdOf(type, key)}";

    /// <summary>The system of a coding from one of the sender's own tables.</summary>
    /// <param name="table">Such as "lab-item", of [a-z0-9-].</param>
    public string LocalSystem(string table) => $"{LocalTables}{Uri.EscapeDataString(Institution)}/{table}";
}

/// <summary>An identifier of a type by which a sender means the same record in every format.</summary>
/// <param name="System">Identifier.system, as sent in FHIR.</param>
/// <param name="Kind">What a <see cref="SourceKey"/> begins with: "pid", "visit", "placer", "filler", "doc".</param>
public sealed record BusinessKey(string Type, string System, string Kind);
