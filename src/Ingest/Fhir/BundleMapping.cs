using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Fhir;

/// <summary>An entry of a bundle that has a resource, or that deletes one.</summary>
/// <param name="Key">In the sender's terms.</param>
internal sealed record BundleEntry(int Index, Element Resource, string? FullUrl, string Type, string Key)
{
    public bool IsDeletion { get; init; }
}

/// <summary>What the records of one bundle are called by others in it (R4 bundle.html#references).</summary>
internal sealed class BundleNames(SenderNames names)
{
    private readonly Dictionary<string, string> byFullUrl = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> byId = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string, string), string> byIdentifier = [];
    private readonly HashSet<string> bases = new(StringComparer.Ordinal);

    public bool HasHttpNames => bases.Count > 0;

    /// <returns>False where the fullUrl is another record's already.</returns>
    public bool Add(BundleEntry entry)
    {
        var name = names.Reference(entry.Type, entry.Key);
        if (entry.Resource.Exists)
        {
            if (entry.Resource.ChildText("id") is { Length: > 0 } id)
            {
                byId.TryAdd($"{entry.Type}/{id}", name);
            }

            foreach (var identifier in entry.Resource.ChildrenNamed("identifier"))
            {
                if (identifier.ChildText("system") is { } system && identifier.ChildText("value") is { } value)
                {
                    byIdentifier.TryAdd((entry.Type, system, value), name);
                }
            }
        }

        if (entry.FullUrl is null)
        {
            return true;
        }

        if (BaseOf(entry.FullUrl) is { } root)
        {
            bases.Add(root);
        }

        return byFullUrl.TryAdd(entry.FullUrl, name) || byFullUrl[entry.FullUrl] == name;
    }

    /// <param name="isReference">Else only a whole fullUrl counts.</param>
    public string? Find(string text, string? fullUrl, bool isReference)
    {
        if (byFullUrl.TryGetValue(text, out var name))
        {
            return name;
        }

        if (!isReference || text.Contains(':', StringComparison.Ordinal))
        {
            return null;
        }

        return fullUrl is not null && BaseOf(fullUrl) is { } root && byFullUrl.TryGetValue($"{root}/{text}", out name) ? name
            : byId.GetValueOrDefault(text);
    }

    public string? FindIdentifier(string type, string system, string value) => byIdentifier.GetValueOrDefault((type, system, value));

    /// <summary>Type/id of an absolute address on a server that records of this bundle are from; null for one elsewhere.</summary>
    public string? Relative(string address)
    {
        foreach (var root in bases)
        {
            if (address.Length > root.Length + 1 && address.StartsWith(root, StringComparison.Ordinal) && address[root.Length] == '/')
            {
                return address[(root.Length + 1)..];
            }
        }

        return null;
    }

    private static string? BaseOf(string fullUrl)
    {
        if (!fullUrl.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var id = fullUrl.LastIndexOf('/');
        var type = id <= 0 ? -1 : fullUrl.LastIndexOf('/', id - 1);
        return type <= 0 ? null : fullUrl[..type];
    }
}

/// <summary>A bundle as what its type makes of it.</summary>
internal sealed class BundleMapping(Element bundle, SenderNames names, FindingList read)
{
    private readonly ResourceNaming naming = new(names);
    private readonly BundleNames bundleNames = new(names);
    private readonly List<BundleEntry> entries = [];
    private readonly Dictionary<int, List<Finding>> wrong = [];

    public IReadOnlyList<MappedUnit> Map()
    {
        var type = bundle.ChildText("type") ?? "";
        var source = bundle.Child("identifier") is { Exists: true } identifier && identifier.ChildText("value") is { } number ? number : FhirMapping.SourceOf(bundle);
        foreach (var finding in read.Items)
        {
            if (finding.IsError)
            {
                Note(EntryOf(finding.Path), finding);
            }
        }

        ReadEntries();

        // What is wrong around the entries is wrong with the bundle itself.
        return wrong.ContainsKey(-1) ? [WholeRefused(source)]
            : type is "transaction" or "document" or "message" ? [Whole(type, source)]
            : Each();
    }

