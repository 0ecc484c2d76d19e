using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Fhir.Validation;

/// <summary>What a profile asks of a value itself: fixed, pattern, limits and length.</summary>
internal static class ElementValues
{
    private const int ShownBytes = 200;

    public static void Check(ValidationRun run, ElementRule rule, Element element, string profile)
    {
        if (rule.Fixed.Exists && !ElementMatch.IsExactly(element, rule.Fixed))
        {
            run.Report(ValidationFindings.NotFixedValue, element, Shown(rule.Fixed), profile);
        }

        if (rule.Pattern.Exists && !ElementMatch.Contains(element, rule.Pattern))
        {
            run.Report(ValidationFindings.NotPattern, element, Shown(rule.Pattern), profile);
        }

        if (rule.MinValue.Exists && ValueOrder.Compare(element, rule.MinValue, true, run.Time) < 0)
        {
            run.Report(ValidationFindings.BelowMinimum, element, Shown(rule.MinValue), profile);
        }

        if (rule.MaxValue.Exists && ValueOrder.Compare(element, rule.MaxValue, false, run.Time) > 0)
        {
            run.Report(ValidationFindings.AboveMaximum, element, Shown(rule.MaxValue), profile);
        }

        if (rule.MaxLength != int.MaxValue && element.HasValue && element.Raw.Length > rule.MaxLength)
        {
            var length = element.Text()!.EnumerateRunes().Count();
            if (length > rule.MaxLength)
            {
                run.Report(ValidationFindings.TooLong, element, length.ToString(), rule.MaxLength.ToString(), profile);
            }
        }
    }

    private static string Shown(Element asked)
    {
        if (asked.IsPrimitive)
        {
            return asked.Text() ?? "";
        }

        var buffer = new ArrayBufferWriter<byte>();
        FhirJson.Write(asked, buffer);
        var bytes = buffer.WrittenSpan;
        return Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, ShownBytes)]);
    }
}
