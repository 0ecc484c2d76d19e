using System.Collections.Frozen;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>What a function does with its input; false if it failed, the problem then stands in the environment.</summary>
internal delegate bool FunctionBody(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output);

/// <summary>A function by name, with how many arguments it takes.</summary>
internal sealed record Function(string Name, int Least, int Most, FunctionBody Body);

/// <summary>One call as its body sees it: where it runs, and its arguments not yet evaluated.</summary>
internal readonly struct Invocation(FhirPathEnvironment env, string name, Node[] arguments, bool[] descending)
{
    public FhirPathEnvironment Env => env;

    public string Name => name;

    public Node[] Arguments => arguments;

    /// <summary>For sort(): which keys run downward.</summary>
    public bool[] Descending => descending;

    public bool TryEvaluate(int argument, ref Frame frame, FhirPathResults output) =>
        arguments[argument].EvaluateApart(env, ref frame, output);

    /// <summary>The text of an argument; null if it is empty or not given.</summary>
    public bool TryText(int argument, ref Frame frame, out string? text)
    {
        text = null;
        if (argument >= arguments.Length)
        {
            return true;
        }

        var list = env.Rent();
        var isGood = TryEvaluate(argument, ref frame, list) && Singletons.TryText(env, list, name + "()", out text);
        env.Return(list);
        return isGood;
    }

    /// <summary>The whole number of an argument; null if it is empty or not given.</summary>
    public bool TryInteger(int argument, ref Frame frame, out int? number)
    {
        number = null;
        if (argument >= arguments.Length)
        {
            return true;
        }

        var list = env.Rent();
        var isGood = TryEvaluate(argument, ref frame, list) && Singletons.TryInteger(env, list, name + "()", out number);
        env.Return(list);
        return isGood;
    }

    /// <summary>The one value of an argument.</summary>
    public bool TryValue(int argument, ref Frame frame, out FhirPathItem value, out bool isThere)
    {
        var list = env.Rent();
        value = default;
        isThere = false;
        var isGood = TryEvaluate(argument, ref frame, list) && Singletons.TryValue(env, list, name + "()", out value, out isThere);
        env.Return(list);
        return isGood;
    }

    /// <summary>The input as one text; null if empty.</summary>
    public bool TryInputText(FhirPathResults input, out string? text) => Singletons.TryText(env, input, name + "()", out text);

    /// <summary>The input as one value.</summary>
    public bool TryInputValue(FhirPathResults input, out FhirPathItem value, out bool isThere) =>
        Singletons.TryValue(env, input, name + "()", out value, out isThere);

    public bool Unsuitable(string wanted, in FhirPathItem got) =>
        env.Fail(FhirPathProblems.Unsuitable(name + "()", wanted, Singletons.Describe(got)));
}

/// <summary>The functions expressions may call. A room that needs more makes its own table of these and its additions.</summary>
internal sealed class FunctionTable
{
    public static readonly FunctionTable Standard = new(
    [
        .. ExistenceFunctions.All,
        .. FilterFunctions.All,
        .. SubsetFunctions.All,
        .. ConversionFunctions.All,
        .. TextFunctions.All,
        .. MathFunctions.All,
        .. UtilityFunctions.All,
        .. TimeFunctions.All,
        .. FhirFunctions.All,
    ]);

    private readonly FrozenDictionary<string, Function> functions;

    private FunctionTable(IEnumerable<Function> functions) =>
        this.functions = functions.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>These and more; a function of the same name takes the place of the one here.</summary>
    public FunctionTable With(params Function[] more) =>
        new([.. functions.Values.Where(f => !Array.Exists(more, m => m.Name == f.Name)), .. more]);

    public Function? Find(string name) => functions.GetValueOrDefault(name);
}

/// <summary>source.name(arguments); without source the focus is the input.</summary>
internal sealed class CallNode(Node? source, Function function, Node[] arguments, bool[] descending) : Node
{
    public override bool Evaluate(FhirPathEnvironment env, ref Frame frame, FhirPathResults output)
    {
        var input = env.Rent();
        var isGood = true;
        if (source is null)
        {
            frame.AddFocus(input);
        }
        else
        {
            isGood = source.Evaluate(env, ref frame, input);
        }

        isGood = isGood && env.Spend(1)
            && function.Body(new Invocation(env, function.Name, arguments, descending), ref frame, input, output)
            && env.Problem is null;
        env.Return(input);
        return isGood;
    }
}
