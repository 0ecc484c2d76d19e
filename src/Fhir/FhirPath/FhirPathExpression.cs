using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// A FHIRPath expression (http://hl7.org/fhirpath/, with what R4 adds): parsed and compiled once, then evaluated any number
/// of times, by any number of threads, each with its own <see cref="FhirPathEnvironment"/>.
/// </summary>
public sealed class FhirPathExpression
{
    private readonly Node root;

    private FhirPathExpression(string text, Node root)
    {
        Text = text;
        this.root = root;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Fails with a problem that names the character at fault: FPX001 to FPX006.</summary>
    public static Outcome<FhirPathExpression> Compile(string text) => Compile(text, FunctionTable.Standard);

    /// <summary>
    /// As <see cref="Compile(string)"/>, and checks the expression against the type it will be evaluated on: FPX007 for names
    /// no type there has, FPX008 for values that do not go together.
    /// </summary>
    public static Outcome<FhirPathExpression> Compile(string text, TypeFact? context) =>
        Compile(text).Then<FhirPathExpression>(compiled =>
            context is not null && StaticCheck.Find(Parser.Parse(text).Value, context) is { } problem ? problem : compiled);

    /// <summary>Evaluates on one element.</summary>
    /// <param name="focus">$this and %context.</param>
    /// <param name="env">Reused by the caller; not shared between threads.</param>
    /// <param name="into">Cleared first; of no meaning where evaluation fails.</param>
    /// <returns>False if evaluation failed; <see cref="FhirPathEnvironment.Problem"/> then says why.</returns>
    public bool Evaluate(Element focus, FhirPathEnvironment env, FhirPathResults into) =>
        Evaluate(FhirPathItem.Of(focus), env, into);

    /// <summary>As <see cref="Evaluate(Element, FhirPathEnvironment, FhirPathResults)"/>, on a value an expression gave.</summary>
    public bool Evaluate(in FhirPathItem focus, FhirPathEnvironment env, FhirPathResults into)
    {
        into.Clear();
        env.Start(focus);
        var frame = new Frame { This = focus };
        return root.Evaluate(env, ref frame, into) && env.Problem is null;
    }

    /// <summary>
    /// As an invariant is asked: true if the result is a single true (or any one item that is no Boolean). Empty is not
    /// true; a failed evaluation is not true and leaves its problem in the environment.
    /// </summary>
    public bool IsTrue(Element focus, FhirPathEnvironment env) => Ask(focus, env) == true;

    /// <summary>
    /// As <see cref="IsTrue"/>, with empty told from false: null where the result is empty, and also where evaluation failed,
    /// with its problem in the environment.
    /// </summary>
    public bool? Ask(Element focus, FhirPathEnvironment env)
    {
        var item = FhirPathItem.Of(focus);
        env.Start(item);
        var frame = new Frame { This = item };
        return !root.EvaluateBoolean(env, ref frame, "an invariant", out var value) || env.Problem is not null || value == Tri.Empty
            ? null
            : value == Tri.True;
    }

    public override string ToString() => Text;

    internal static Outcome<FhirPathExpression> Compile(string text, FunctionTable functions) =>
        Parser.Parse(text)
            .Then(tree => Compiler.Compile(tree, functions))
            .Then<FhirPathExpression>(node => new FhirPathExpression(text, node));
}
