using Kangqiao.City.Sending;
using Kangqiao.City.Sending.Fhir;

namespace Kangqiao.City.Facilities;

/// <summary>Readings as FHIR Observations of a Location, whatever the institution's clinical system speaks.</summary>
internal sealed class FacilityWriter : IDisposable
{
    public const string Suffix = "-facility.ndjson";
    private readonly ResourceWriter to = new();

    public void Write(Reading reading, Outbox outbox)
    {
        var json = to.Json;
        var said = reading.At.AddMinutes(20);
        var item = LocalCodes.Of(reading.Sender, reading.Of);
        to.Begin("Observation", $"fr{reading.Number}-{(uint)StableHash(reading.Kind + reading.Of):x8}", said);
        to.Text("status"u8, "final");
        json.WriteStartArray("category"u8);
        json.WriteStartObject();
        to.ConceptBody(ResourceWriter.LocalSystem(reading.Sender, "reading"), reading.Kind, reading.KindName);
        json.WriteEndArray();
        to.Concept("code"u8, null, null, reading.Of, ResourceWriter.LocalSystem(reading.Sender, "reading-item"), item);
        to.Known("subject"u8, "Location", Registry.RegistryWriter.PlaceSystem, reading.Point, reading.PointName);
        to.Text("effectiveDateTime"u8, ResourceWriter.Instant(reading.At));
        json.WriteStartArray("performer"u8);
        json.WriteStartObject();
        to.KnownBody("Organization", ResourceWriter.InstitutionCode, reading.Sender.Code, reading.Sender.Name);
        json.WriteEndArray();
        to.Quantity("valueQuantity"u8, reading.Value, reading.Unit);
        to.End(outbox.FileOf(reading.Sender, said, Suffix));
        outbox.Units++;
    }

    public void Dispose() => to.Dispose();

    private static int StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)hash;
    }
}
