using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Standard.Naming;

namespace Kangqiao.Ingest.Fhir;

/// <summary>Names one sender's resources and what they refer to. For one unit, on one thread.</summary>
internal sealed class ResourceNaming(SenderNames names)
{
    private static readonly ConcurrentDictionary<string, IdentifierPlace> Places = new(StringComparer.Ordinal);

    private readonly List<ReferenceSpot> spots = [];
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    private enum IdentifierPlace
    {
        None,
        One,
        Many,
    }

    /// <summary>
    /// What the resource is called in its sender's terms: by a business identifier that is registered for the sender, by the one that
    /// a conditional creation names, by its id, by its fullUrl, by what it says.
    /// </summary>
    /// <param name="ifNoneExist">The condition of its entry, or null.</param>
    public string KeyOf(Element resource, string? fullUrl, string? ifNoneExist)
    {
        var type = resource.Type.Name;
        if (Business(resource, type) is { } business)
        {
            return business;
        }

        if (ifNoneExist is not null && IdentifierOf(ifNoneExist) is var (system, value))
        {
            return Named(type, system, value);
        }

        if (resource.ChildText("id") is { Length: > 0 } id)
        {
            return $"{type}/{id}";
        }

        return fullUrl ?? "sha256|" + Convert.ToHexStringLower(SHA256.HashData(resource.Raw).AsSpan(0, 16));
    }

    /// <summary>The record that the resource is.</summary>
    /// <param name="bundle">What its bundle knows of names, or null.</param>
    /// <param name="findings">References that lead nowhere are added.</param>
    public MappedRecord Record(Element resource, BundleNames? bundle, BundleEntry? entry, List<Finding> findings)
    {
        var type = resource.Type.Name;
        var key = entry?.Key ?? KeyOf(resource, null, null);
        var body = new ArrayBufferWriter<byte>(resource.Raw.Length + 512);
        var identifier = OwnId(resource, type);
        var insertAt = identifier is null ? -1 : InsertionOf(resource);
        spots.Clear();
        new ReferenceSpots(bundle?.HasHttpNames == true).Collect(resource, spots);
        var utf8 = resource.Document.Utf8;
        var done = resource.Start;
        foreach (var spot in spots)
        {
            if (insertAt >= 0 && insertAt <= spot.Start)
            {
                Insert(body, utf8, ref done, ref insertAt, resource, identifier!);
            }

            if (NewName(utf8.Slice(spot.Start, spot.Length), spot, bundle, entry, resource, findings) is { } name)
            {
                body.Write(utf8[done..spot.Start]);
                WriteEscaped(body, name);
                done = spot.Start + spot.Length;
            }
        }

        if (insertAt >= 0)
        {
            Insert(body, utf8, ref done, ref insertAt, resource, identifier!);
        }

        body.Write(utf8[done..(resource.Start + resource.Raw.Length)]);
        return new MappedRecord(type, key, body.WrittenMemory) { SaidAt = FhirMapping.SaidAt(resource), Source = FhirMapping.SourceOf(resource) };
    }

    /// <summary>System and value of "identifier=system|value", or null for any other condition.</summary>
    public static (string System, string Value)? IdentifierOf(string criteria)
    {
        var text = criteria.TrimStart('?');
        if (!text.StartsWith("identifier=", StringComparison.Ordinal) || text.Contains('&', StringComparison.Ordinal))
        {
            return null;
        }

        var value = Uri.UnescapeDataString(text["identifier=".Length..]);
        var bar = value.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && bar < value.Length - 1 && !value.Contains(',', StringComparison.Ordinal) ? (value[..bar], value[(bar + 1)..]) : null;
    }

    private string Named(string type, string system, string value) =>
        names.Keys.FirstOrDefault(k => k.Type == type && k.System == system) is { } registered
            ? SourceKey.Business(registered.Kind, value)
            : SourceKey.Identifier(system, value);

    private string? Business(Element resource, string type)
    {
        foreach (var registered in names.Keys)
        {
            if (registered.Type != type)
            {
                continue;
            }

            foreach (var identifier in resource.ChildrenNamed("identifier"))
            {
                if (identifier.ChildText("system") == registered.System && identifier.ChildText("value") is { Length: > 0 } value)
                {
                    return SourceKey.Business(registered.Kind, value);
                }
            }
        }

        return null;
    }

