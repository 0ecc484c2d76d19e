using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>A constraint ready to be checked: its texts in two languages, its expression, and when it need not be looked at.</summary>
internal sealed class Invariant
{
    /// <summary>
    /// The slots of the elements the expression speaks of, where it is known to hold without any of them;
    /// zero where it must always be evaluated.
    /// </summary>
    private readonly ulong guard;

    private readonly Lazy<InvariantExpression> expression;

    private Invariant(string key, bool isError, string english, string chinese, string text, ulong guard)
    {
        Key = key;
        IsError = isError;
        English = english;
        Chinese = chinese;
        this.guard = guard;
        expression = new Lazy<InvariantExpression>(() => new InvariantExpression(text), LazyThreadSafetyMode.ExecutionAndPublication);
    }

    public string Key { get; }

    public bool IsError { get; }

    public string English { get; }

    public string Chinese { get; }

    public InvariantExpression Expression => expression.Value;

    /// <summary>An invariant of the specification on a type (or on an element of that type, if it has just one).</summary>
    public static Invariant Of(ConstraintFact fact, TypeFact? context)
    {
        var chinese = InvariantTexts.Chinese(fact.Key) ?? fact.Human;
        var text = Errata.Expression(fact.Key) ?? fact.Expression;
        var invariant = new Invariant(fact.Key, fact.IsError, fact.Human, chinese, text, 0);
        var slots = context is null ? 0 : InvariantGuard.Of(text, context, invariant.Expression);
        return slots == 0 ? invariant : new Invariant(fact.Key, fact.IsError, fact.Human, chinese, text, slots);
    }

    /// <summary>A constraint of a profile, which says its rule in its own words only.</summary>
    public static Invariant OfProfile(string key, bool isError, string human, string expression) =>
        new(key, isError, human, human, expression, 0);

    /// <summary>True if the expression cannot fail on an element that has only children in these slots.</summary>
    public bool HoldsWithout(ulong present) => guard != 0 && (guard & present) == 0;
}

/// <summary>Finds out which elements an expression depends on, so that most invariants cost one bit test.</summary>
internal static class InvariantGuard
{
    /// <summary>
    /// The slots of the context's own elements named in the expression, if the expression holds on an element without any
    /// of them. That is tried, not reasoned: the expression is evaluated on an empty element of the type. An expression that
    /// looks at more than named children gets no guard.
    /// </summary>
    public static ulong Of(string text, TypeFact context, InvariantExpression expression)
    {
        if (context.IsPrimitive || LooksFurther(text))
        {
            return 0;
        }

        ulong guard = 0;
        foreach (var element in context.Elements)
        {
            if (HasWord(text, element.Name))
            {
                if (element.Slot >= 64)
                {
                    return 0;
                }

                guard |= 1UL << element.Slot;
            }
        }

        return guard != 0 && expression.HoldsOnEmpty(context) ? guard : 0;
    }

    private static bool LooksFurther(string text) =>
        text.Contains("descendants()", StringComparison.Ordinal)
        || text.Contains("children()", StringComparison.Ordinal)
        || text.Contains("repeat(", StringComparison.Ordinal)
        || text.Contains("%r", StringComparison.Ordinal)
        || text.Contains("%context", StringComparison.Ordinal);

    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || !IsWordCharacter(text[at - 1])) && (end == text.Length || !IsWordCharacter(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
