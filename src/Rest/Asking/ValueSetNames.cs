using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;

namespace Kangqiao.Rest.Asking;

/// <summary>
/// R4 search.html#token: the URI of :in may be a literal reference, "ValueSet/42" or its whole address here; the terminology knows
/// sets by their canonical URL.
/// </summary>
internal static class ValueSetNames
{
    public static async ValueTask<Outcome<IReadOnlyList<KeyValuePair<string, string>>>> ResolveAsync(
        Sight sight, string ownBase, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancel)
    {
        List<KeyValuePair<string, string>>? changed = null;
        for (var i = 0; i < parameters.Count; i++)
        {
            var (name, value) = parameters[i];
            if (!name.EndsWith(":in", StringComparison.Ordinal) && !name.EndsWith(":not-in", StringComparison.Ordinal))
            {
                continue;
            }

            var local = value.StartsWith(ownBase + "/", StringComparison.Ordinal) ? value[(ownBase.Length + 1)..] : value;
            if (!local.StartsWith("ValueSet/", StringComparison.Ordinal))
            {
                continue;
            }

            var key = new RecordKey("ValueSet", local["ValueSet/".Length..]);
            if (!key.IsWellFormed)
            {
                return Problems.BadId(key.Id);
            }

            if (!(await sight.ReadAsync(key, cancel)).Try(out var record, out var problem))
            {
                return problem;
            }

            if (record is not { State: RecordState.Live } || CanonicalOf(record) is not { } canonical)
            {
                return Problems.NotFound(key) with { Kind = ProblemKind.Invalid };
            }

            changed ??= [.. parameters];
            changed[i] = new(name, canonical.Replace(",", "\\,", StringComparison.Ordinal));
        }

        return changed ?? parameters.ToList();
    }

    private static string? CanonicalOf(StoredRecord record)
    {
        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        var set = FhirDocument.Read(json.WrittenMemory, new FindingList()).Root;
        return set.ChildText("url") is not { } url ? null : set.ChildText("version") is { } version ? $"{url}|{version}" : url;
    }
}