    private void ReadEntries()
    {
        var index = 0;
        foreach (var entry in bundle.ChildrenNamed("entry"))
        {
            ReadEntry(index++, entry);
        }
    }

    private void ReadEntry(int index, Element entry)
    {
        var resource = entry.Child("resource");
        var request = entry.Child("request");
        var method = request.Exists ? request.ChildText("method") : null;
        var fullUrl = entry.ChildText("fullUrl");
        if (method == "DELETE" && request.ChildText("url") is { } url)
        {
            if (Deletion(index, url, fullUrl) is { } deletion)
            {
                entries.Add(deletion);
            }

            return;
        }

        if (method is "GET" or "HEAD")
        {
            return;
        }

        if (method == "PATCH")
        {
            Note(index, new Finding(FhirFindings.NoMethod, Severity.Error, $"Bundle.entry[{index}].request.method", [method], 0, 0));
            return;
        }

        if (!resource.Exists)
        {
            // Answers and the words around a search have entries without records.
            if (method is not null)
            {
                Note(index, new Finding(FhirFindings.NoResource, Severity.Error, $"Bundle.entry[{index}]", [], 0, 0));
            }

            return;
        }

        if (resource.Type.Name == "OperationOutcome" && method is null)
        {
            return;
        }

        var condition = !request.Exists ? null
            : method == "PUT" && request.ChildText("url") is { } put && put.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? put[(at + 1)..]
            : request.ChildText("ifNoneExist");
        var one = new BundleEntry(index, resource, fullUrl, resource.Type.Name, naming.KeyOf(resource, fullUrl, condition));
        entries.Add(one);
        if (!bundleNames.Add(one))
        {
            Note(index, new Finding(FhirFindings.FullUrlTwice, Severity.Error, $"Bundle.entry[{index}].fullUrl", [], 0, 0));
        }
    }

    private BundleEntry? Deletion(int index, string url, string? fullUrl)
    {
        var path = bundleNames.Relative(url) ?? url;
        var parts = path.TrimStart('/').Split('/', 3);
        if (parts is [var type, var id, ..] && R4.Facts.Type(type) is { IsResource: true } && id.Length > 0 && !id.Contains('?', StringComparison.Ordinal))
        {
            return new BundleEntry(index, default, fullUrl, type, $"{type}/{id}") { IsDeletion = true };
        }

        var query = path.IndexOf('?', StringComparison.Ordinal);
        if (query > 0 && R4.Facts.Type(path[..query]) is { IsResource: true } && ResourceNaming.IdentifierOf(path[(query + 1)..]) is var (system, value))
        {
            return new BundleEntry(index, default, fullUrl, path[..query], SourceKey.Identifier(system, value)) { IsDeletion = true };
        }

        Note(index, new Finding(FhirFindings.NoMethod, Severity.Error, $"Bundle.entry[{index}].request.url", [$"DELETE {url}"], 0, 0));
        return null;
    }

    private MappedUnit Whole(string type, string source)
    {
        var findings = wrong.Values.SelectMany(f => f).ToList();
        var weight = Math.Max(1, entries.Count);
        var isTransaction = type == "transaction";
        if (findings.Count > 0)
        {
            return Shaped(new MappedUnit([]) { Source = source, Findings = findings }, isTransaction, weight);
        }

        var records = new List<MappedRecord>(entries.Count + 1);
        var taken = new HashSet<(string, string)>();
        foreach (var entry in entries)
        {
            if (!taken.Add((entry.Type, entry.Key)))
            {
                // A conditional creation twice in one bundle means the same record twice; anything else is a contradiction.
                if (isTransaction && !entry.Key.StartsWith("ident|", StringComparison.Ordinal))
                {
                    findings.Add(new Finding(FhirFindings.TwiceInBundle, Severity.Error, $"Bundle.entry[{entry.Index}]", [entry.Type], 0, 0));
                }

                continue;
            }

            records.Add(RecordOf(entry, findings));
        }

        if (!isTransaction)
        {
            // Signed and sealed as it is: the whole stays, with the sender's own names inside.
            records.Insert(0, new MappedRecord("Bundle", naming.KeyOf(bundle, null, null), bundle.Raw.ToArray()) { Source = source });
        }

        var isRefused = findings.Exists(f => f.IsError);
        return Shaped(new MappedUnit(isRefused ? [] : records) { Source = source, Findings = findings, SaidAt = SaidAt() }, isTransaction, weight);
    }