    private string? NewName(
        ReadOnlySpan<byte> raw, in ReferenceSpot spot, BundleNames? bundle, BundleEntry? entry, Element resource, List<Finding> findings)
    {
        if (raw.Length > 2048)
        {
            return null;
        }

        var text = raw.Contains((byte)'\\') ? NewNames.TextOf(raw) : Encoding.UTF8.GetString(raw);
        if (bundle?.Find(text, entry?.FullUrl, spot.IsReference) is { } inBundle)
        {
            return inBundle;
        }

        if (!spot.IsReference)
        {
            return null;
        }

        if (known.TryGetValue(text, out var before))
        {
            return before;
        }

        var name = text.Contains('?', StringComparison.Ordinal) && text.IndexOf(':', StringComparison.Ordinal) is var colon
            && (colon < 0 || colon > text.IndexOf('?', StringComparison.Ordinal))
                ? Conditional(text, bundle, resource, findings)
                : Literal(text, bundle, resource, findings);
        if (name is not null)
        {
            known[text] = name;
        }

        return name;
    }

    private string? Conditional(string text, BundleNames? bundle, Element resource, List<Finding> findings)
    {
        var query = text.IndexOf('?', StringComparison.Ordinal);
        var type = text[..query];
        if (R4.Facts.Type(type) is not { IsResource: true } || IdentifierOf(text[(query + 1)..]) is not var (system, value))
        {
            findings.Add(At(FhirFindings.NotAnIdentifier, resource, text));
            return null;
        }

        return bundle?.FindIdentifier(type, system, value)
            ?? (names.Known?.Invoke(type, system, value) is { } id ? $"{type}/{id}" : names.Reference(type, Named(type, system, value)));
    }

    private string? Literal(string text, BundleNames? bundle, Element resource, List<Finding> findings)
    {
        var path = text.AsSpan();
        if (text.Contains(':', StringComparison.Ordinal))
        {
            if (bundle?.Relative(text) is not { } relative)
            {
                if (text.StartsWith("urn:uuid:", StringComparison.Ordinal) || text.StartsWith("urn:oid:", StringComparison.Ordinal))
                {
                    findings.Add(At(FhirFindings.UnknownInBundle, resource, text));
                }

                return null;
            }

            path = relative;
        }

        var slash = path.IndexOf('/');
        if (slash <= 0 || R4.Facts.Type(path[..slash]) is not { IsResource: true } type)
        {
            return null;
        }

        var id = path[(slash + 1)..];
        var version = id.IndexOf('/');
        var own = (version < 0 ? id : id[..version]).ToString();
        return own.Length == 0 ? null : ById(type.Name, own);
    }

    /// <summary>A record by the sender's own id. Where its type goes by business identifiers, only those who know it can tell.</summary>
    private string ById(string type, string id) =>
        names.Known is { } ask && names.Keys.Any(k => k.Type == type) && ask(type, names.IdSystem, id) is { } found
            ? $"{type}/{found}"
            : names.Reference(type, $"{type}/{id}");

    private static Finding At(FindingKind kind, Element resource, string particular) =>
        new(kind, kind.Severity, resource.Type.Name, [particular], 0, 0);

    /// <summary>The identifier that keeps the sender's id, as JSON; null where there is no id, no place for it, or it is there.</summary>
    private byte[]? OwnId(Element resource, string type)
    {
        var place = Places.GetOrAdd(type, static t => R4.Facts.Type(t)!.Element("identifier") switch
        {
            null => IdentifierPlace.None,
            { IsArray: true } => IdentifierPlace.Many,
            _ => IdentifierPlace.One,
        });
        if (place == IdentifierPlace.None || resource.ChildText("id") is not { Length: > 0 } id)
        {
            return null;
        }

        foreach (var identifier in resource.ChildrenNamed("identifier"))
        {
            if (place == IdentifierPlace.One || (identifier.ChildText("system") == names.IdSystem && identifier.ChildText("value") == id))
            {
                return null;
            }
        }

        var json = $$"""{"system":"{{JsonEncodedText.Encode(names.IdSystem, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}","value":"{{JsonEncodedText.Encode(id)}}"}""";
        return Encoding.UTF8.GetBytes(
            resource.Child("identifier").Exists ? json + "," : place == IdentifierPlace.Many ? $",\"identifier\":[{json}]" : $",\"identifier\":{json}");
    }

    /// <summary>Before the first identifier, or before the resource's closing brace.</summary>
    private static int InsertionOf(Element resource) =>
        resource.Child("identifier") is { Exists: true } first ? first.Start : resource.Start + resource.Raw.Length - 1;

    private static void Insert(ArrayBufferWriter<byte> body, ReadOnlySpan<byte> utf8, ref int done, ref int at, Element resource, byte[] what)
    {
        body.Write(utf8[done..at]);
        body.Write(what);
        done = at;
        at = -1;
    }

    private static void WriteEscaped(ArrayBufferWriter<byte> body, string text) =>
        body.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
}
