using System.Buffers;
using System.Globalization;
using System.Text;
using Kangqiao.Store;

namespace Kangqiao.Rest.Answering;

/// <summary>Writes a Bundle piece by piece: stored bodies are spliced in as they are.</summary>
internal sealed class BundleWriter(IBufferWriter<byte> output, string baseAddress)
{
    private bool hasLink;
    private bool hasEntry;
    private bool isOpen;

    /// <param name="type">Code of http://hl7.org/fhir/bundle-type.</param>
    public void Begin(string type, long? total = null)
    {
        Raw($"{{\"resourceType\":\"Bundle\",\"type\":\"{type}\"");
        if (total is { } number)
        {
            Raw($",\"total\":{number.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <param name="url">Absolute.</param>
    public void Link(string relation, string url)
    {
        Raw(hasLink ? ",{\"relation\":\"" : ",\"link\":[{\"relation\":\"");
        hasLink = true;
        Raw(relation);
        Raw("\",\"url\":");
        JsonText.Quoted(output, url);
        Raw("}");
    }

    /// <summary>Opens an entry; what follows are its parts, in the order of the definition.</summary>
    public void BeginEntry()
    {
        if (hasLink && !hasEntry)
        {
            Raw("]");
        }

        Raw(hasEntry ? ",{" : ",\"entry\":[{");
        hasEntry = true;
        isOpen = false;
    }

    public void FullUrl(RecordKey key)
    {
        Part("\"fullUrl\":\""u8);
        Raw($"{baseAddress}/{key.Type}/{key.Id}\"");
    }

    public void Resource(IBody body)
    {
        Part("\"resource\":"u8);
        body.Write(output);
    }

    public void Resource(StoredRecord record)
    {
        Part("\"resource\":"u8);
        record.WriteResource(output);
    }

    /// <param name="mode">match, include or outcome.</param>
    public void Search(string mode)
    {
        Part("\"search\":{\"mode\":\""u8);
        Raw($"{mode}\"}}");
    }

    /// <summary>A match of $match with its score and grade (http://hl7.org/fhir/StructureDefinition/match-grade).</summary>
    public void Match(double score, string grade)
    {
        Part("\"search\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/match-grade\",\"valueCode\":\""u8);
        Raw($"{grade}\"}}],\"mode\":\"match\",\"score\":{((decimal)score).ToString(CultureInfo.InvariantCulture)}}}");
    }

    public void Request(string method, string url)
    {
        Part("\"request\":{\"method\":\""u8);
        Raw($"{method}\",\"url\":\"{url}\"}}");
    }

    public void Response(int status, string? location, long? version, DateTimeOffset? modified, IBody? outcome = null)
    {
        Part("\"response\":{\"status\":\""u8);
        Raw($"{status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}\"");
        if (location is not null)
        {
            Raw($",\"location\":\"{location}\"");
        }

        if (version is { } v)
        {
            Raw($",\"etag\":\"W/\\\"{v.ToString(CultureInfo.InvariantCulture)}\\\"\"");
        }

        if (modified is { } instant)
        {
            Raw($",\"lastModified\":\"{instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}\"");
        }

        if (outcome is not null)
        {
            Raw(",\"outcome\":");
            outcome.Write(output);
        }

        Raw("}");
    }

    public void EndEntry() => Raw("}");

    public void End()
    {
        if (hasEntry || hasLink)
        {
            Raw("]");
        }

        Raw("}");
    }

    private void Part(ReadOnlySpan<byte> name)
    {
        if (isOpen)
        {
            output.Write(","u8);
        }

        isOpen = true;
        output.Write(name);
    }

    // Only for text that needs no escapes: our own words, types, ids and numbers.
    private void Raw(string text) => Encoding.UTF8.GetBytes(text, output);
}
