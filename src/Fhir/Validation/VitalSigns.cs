using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Vital signs have their profile without claiming it (R4 observation-vitalsigns.html: an Observation of one of these codes
/// conforms to the profile beside it). SNOMED CT concepts of the same meaning count where the category says vital-signs.
/// </summary>
internal static class VitalSigns
{
    private const string Base = "http://hl7.org/fhir/StructureDefinition/";

    public static string? ProfileOf(Element observation)
    {
        var code = observation.Child(WellKnown.Code);
        if (!code.Exists)
        {
            return null;
        }

        foreach (var coding in code.ChildrenNamed(WellKnown.Coding))
        {
            var system = coding.Child(WellKnown.System);
            var value = coding.Child(WellKnown.Code);
            if (!system.Exists || !value.Exists || !value.HasValue)
            {
                continue;
            }

            var profile = system.TextIs("http://loinc.org"u8) ? OfLoinc(value.Raw)
                : system.TextIs("http://snomed.info/sct"u8) && IsVitalSign(observation) ? OfSnomed(value.Raw)
                : null;
            if (profile is not null)
            {
                return Base + profile;
            }
        }

        return null;
    }

    private static string? OfLoinc(ReadOnlySpan<byte> code) =>
        code.SequenceEqual("85354-9"u8) ? "bp"
        : code.SequenceEqual("8867-4"u8) ? "heartrate"
        : code.SequenceEqual("9279-1"u8) ? "resprate"
        : code.SequenceEqual("8310-5"u8) ? "bodytemp"
        : code.SequenceEqual("29463-7"u8) ? "bodyweight"
        : code.SequenceEqual("8302-2"u8) ? "bodyheight"
        : code.SequenceEqual("39156-5"u8) ? "bmi"
        : code.SequenceEqual("2708-6"u8) ? "oxygensat"
        : code.SequenceEqual("9843-4"u8) ? "headcircum"
        : code.SequenceEqual("85353-1"u8) ? "vitalspanel"
        : null;

    private static string? OfSnomed(ReadOnlySpan<byte> code) =>
        code.SequenceEqual("75367002"u8) ? "bp"
        : code.SequenceEqual("364075005"u8) ? "heartrate"
        : code.SequenceEqual("86290005"u8) ? "resprate"
        : code.SequenceEqual("386725007"u8) || code.SequenceEqual("276885007"u8) ? "bodytemp"
        : code.SequenceEqual("27113001"u8) ? "bodyweight"
        : code.SequenceEqual("50373000"u8) ? "bodyheight"
        : code.SequenceEqual("60621009"u8) ? "bmi"
        : code.SequenceEqual("431314004"u8) ? "oxygensat"
        : code.SequenceEqual("363812007"u8) ? "headcircum"
        : null;

    private static bool IsVitalSign(Element observation)
    {
        foreach (var category in observation.ChildrenNamed("category"))
        {
            foreach (var coding in category.ChildrenNamed(WellKnown.Coding))
            {
                if (coding.Child(WellKnown.Code) is { Exists: true } code && code.TextIs("vital-signs"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
