using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>A record as a test writes it, and what reading found.</summary>
internal sealed class Given
{
    private Given(ReadOnlyMemory<byte> utf8, ReadOptions? options)
    {
        Document = FhirDocument.Read(utf8, Findings, options);
    }

    public FhirDocument Document { get; }

    public FindingList Findings { get; } = new();

    /// <summary>The one finding, as "FHR011 Patient.name[0] (1,20)".</summary>
    public string Only
    {
        get
        {
            var finding = Findings.Items.ShouldHaveSingleItem();
            return $"{finding.Kind.Code} {finding.Path} ({finding.Line},{finding.Column})";
        }
    }

    /// <summary>The one finding's English message.</summary>
    public string Message => Findings.Items.ShouldHaveSingleItem().English;

    public string[] Codes => [.. Findings.Items.Select(f => f.Kind.Code)];

    public string Written => Encoding.UTF8.GetString(FhirJson.Write(Document));

    public static Given Json(string json, ReadOptions? options = null) => new(Encoding.UTF8.GetBytes(json), options);

    public static Given Bytes(byte[] utf8, ReadOptions? options = null) => new(utf8, options);

    /// <summary>A patient with these properties.</summary>
    public static Given Patient(string properties, ReadOptions? options = null) =>
        Json($$"""{"resourceType":"Patient",{{properties}}}""", options);

    public Given ShouldBeSound()
    {
        Findings.Items.ShouldBeEmpty();
        Document.IsUsable.ShouldBeTrue();
        return this;
    }
}
