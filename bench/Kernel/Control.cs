using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Bench.Kernel;

/// <summary>Speed says nothing of a validator that does not look: the same resources with an error planted in each must all be refused.</summary>
internal static class Control
{
    /// <summary>How many were planted and how many found: a broken invariant (dom-3) in each, a code outside its required binding in each that has a status.</summary>
    public static (int Planted, int Found) Run(Sample sample)
    {
        var validator = new Validator();
        var document = new FhirDocument();
        var findings = new FindingList();
        var (planted, found) = (0, 0);
        for (var i = 0; i < sample.Count; i++)
        {
            var json = Encoding.UTF8.GetString(sample[i].Span);
            // Contained, but nothing refers to it; where something is contained already, the reader must see the element twice.
            Check(json.Replace("\"meta\":", "\"contained\":[{\"resourceType\":\"Basic\",\"id\":\"x\",\"code\":{\"text\":\"x\"}}],\"meta\":", StringComparison.Ordinal));
            if (json.Contains("\"status\":\"", StringComparison.Ordinal))
            {
                Check(json.Replace("\"status\":\"", "\"status\":\"un-", StringComparison.Ordinal));
            }
        }

        return (planted, found);

        void Check(string json)
        {
            planted++;
            findings.Clear();
            document.ReadInto(Encoding.UTF8.GetBytes(json), findings);
            validator.Validate(document, findings);
            found += findings.HasErrors ? 1 : 0;
        }
    }
}
