using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Units;

/// <summary>Every way in which a code can fail to be a UCUM unit.</summary>
internal static class UnitProblems
{
    internal static Problem Of(string code, UnitFault fault)
    {
        var problem = Describe(fault);
        return UnitSuggestions.For(code) is { } suggestion
            ? problem with { Message = $"{problem.Message} Write \"{suggestion}\"." }
            : problem;
    }

    private static Problem Describe(UnitFault fault) => fault.Kind switch
    {
        UnitFaultKind.Empty => Invalid("UCUM001", "A unit code is empty; a number without a unit has the code \"1\"."),
        UnitFaultKind.TooLong => Invalid("UCUM002", $"The unit code is longer than {UcumParser.MaxLength} characters."),
        UnitFaultKind.TooDeep => Invalid("UCUM003", $"Parentheses are nested too deep at position {fault.Position}."),
        UnitFaultKind.TooLarge => Invalid("UCUM004", $"The factor of \"{fault.Part}\" at position {fault.Position} is out of any range."),
        UnitFaultKind.PrefixNotAllowed => Invalid("UCUM006", $"The unit in \"{fault.Part}\" takes no prefix in UCUM."),
        UnitFaultKind.Unexpected => Invalid("UCUM007", $"\"{fault.Part}\" is not expected at position {fault.Position}."),
        UnitFaultKind.MissingTerm => Invalid("UCUM008", $"A unit is missing at position {fault.Position}, next to \"{fault.Part}\"."),
        UnitFaultKind.Unclosed => Invalid("UCUM009", $"What opens at position {fault.Position} is not closed."),
        UnitFaultKind.BadAnnotation => Invalid(
            "UCUM010", $"Between braces only visible ASCII letters and signs may stand, not \"{fault.Part}\" at position {fault.Position}."),
        UnitFaultKind.SpecialInProduct => Invalid(
            "UCUM011",
            $"\"{fault.Part}\" takes part in a product, but a special unit such as Cel does not multiply; for differences of temperature use K."),
        _ => Invalid("UCUM005", $"\"{fault.Part}\" is not a UCUM unit."),
    };

    private static Problem Invalid(string code, string message) => new(code, ProblemKind.Invalid, message);
}
