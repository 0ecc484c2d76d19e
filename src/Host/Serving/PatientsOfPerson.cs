using System.Buffers;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Store;

namespace Kangqiao.Host.Serving;

/// <summary>The Patients that a resident's Person links to.</summary>
internal sealed class PatientsOfPerson(IRecordStore records)
{
    public async ValueTask<Outcome<IReadOnlyList<string>>> OfAsync(string person, CancellationToken cancel)
    {
        var key = new RecordKey("Person", person);
        if (!key.IsWellFormed)
        {
            return Array.Empty<string>();
        }

        if (!(await records.ReadAsync(key, cancel)).Try(out var record, out var problem))
        {
            return problem;
        }

        if (record is not { State: RecordState.Live })
        {
            return Array.Empty<string>();
        }

        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        using var document = JsonDocument.Parse(json.WrittenMemory);
        return document.RootElement.TryGetProperty("link", out var links)
            ? [.. links.EnumerateArray()
                .Select(l => l.TryGetProperty("target", out var target) && target.TryGetProperty("reference", out var reference) ? reference.GetString() : null)
                .Where(r => r is not null && r.StartsWith("Patient/", StringComparison.Ordinal)).Select(r => r!["Patient/".Length..].Split('/')[0])]
            : Array.Empty<string>();
    }
}
