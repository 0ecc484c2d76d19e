using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Turns the syntax tree into nodes: names become ids, functions are looked up, types are resolved, runs of names are joined.</summary>
internal sealed class Compiler(FunctionTable functions)
{
    private static readonly ThisNode This = new();

    private Problem? problem;

    public static Outcome<Node> Compile(Syntax tree, FunctionTable functions)
    {
        var compiler = new Compiler(functions);
        var node = compiler.Node(tree);
        return compiler.problem is { } problem ? problem : node;
    }

    // After a problem any node serves: nothing is run.
    private Node Fail(Problem found)
    {
        problem ??= found;
        return This;
    }

    private Node Node(Syntax syntax) => syntax switch
    {
        LiteralSyntax literal => new LiteralNode(literal.Value),
        VariableSyntax { Name: "this" } => This,
        VariableSyntax { Name: "index" } => new PlaceNode(),
        VariableSyntax => new TotalNode(),
        ExternalSyntax external => new ExternalNode(external.Name),
        MemberSyntax member => Member(member),
        CallSyntax call => Call(call),
        IndexSyntax index => new IndexNode(Node(index.Source), Node(index.Index)),
        UnarySyntax unary => new PolarityNode(Node(unary.Operand), unary.IsMinus),
        UnionSyntax union => new UnionNode(Array.ConvertAll(union.Operands, Node)),
        TypeSyntax type => Test(type.Position, type.Operand is { } operand ? Node(operand) : This, type.TypeName, type.IsAs ? "as" : "is"),
        BinarySyntax binary => Binary(binary),
        _ => throw new InvalidOperationException(syntax.GetType().Name),
    };

    private Node Member(MemberSyntax member)
    {
        var facts = R4.Facts;
        if (member.Source is null)
        {
            // http://hl7.org/fhirpath/#path-selection: a type's name at the start stands for the item at hand, if it is of that type.
            if (facts.Type(member.Name) is { } type && char.IsAsciiLetterUpper(member.Name[0]))
            {
                return new PathNode(null, TypeTest.Of(type), [], []);
            }

            return new PathNode(null, null, [facts.NameId(member.Name)], [member.Name]);
        }

        if (member.Source is MemberSyntax { Source: null, Name: "FHIR" } && facts.Type(member.Name) is { } named)
        {
            return new PathNode(null, TypeTest.Of(named), [], []);
        }

        var source = Node(member.Source);
        return source is PathNode path
            ? new PathNode(path.Source, path.Root, [.. path.NameIds, facts.NameId(member.Name)], [.. path.Names, member.Name])
            : new PathNode(source is ThisNode ? null : source, null, [facts.NameId(member.Name)], [member.Name]);
    }

    private Node Call(CallSyntax call)
    {
        var source = call.Source is null ? null : Node(call.Source);
        if (call.Name is "is" or "as" or "ofType" && call.Arguments.Length == 1)
        {
            return TypeNameOf(call.Arguments[0]) is { } name
                ? Test(call.Position, source ?? This, name, call.Name)
                : Fail(FhirPathProblems.Syntax(call.Arguments[0].Position, "the name of a type is expected."));
        }

        if (functions.Find(call.Name) is not { } function)
        {
            return Fail(FhirPathProblems.UnknownFunction(call.Position, call.Name));
        }

        if (call.Arguments.Length < function.Least || call.Arguments.Length > function.Most)
        {
            return Fail(FhirPathProblems.ArgumentCount(call.Position, call.Name, function.Least, function.Most));
        }

        var arguments = new Node[call.Arguments.Length];
        var descending = call.Descending;
        for (var i = 0; i < arguments.Length; i++)
        {
            // sort(-name): the minus is a direction, not arithmetic, and so serves strings too.
            if (call.Name == "sort" && call.Arguments[i] is UnarySyntax { IsMinus: true } key)
            {
                descending = [.. descending];
                descending[i] = !descending[i];
                arguments[i] = Node(key.Operand);
            }
            else if (call.Name == "getReferenceKey" && TypeNameOf(call.Arguments[i]) is { } target)
            {
                arguments[i] = new LiteralNode(FhirPathItem.Of(target));
            }
            else
            {
                arguments[i] = Node(call.Arguments[i]);
            }
        }

        return new CallNode(source is ThisNode ? null : source, function, arguments, descending);
    }

    private Node Test(int position, Node operand, string typeName, string word)
    {
        if (TypeTest.Of(typeName) is not { } type)
        {
            return Fail(FhirPathProblems.UnknownType(position, typeName));
        }

        return word == "is" ? new IsNode(operand, type) : new AsNode(operand, type, takesMany: word == "ofType");
    }

    private Node Binary(BinarySyntax binary)
    {
        var left = Node(binary.Left);
        var right = Node(binary.Right);
        return binary.Operator switch
        {
            "=" or "!=" => new EqualityNode(left, right, isEquivalence: false, binary.Operator == "!="),
            "~" or "!~" => new EqualityNode(left, right, isEquivalence: true, binary.Operator == "!~"),
            "<" or "<=" or ">" or ">=" => new ComparisonNode(left, right, binary.Operator),
            "and" or "or" or "xor" or "implies" => new LogicNode(left, right, binary.Operator),
            "in" => new MembershipNode(left, right, "in"),
            "contains" => new MembershipNode(right, left, "contains"),
            _ => new ArithmeticNode(left, right, binary.Operator),
        };
    }

    /// <summary>The name a function's argument spells: Patient, FHIR.Patient.</summary>
    public static string? TypeNameOf(Syntax argument) => argument switch
    {
        MemberSyntax { Source: null } name => name.Name,
        MemberSyntax { Source: { } source } name when TypeNameOf(source) is { } before => before + "." + name.Name,
        LiteralSyntax { Value: { Kind: ItemKind.String } text } => text.String,
        _ => null,
    };
}
