using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// Checks an expression against the types it will meet: names that no type has, values that do not go together, order
/// asked of what has none. Where the types are not known it says nothing.
/// </summary>
internal sealed class StaticCheck
{
    private readonly Shape context;
    private readonly IReadOnlyDictionary<string, Shape>? variables;
    private Problem? problem;
    private Problem? missing;

    private StaticCheck(Shape context, IReadOnlyDictionary<string, Shape>? variables)
    {
        this.context = context;
        this.variables = variables;
    }

    /// <summary>The first thing found wrong, or null.</summary>
    public static Problem? Find(Syntax tree, TypeFact context)
    {
        var check = new StaticCheck(Shape.Of(context), null);
        check.Of(tree, check.context);
        return check.problem ?? check.missing;
    }

    /// <summary>What the expression yields, with names that no type has told apart from what cannot be evaluated.</summary>
    /// <param name="variables">Every %name that will be defined; others, but the language's own, are a problem (FPX012).</param>
    public static StaticFindings Find(Syntax tree, Shape context, IReadOnlyDictionary<string, Shape> variables)
    {
        var check = new StaticCheck(context, variables);
        var yields = check.Of(tree, context);
        return new StaticFindings(yields, check.problem, check.missing);
    }

    private Shape Fail(Problem found)
    {
        problem ??= found;
        return Shape.Any;
    }

    private Shape Missing(MemberSyntax member, Shape source)
    {
        missing ??= FhirPathProblems.UnknownPath(member.Position, member.Name, source.ToString());
        return Shape.Any;
    }

    private Shape Variable(string name)
    {
        if (variables is null)
        {
            return Shape.Any;
        }

        return variables.TryGetValue(name, out var known) ? known
            : ExternalNode.IsReserved(name) ? Shape.Any
            : Fail(FhirPathProblems.UnknownVariable(name));
    }

    private Shape Of(Syntax syntax, Shape focus)
    {
        switch (syntax)
        {
            case LiteralSyntax literal:
                return literal.Value is { } value ? Shape.Of(value.Kind) : Shape.Any;
            case VariableSyntax { Name: "this" }:
                return focus;
            case VariableSyntax { Name: "index" }:
                return Shape.Of(ItemKind.Integer);
            case ExternalSyntax { Name: "context" }:
                return context;
            case ExternalSyntax external:
                return Variable(external.Name);
            case MemberSyntax member:
                return Member(member, focus);
            case CallSyntax call:
                return Call(call, focus);
            case IndexSyntax index:
                var list = Of(index.Source, focus);
                Of(index.Index, focus);
                return Ordered(list, index.Position, "[ ]");
            case UnarySyntax unary:
                return Of(unary.Operand, focus);
            case UnionSyntax union:
                return union.Operands.Select(o => Of(o, focus)).Aggregate((a, b) => a.Or(b));
            case TypeSyntax type:
                Of(type.Operand, focus);
                return type.IsAs ? Named(type.TypeName) : Shape.Of(ItemKind.Boolean);
            case BinarySyntax binary:
                return Binary(binary, focus);
            default:
                return Shape.Any;
        }
    }

    private Shape Member(MemberSyntax member, Shape focus)
    {
        var facts = R4.Facts;
        if (member.Source is null && facts.Type(member.Name) is { } type && char.IsAsciiLetterUpper(member.Name[0]))
        {
            var fits = focus.IsAny || Array.Exists(focus.Types, t => t.IsA(type) || type.IsA(t));
            return !fits ? Missing(member, focus)
                : focus.IsAny ? Shape.Of(type)
                : focus;
        }

        if (member.Source is MemberSyntax { Source: null, Name: "FHIR" } && facts.Type(member.Name) is { } named)
        {
            return Shape.Of(named);
        }

        var source = member.Source is null ? focus : Of(member.Source, focus);
        return source.Child(member.Name) ?? Missing(member, source);
    }

    private static Shape Named(string name)
    {
        var plain = name.StartsWith("FHIR.", StringComparison.Ordinal) ? name[5..] : name;
        return R4.Facts.Type(plain) is { } type ? Shape.Of(type) : Shape.Any;
    }

    private Shape Ordered(Shape shape, int position, string where) =>
        shape.IsUnordered ? Fail(FhirPathProblems.WrongType(position, $"{where} asks for an order that the items before it do not have.")) : shape;

