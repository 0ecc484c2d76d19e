using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Search.Paths;

/// <summary>
/// Reads the part of FHIRPath that search parameters are written in: paths, unions, ofType/as/is, where with a comparison or
/// resolve() is, exists, a leading index, extension('url'), and yes-or-no questions of these. What is outside is a
/// <see cref="Problem"/>, and the caller may try the whole of FHIRPath.
/// </summary>
internal sealed class PathParser
{
    private const int MaxLength = 20_000;
    private const int MaxDepth = 32;
    private const int MaxSteps = 64;
    private const string ResolveKey = "[resolve()]";
    private const string ResolveLeaves = "what a reference resolves to can only be asked for its type";

    private readonly string text;
    private int at;
    private int depth;
    private string? fault;
    private bool isUnknownName;

    private PathParser(string text) => this.text = text;

    /// <summary>Fails with SRCH013 for a name that R4 does not have: no other reader would make sense of it.</summary>
    public static Outcome<ParsedExpression> Parse(string expression)
    {
        if (expression.Length > MaxLength)
        {
            return SearchProblems.ExpressionNotSupported(expression, $"it is longer than {MaxLength} characters");
        }

        var parser = new PathParser(expression);
        var value = parser.ReadAnd();
        parser.SkipWhite();
        if (parser.fault is null && parser.at < expression.Length)
        {
            parser.Fail("unexpected text");
        }

        if (parser.fault is null && Array.Exists(value.Paths, p => p.Steps is [.., { Key: ResolveKey }]))
        {
            parser.Fail(ResolveLeaves);
        }

        if (parser.isUnknownName)
        {
            return SearchProblems.ExpressionNames(expression, parser.fault!);
        }

        return parser.fault is { } fault
            ? SearchProblems.ExpressionUnread(expression, parser.at, fault)
            : new ParsedExpression(value.Paths, value.Question);
    }

    // and, or: both on one level is enough for yes-or-no questions; "and" binds tighter than "or" in FHIRPath.
    private Value ReadAnd()
    {
        var left = ReadConjunction();
        while (fault is null && TryWord("or"))
        {
            var right = ReadConjunction();
            left = new Value([], new AnyOf(AsQuestion(left), AsQuestion(right)));
        }

        return left;
    }

    private Value ReadConjunction()
    {
        var left = ReadComparison();
        while (fault is null && TryWord("and"))
        {
            var right = ReadComparison();
            left = new Value([], new Both(AsQuestion(left), AsQuestion(right)));
        }

        return left;
    }

    private Value ReadComparison()
    {
        var left = ReadUnion();
        SkipWhite();
        if (fault is not null)
        {
            return left;
        }

        var isNot = TryText("!=");
        if (!isNot && !TryText("="))
        {
            return left;
        }

        SkipWhite();
        var isString = Peek() == '\'';
        var literal = isString ? ReadString() : ReadName();
        if (fault is null && !isString && literal is not ("true" or "false"))
        {
            Fail("a comparison takes a 'text', true or false");
        }

        if (fault is null && (left.Question is not null || left.Paths.Length != 1))
        {
            Fail("only one path can be compared");
        }

        return fault is null ? new Value([], new HasText(left.Paths[0], literal, !isNot, isString)) : left;
    }

    private Value ReadUnion()
    {
        var left = ReadTyped();
        SkipWhite();
        while (fault is null && TryText("|"))
        {
            var right = ReadTyped();
            if (left.Question is not null || right.Question is not null)
            {
                Fail("a question cannot be part of a union");
                break;
            }

            left = new Value([.. left.Paths, .. right.Paths], null);
            SkipWhite();
        }

        return left;
    }

    private Value ReadTyped()
    {
        var value = ReadPath();
        while (fault is null)
        {
            if (TryWord("as"))
            {
                value = Append(value, TypeStep(ReadTypeName()));
            }
            else if (TryWord("is"))
            {
                var type = ReadTypeName();
                value = fault is null ? Question(value, type) : value;
            }
            else
            {
                break;
            }
        }

        return value;
    }

