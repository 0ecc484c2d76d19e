using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// A FHIRPath expression of a SQL on FHIR view: with getResourceKey() and getReferenceKey(), its %names known beforehand, and what it
/// yields read from the types it meets. Shared between threads.
/// </summary>
public sealed class ViewPath
{
    private static readonly FunctionTable Functions = FunctionTable.Standard.With(ViewFunctions.All);

    private ViewPath(FhirPathExpression expression, StaticFindings findings)
    {
        Expression = expression;
        Yields = findings.Yields;
        Doubt = findings.Missing;
    }

    public FhirPathExpression Expression { get; }

    /// <summary>What its items can be, as far as that is known before it is evaluated.</summary>
    public Shape Yields { get; }

    /// <summary>FPX007 where it names an element that no type there has, and so yields nothing; null if all names are known.</summary>
    public Problem? Doubt { get; }

    /// <summary>Fails with FPX001 to FPX006, FPX008 or FPX012.</summary>
    /// <param name="focus">What it will be evaluated on.</param>
    /// <param name="variables">Every %name that will be defined then, with what it holds.</param>
    public static Outcome<ViewPath> Compile(string text, Shape focus, IReadOnlyDictionary<string, Shape> variables)
    {
        if (!FhirPathExpression.Compile(text, Functions).Try(out var expression, out var problem))
        {
            return problem;
        }

        var findings = StaticCheck.Find(Parser.Parse(text).Value, focus, variables);
        return findings.Problem is { } found ? found : new ViewPath(expression, findings);
    }

    /// <summary>The value of a FHIR primitive written as text, as a %name can hold it; null if the text is none of that type.</summary>
    public static FhirPathItem? ValueOf(TypeFact primitive, string text)
    {
        var kind = KnownNames.All.Kinds[primitive.Id];
        switch (kind)
        {
            case ItemKind.Boolean:
                return text is "true" or "false" ? FhirPathItem.Of(text == "true") : null;
            case ItemKind.Integer:
                return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? FhirPathItem.Of(whole) : null;
            case ItemKind.Decimal:
                return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? FhirPathItem.Of(number) : null;
            case ItemKind.Date or ItemKind.DateTime or ItemKind.Time:
                return TemporalText.TryParse(kind, Encoding.UTF8.GetBytes(text), out var moment) ? FhirPathItem.Of(kind, moment) : null;
            default:
                return FhirPathItem.Of(text);
        }
    }
}
