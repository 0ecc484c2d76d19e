using System.Globalization;
using Kangqiao.Fhir.Units;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// Builds the syntax tree by precedence climbing (http://hl7.org/fhirpath/#operator-precedence). Length and nesting are
/// bounded; the first fault ends it.
/// </summary>
internal sealed class Parser
{
    public const int MaxLength = 16 * 1024;
    public const int MaxNesting = 128;

    /// <summary>Levels of the tree: a long chain of names or of "and" is tall without being nested.</summary>
    public const int MaxHeight = 500;

    private readonly List<Token> tokens;
    private int at;
    private int depth;
    private Problem? problem;

    private Parser(List<Token> tokens) => this.tokens = tokens;

    public static Outcome<Syntax> Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return FhirPathProblems.TooLong(MaxLength);
        }

        var lexer = new Lexer(text);
        if (lexer.Run() is not { } tokens)
        {
            return lexer.Problem!;
        }

        var parser = new Parser(tokens);
        var tree = parser.Expression(0);
        if (parser.problem is null && parser.Here.Kind != TokenKind.End)
        {
            parser.Fail($"{parser.Here.Text} is not expected here.");
        }

        return parser.problem is { } problem ? problem : tree!;
    }

    private Token Here => tokens[at];

    private Syntax? Fail(string what)
    {
        problem ??= FhirPathProblems.Syntax(Here.Position, what);
        return null;
    }

    private bool Expect(string symbol)
    {
        if (!Here.Is(symbol))
        {
            Fail($"{symbol} is expected here.");
            return false;
        }

        at++;
        return true;
    }

    /// <summary>How tightly the operator at hand binds (1 loosest); 0 if it is none.</summary>
    private int Binding()
    {
        var token = Here;
        if (token.Kind == TokenKind.Symbol)
        {
            return token.Text switch
            {
                "*" or "/" => 11,
                "+" or "-" or "&" => 10,
                "|" => 8,
                "<=" or "<" or ">" or ">=" => 7,
                "=" or "~" or "!=" or "!~" => 6,
                _ => 0,
            };
        }

        return token.Kind != TokenKind.Identifier ? 0 : token.Text switch
        {
            "div" or "mod" => 11,
            "is" or "as" => 9,
            "in" or "contains" => 5,
            "and" => 4,
            "or" or "xor" => 3,
            "implies" => 2,
            _ => 0,
        };
    }

    private Syntax? Bounded(Syntax? tree)
    {
        if (tree is { Height: > MaxHeight })
        {
            problem ??= FhirPathProblems.TooDeep(tree.Position, MaxHeight);
            return null;
        }

        return tree;
    }

    private Syntax? Expression(int least)
    {
        if (++depth > MaxNesting)
        {
            problem ??= FhirPathProblems.TooDeep(Here.Position, MaxNesting);
            return null;
        }

        var left = Unary();
        while (left is not null)
        {
            var binding = Binding();
            if (binding == 0 || binding <= least)
            {
                break;
            }

            left = Bounded(Operation(left, binding));
        }

        depth--;
        return problem is null ? left : null;
    }

    private Syntax? Operation(Syntax left, int binding)
    {
        var token = Here;
        at++;
        if (binding == 9)
        {
            var name = QualifiedName();
            return name is null ? null : new TypeSyntax(token.Position, token.Text == "as", left, name);
        }

        var right = Expression(binding);
        if (right is null)
        {
            return null;
        }

        if (token.Text != "|")
        {
            return new BinarySyntax(token.Position, token.Text, left, right);
        }

        var operands = new List<Syntax> { left, right };
        while (Here.Is("|"))
        {
            at++;
            if (Expression(binding) is not { } next)
            {
                return null;
            }

            operands.Add(next);
        }

        var height = 0;
        foreach (var operand in operands)
        {
            height = Math.Max(height, operand.Height);
        }

        return new UnionSyntax(token.Position, [.. operands], height + 1);
    }

    private Syntax? Unary()
    {
        var token = Here;
        if (token.Is("-") || token.Is("+"))
        {
            at++;
            if (++depth > MaxNesting)
            {
                problem ??= FhirPathProblems.TooDeep(token.Position, MaxNesting);
                return null;
            }

            var operand = Unary();
            depth--;
            return operand is null ? null : Bounded(new UnarySyntax(token.Position, token.Text == "-", operand));
        }

        return Chain();
    }

    private Syntax? Chain()
    {
        var left = Term();
        while (left is not null)
        {
            if (Here.Is("."))
            {
                at++;
                left = Bounded(Invocation(left));
            }
            else if (Here.Is("["))
            {
                var position = Here.Position;
                at++;
                var index = Expression(0);
                left = index is not null && Expect("]") ? Bounded(new IndexSyntax(position, left, index)) : null;
            }
            else
            {
                break;
            }
        }

        return left;
    }

    private Syntax? Term()
    {
        var token = Here;
        switch (token.Kind)
        {
            case TokenKind.String:
                at++;
                return new LiteralSyntax(token.Position, FhirPathItem.Of(token.Text));
            case TokenKind.Integer or TokenKind.Long or TokenKind.Decimal:
                return Number();
            case TokenKind.Date or TokenKind.DateTime or TokenKind.Time:
                return Moment();
            case TokenKind.External:
                at++;
                return new ExternalSyntax(token.Position, token.Text);
            case TokenKind.Identifier when token.Text is "true" or "false" && !tokens[at + 1].Is("("):
                at++;
                return new LiteralSyntax(token.Position, FhirPathItem.Of(token.Text == "true"));
            case TokenKind.Identifier or TokenKind.Delimited or TokenKind.Variable:
                return Invocation(null);
            case TokenKind.Symbol when token.Text == "{":
                at++;
                return Expect("}") ? new LiteralSyntax(token.Position, null) : null;
            case TokenKind.Symbol when token.Text == "(":
                at++;
                var inner = Expression(0);
                return inner is not null && Expect(")") ? inner : null;
            default:
                return Fail($"{token.Text} is not expected here.");
        }
    }

    private Syntax? Invocation(Syntax? source)
    {
        var token = Here;
        if (token.Kind == TokenKind.Variable)
        {
            at++;

            // The grammar lets $this follow a dot; it means the item at hand all the same.
            return new VariableSyntax(token.Position, token.Text);
        }

        if (token.Kind is not (TokenKind.Identifier or TokenKind.Delimited))
        {
            return Fail($"a name is expected, not {token.Text}.");
        }

        // After a dot nothing but a name can stand, and the specification's own patch cases write Patient.text.div so.
        if (source is null && token.Kind == TokenKind.Identifier && token.Text is "and" or "or" or "xor" or "implies" or "div" or "mod" or "true" or "false")
        {
            return Fail($"the word {token.Text} must stand in back quotes to be a name.");
        }

        at++;
        return Here.Is("(") ? Call(source, token) : new MemberSyntax(token.Position, source, token.Text);
    }

    private Syntax? Call(Syntax? source, Token name)
    {
        at++;
        var arguments = new List<Syntax>();
        var descending = new List<bool>();
        var height = source?.Height ?? 0;
        while (!Here.Is(")"))
        {
            if (arguments.Count > 0 && !Expect(","))
            {
                return null;
            }

            if (Expression(0) is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
            height = Math.Max(height, argument.Height);
            var isDescending = Here.IsWord("desc");
            if (name.Text == "sort" && (isDescending || Here.IsWord("asc")))
            {
                at++;
            }

            descending.Add(isDescending);
        }

        at++;
        return new CallSyntax(name.Position, source, name.Text, [.. arguments], [.. descending], height + 1);
    }

    private Syntax? Number()
    {
        var token = Here;
        at++;
        FhirPathItem value;
        if (token.Kind == TokenKind.Long)
        {
            if (!long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
            {
                return Fail("the number is too large.");
            }

            return new LiteralSyntax(token.Position, FhirPathItem.OfLong(whole));
        }

        if (!decimal.TryParse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return Fail("the number is too large.");
        }

        if (Here.Kind == TokenKind.String)
        {
            var unit = Here.Text;
            at++;
            value = Quantities.OfLiteral(number, unit);
        }
        else if (Here.Kind == TokenKind.Identifier && CalendarUnit.TryParse(Here.Text, out var calendar))
        {
            at++;
            value = FhirPathItem.OfQuantity(number, calendar.Word, UnitKind.Calendar);
        }
        else if (token.Kind == TokenKind.Decimal)
        {
            value = FhirPathItem.Of(number);
        }
        else if (number <= int.MaxValue)
        {
            value = FhirPathItem.Of((int)number);
        }
        else
        {
            return Fail("the whole number is larger than 2147483647; write 0.0 or L after it.");
        }

        return new LiteralSyntax(token.Position, value);
    }

    private Syntax? Moment()
    {
        var token = Here;
        var kind = token.Kind == TokenKind.Date ? ItemKind.Date : token.Kind == TokenKind.DateTime ? ItemKind.DateTime : ItemKind.Time;
        if (!TemporalText.TryParse(kind, token.Text, out var value))
        {
            return Fail($"@{token.Text} is not a date or time.");
        }

        at++;
        return new LiteralSyntax(token.Position, FhirPathItem.Of(kind, value));
    }

    private bool StartsCall(int position) =>
        tokens[position].Kind is TokenKind.Variable or TokenKind.End || tokens[position + 1].Is("(");

    private string? QualifiedName()
    {
        var name = string.Empty;
        while (true)
        {
            if (Here.Kind is not (TokenKind.Identifier or TokenKind.Delimited))
            {
                Fail("the name of a type is expected.");
                return null;
            }

            name += Here.Text;
            at++;
            if (!Here.Is(".") || name.Contains('.', StringComparison.Ordinal) || StartsCall(at + 1))
            {
                return name;
            }

            name += ".";
            at++;
        }
    }
}