    // "x is T" asks of x; "resolve() is T" has been read as a path that ends in a resolve.
    private Value Question(Value value, TypeFact type)
    {
        if (value.Paths.Length != 1)
        {
            Fail("only one path can be asked for its type");
            return value;
        }

        var path = value.Paths[0];
        return path.Steps is [.. var before, { Key: ResolveKey }]
            ? new Value([], before.Length == 0 && path.Start is null && !path.FromResource
                ? new PointsAt(type)
                : new Exists((path with { Steps = before }).Then(PathStep.When(new PointsAt(type)))))
            : new Value([], new Exists(path.Then(PathStep.When(new IsOfType(type)))));
    }

    private Value ReadPath()
    {
        if (++depth > MaxDepth)
        {
            Fail("it is nested too deeply");
            return Value.Nothing;
        }

        SkipWhite();
        Value value;
        if (TryText("("))
        {
            value = ReadAnd();
            Expect(")");
        }
        else if (TryText("%resource"))
        {
            value = new Value([new SearchPath(null, true, [])], null);
        }
        else if (TryText("$this"))
        {
            value = new Value([SearchPath.Here], null);
        }
        else
        {
            value = ReadFirstName();
        }

        while (fault is null)
        {
            SkipWhite();
            if (TryText("["))
            {
                value = Append(value, ReadIndex());
            }
            else if (TryText("."))
            {
                value = ReadStep(value);
            }
            else
            {
                break;
            }
        }

        depth--;
        return value;
    }

    private Value ReadFirstName()
    {
        var start = at;
        var name = ReadName();
        if (fault is not null)
        {
            return Value.Nothing;
        }

        if (R4.Facts.Type(name) is { } type && char.IsAsciiLetterUpper(name[0]))
        {
            return new Value([new SearchPath(type, false, [])], null);
        }

        at = start;
        return ReadStep(new Value([SearchPath.Here], null));
    }

    private Value ReadStep(Value before)
    {
        var name = ReadName();
        if (fault is not null)
        {
            return before;
        }

        if (!TryText("("))
        {
            var id = R4.Facts.NameId(name);
            if (id < 0)
            {
                isUnknownName = fault is null;
                Fail($"R4 has no element '{name}'");
                return before;
            }

            return Append(before, PathStep.Child(name, id));
        }

        var after = ReadFunction(before, name);
        Expect(")");
        return after;
    }

    private Value ReadFunction(Value before, string name)
    {
        switch (name)
        {
            case "ofType" or "as":
                return Append(before, TypeStep(ReadTypeName()));
            case "where":
                var condition = AsQuestion(ReadAnd());
                return Append(before, PathStep.When(condition));
            case "resolve":
                return Append(before, new PathStep(ResolveKey, -1, new Exists(SearchPath.Here)));
            case "exists":
                SkipWhite();
                var tested = before;
                if (Peek() != ')')
                {
                    tested = Append(before, PathStep.When(AsQuestion(ReadAnd())));
                }

                return tested.Paths.Length == 1 ? new Value([], new Exists(tested.Paths[0])) : Unsupported("exists() of a union");
            case "not":
                return new Value([], new NotSo(AsQuestion(before)));
            case "first":
                return Append(before, FirstStep(before, 0));
            case "extension":
                SkipWhite();
                var url = ReadString();
                var urlPath = SearchPath.Here.Then(PathStep.Child("url", R4.Facts.NameId("url")));
                return Append(
                    Append(before, PathStep.Child("extension", R4.Facts.NameId("extension"))),
                    PathStep.When(new HasText(urlPath, url, isEqual: true, isString: true)));
            default:
                return Unsupported($"the function {name}()");
        }
    }

