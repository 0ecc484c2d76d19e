using System.Buffers;
using System.Text.Json;
using Kangqiao.Store;

namespace Kangqiao.Host.Serving;

/// <summary>
/// Whether a member of staff may be the patient or of their family: the same ID number, phone or street address, or the patient names
/// them as a contact. A guess for a warning, not a finding.
/// </summary>
internal sealed class StaffKin(IRecordStore records)
{
    private const int ShortestAddress = 6;

    public async ValueTask<bool> MayBeFamilyAsync(string practitioner, string patient, CancellationToken cancel)
    {
        using var staff = await ReadAsync(new RecordKey("Practitioner", practitioner), cancel);
        using var person = await ReadAsync(new RecordKey("Patient", patient), cancel);
        if (staff is null || person is null)
        {
            return false;
        }

        var (one, other) = (staff.RootElement, person.RootElement);
        return Values(one, "identifier").Intersect(Values(other, "identifier")).Any()
            || Values(one, "telecom").Intersect(Values(other, "telecom").Concat(Contacts(other).SelectMany(c => Values(c, "telecom")))).Any()
            || Texts(one, "address").Intersect(Texts(other, "address")).Any(a => a.Length >= ShortestAddress)
            || Texts(one, "name").Intersect(Contacts(other).Select(c => c.TryGetProperty("name", out var name) ? Text(name) : null).OfType<string>()).Any();
    }

    private async ValueTask<JsonDocument?> ReadAsync(RecordKey key, CancellationToken cancel)
    {
        if (!key.IsWellFormed || !(await records.ReadAsync(key, cancel)).Try(out var record, out _) || record is not { State: RecordState.Live })
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>();
        record.WriteResource(json);
        return JsonDocument.Parse(json.WrittenMemory);
    }

    private static IEnumerable<JsonElement> Contacts(JsonElement patient) => Items(patient, "contact");

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    private static IEnumerable<string> Values(JsonElement parent, string name) =>
        Items(parent, name).Select(i => i.TryGetProperty("value", out var value) ? value.GetString() : null).OfType<string>().Where(v => v.Length > 0);

    private static IEnumerable<string> Texts(JsonElement parent, string name) => Items(parent, name).Select(Text).OfType<string>();

    private static string? Text(JsonElement named) => named.TryGetProperty("text", out var text) ? text.GetString() : null;
}