    private IReadOnlyList<MappedUnit> Each()
    {
        var units = new List<MappedUnit>(entries.Count);
        foreach (var (index, found) in wrong.OrderBy(w => w.Key))
        {
            var broken = entries.Find(e => e.Index == index);
            units.Add(new MappedUnit([])
            {
                Source = broken is { IsDeletion: false } ? FhirMapping.SourceOf(broken.Resource) : $"entry[{index}]",
                Findings = found,
                Raw = broken is { IsDeletion: false } ? RawOf(broken) : null,
            });
        }

        foreach (var entry in entries.Where(e => !wrong.ContainsKey(e.Index)))
        {
            var findings = new List<Finding>();
            var record = RecordOf(entry, findings);
            units.Add(new MappedUnit([record])
            {
                Source = record.Source ?? $"entry[{entry.Index}]",
                Findings = findings,
                SaidAt = record.SaidAt ?? SaidAt(),
                Raw = entry.IsDeletion ? null : RawOf(entry),
            });
        }

        return units;
    }

    private MappedRecord RecordOf(BundleEntry entry, List<Finding> findings) => entry.IsDeletion
        ? new MappedRecord(entry.Type, entry.Key, ReadOnlyMemory<byte>.Empty) { Intent = MappedIntent.Withdraw, Source = entry.Key }
        : naming.Record(entry.Resource, bundleNames, entry, findings);

    /// <summary>A resource as it was sent; with its fullUrl around it where it has one, because its references may be relative to that.</summary>
    private static ReadOnlyMemory<byte> RawOf(BundleEntry entry)
    {
        if (entry.FullUrl is null)
        {
            return entry.Resource.Raw.ToArray();
        }

        var url = System.Text.Json.JsonEncodedText.Encode(entry.FullUrl).EncodedUtf8Bytes;
        return (byte[])
        [
            .. "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":\""u8, .. url, .. "\",\"resource\":"u8,
            .. entry.Resource.Raw, .. "}]}"u8,
        ];
    }

    private DateTimeOffset? SaidAt() => DateTimeOffset.TryParse(bundle.ChildText("timestamp"), System.Globalization.CultureInfo.InvariantCulture, out var at) ? at : null;

    private MappedUnit WholeRefused(string source)
    {
        var isTransaction = bundle.ChildText("type") == "transaction";
        return Shaped(new MappedUnit([]) { Source = source, Findings = [.. wrong.Values.SelectMany(f => f)] }, isTransaction, Math.Max(1, entries.Count));
    }

    private static MappedUnit Shaped(MappedUnit unit, bool isTransaction, int weight) =>
        isTransaction ? unit with { CountsRecords = true, Weight = unit.Records.Count > 0 ? unit.Records.Count : weight } : unit;

    private void Note(int entry, Finding finding)
    {
        if (!wrong.TryGetValue(entry, out var list))
        {
            wrong[entry] = list = [];
        }

        list.Add(finding);
    }

    /// <summary>7 for "Bundle.entry[7].resource.name"; -1 for a place around the entries.</summary>
    private static int EntryOf(string path)
    {
        const string Start = "Bundle.entry[";
        var end = path.StartsWith(Start, StringComparison.Ordinal) ? path.IndexOf(']', StringComparison.Ordinal) : -1;
        return end > 0 && int.TryParse(path.AsSpan(Start.Length, end - Start.Length), out var index) ? index : -1;
    }
}