    private PathStep ReadIndex()
    {
        SkipWhite();
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        var isNumber = int.TryParse(text.AsSpan(start, at - start), out var index);
        if (!isNumber)
        {
            Fail("a position in [ ] is expected");
        }

        Expect("]");
        return PathStep.When(new IsAt(index));
    }

    // An index counts over all that the path yields. Only directly below the resource that is the same as the place in the array.
    private PathStep FirstStep(Value before, int index)
    {
        if (before.Paths is not [{ Start: not null, Steps: [{ NameId: >= 0 }] }])
        {
            Fail("a position below the first level");
        }

        return PathStep.When(new IsAt(index));
    }

    private static PathStep TypeStep(TypeFact type) => PathStep.When(new IsOfType(type));

    private Value Append(Value before, PathStep step)
    {
        if (before.Question is not null)
        {
            Fail("a path cannot go on from a question");
            return before;
        }

        if (step.Condition is IsAt)
        {
            _ = FirstStep(before, 0);
        }

        foreach (var path in before.Paths)
        {
            if (path.Steps.Length >= MaxSteps || path.Steps is [.., { Key: ResolveKey }])
            {
                Fail(path.Steps.Length >= MaxSteps ? "the path is too long" : ResolveLeaves);
                return before;
            }
        }

        return new Value(Array.ConvertAll(before.Paths, p => p.Then(step)), null);
    }

    private PathCondition AsQuestion(Value value)
    {
        if (value.Question is { } question)
        {
            return question;
        }

        if (value.Paths.Length == 1)
        {
            // FHIRPath: a single element in a boolean place is true, unless it is the boolean false.
            return new Both(new Exists(value.Paths[0]), new NotSo(new HasText(value.Paths[0], "false", isEqual: true, isString: false)));
        }

        Fail("a question is expected");
        return new Exists(SearchPath.Here);
    }

    private Value Unsupported(string what)
    {
        Fail(what + " is not read here");
        return Value.Nothing;
    }

    private TypeFact ReadTypeName()
    {
        SkipWhite();
        var name = ReadName();
        if (fault is null && name is "FHIR" or "System" && TryText("."))
        {
            name = ReadName();
        }

        if (fault is null && R4.Facts.Type(name) is { } type)
        {
            return type;
        }

        // R4's code-value-date writes "DateTime" where the type is dateTime.
        if (fault is null && name.Length > 0 && R4.Facts.Type(char.ToLowerInvariant(name[0]) + name[1..]) is { } lower)
        {
            return lower;
        }

        isUnknownName = fault is null;
        Fail($"R4 has no type '{name}'");
        return R4.Facts.Element;
    }

    private string ReadName()
    {
        SkipWhite();
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        if (at == start)
        {
            Fail("a name is expected");
        }

        return text[start..at];
    }

    private string ReadString()
    {
        if (!TryText("'"))
        {
            Fail("a 'text' is expected");
            return "";
        }

        var end = text.IndexOf('\'', at);
        if (end < 0 || text.AsSpan(at, end - at).Contains('\\'))
        {
            Fail("the text has no end or an escape");
            return "";
        }

        var found = text[at..end];
        at = end + 1;
        return found;
    }

    private bool TryWord(string word)
    {
        SkipWhite();
        var end = at + word.Length;
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0 || (end < text.Length && char.IsAsciiLetterOrDigit(text[end])))
        {
            return false;
        }

        at = end;
        return true;
    }

    private bool TryText(string expected)
    {
        if (string.CompareOrdinal(text, at, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        at += expected.Length;
        return true;
    }

    private void Expect(string expected)
    {
        SkipWhite();
        if (fault is null && !TryText(expected))
        {
            Fail($"'{expected}' is expected");
        }
    }

    private char Peek() => at < text.Length ? text[at] : '\0';

    private void SkipWhite()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private void Fail(string why) => fault ??= why;

    private readonly record struct Value(SearchPath[] Paths, PathCondition? Question)
    {
        public static readonly Value Nothing = new([], null);
    }
}