    private Shape Call(CallSyntax call, Shape focus)
    {
        var source = call.Source is null ? focus : Of(call.Source, focus);
        if (call.Name is "is" or "as" or "ofType")
        {
            var name = call.Arguments.Length == 1 ? Compiler.TypeNameOf(call.Arguments[0]) : null;
            return call.Name == "is" ? Shape.Of(ItemKind.Boolean) : name is null ? Shape.Any : Named(name);
        }

        if (call.Name is "getResourceKey" or "getReferenceKey")
        {
            return Shape.Of(ItemKind.String);
        }

        var isLambda = call.Name is "where" or "select" or "exists" or "all" or "repeat" or "repeatAll" or "sort" or "iif"
            or "aggregate" or "trace" or "defineVariable";
        var arguments = Array.ConvertAll(call.Arguments, a => Of(a, isLambda ? source : focus));
        return call.Name switch
        {
            "where" or "distinct" or "single" or "intersect" or "exclude" or "trace" or "defineVariable" or "checkModifiers" => source,
            "sort" => source with { IsUnordered = false },
            "first" or "last" or "tail" or "skip" or "take" => Ordered(source, call.Position, call.Name + "()"),
            "select" => arguments.Length == 1 ? arguments[0] : Shape.Any,
            "union" or "combine" => arguments.Length > 0 ? source.Or(arguments[0]) : source,
            "children" or "descendants" => Shape.Unordered,
            "extension" => Shape.Of(R4.Facts.Extension),
            "count" or "toInteger" => Shape.Of(ItemKind.Integer),
            "toDecimal" => Shape.Of(ItemKind.Decimal),
            "toString" or "join" => Shape.Of(ItemKind.String),
            "toDate" or "today" => Shape.Of(ItemKind.Date),
            "toDateTime" or "now" => Shape.Of(ItemKind.DateTime),
            "toTime" or "timeOfDay" => Shape.Of(ItemKind.Time),
            "toQuantity" => Shape.Of(ItemKind.Quantity),
            "empty" or "exists" or "all" or "allTrue" or "anyTrue" or "allFalse" or "anyFalse" or "not" or "subsetOf" or "supersetOf"
                or "isDistinct" or "hasValue" or "memberOf" or "conformsTo" or "htmlChecks" or "toBoolean" => Shape.Of(ItemKind.Boolean),
            "startsWith" or "endsWith" or "contains" or "matches" or "matchesFull" => Text(call, source, ItemKind.Boolean),
            "indexOf" or "lastIndexOf" or "length" => Text(call, source, ItemKind.Integer),
            "substring" or "upper" or "lower" or "trim" or "replace" or "replaceMatches" or "toChars" or "split"
                or "encode" or "decode" or "escape" or "unescape" => Text(call, source, ItemKind.String),
            "iif" => Iif(call, arguments),
            _ => Shape.Any,
        };
    }

    private Shape Text(CallSyntax call, Shape source, ItemKind result) =>
        source.MayBe(ItemKind.String, ItemKind.Date, ItemKind.DateTime, ItemKind.Time)
            ? Shape.Of(result)
            : Fail(FhirPathProblems.WrongType(call.Position, $"{call.Name}() takes a String, not {source}."));

    private Shape Iif(CallSyntax call, Shape[] arguments)
    {
        if (arguments.Length < 2)
        {
            return Shape.Any;
        }

        return !arguments[0].MayBe(ItemKind.Boolean)
            ? Fail(FhirPathProblems.WrongType(call.Arguments[0].Position, $"iif() asks a Boolean, not {arguments[0]}."))
            : arguments.Length == 3 ? arguments[1].Or(arguments[2])
            : arguments[1];
    }

    private Shape Binary(BinarySyntax binary, Shape focus)
    {
        var left = Of(binary.Left, focus);
        var right = Of(binary.Right, focus);
        switch (binary.Operator)
        {
            case "+" or "-":
                ReadOnlySpan<ItemKind> rest =
                    [ItemKind.Boolean, ItemKind.Integer, ItemKind.Long, ItemKind.Decimal, ItemKind.String, ItemKind.Quantity, ItemKind.Element];
                var isMoment = left.MayBe(ItemKind.Date, ItemKind.DateTime, ItemKind.Time) && !left.MayBe(rest);
                return isMoment && !right.MayBe(ItemKind.Quantity)
                    ? Fail(FhirPathProblems.WrongType(binary.Position, $"to a date or time only a quantity can be added, not {right}."))
                    : Shape.Any;
            case "&":
                return Shape.Of(ItemKind.String);
            case "*" or "/" or "div" or "mod":
                return Shape.Any;
            default:
                return Shape.Of(ItemKind.Boolean);
        }
    }
}

/// <param name="Problem">The expression is refused.</param>
/// <param name="Missing">The first name that no type there has: it yields nothing (http://hl7.org/fhirpath/#path-selection).</param>
internal readonly record struct StaticFindings(Shape Yields, Problem? Problem, Problem? Missing);
