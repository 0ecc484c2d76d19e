using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Paths;

/// <summary>A condition on one element, answered without allocation.</summary>
internal abstract class PathCondition
{
    /// <summary>Equal for equal conditions.</summary>
    public abstract string Key { get; }

    public abstract bool Holds(Element element);
}

/// <summary>
/// ofType(X), as(X), is X: the value's type or one it specialises; a primitive's own type only, so that ConceptMap's "source"
/// (canonical) and "source-uri" (uri) stay apart, as FHIRPath's own tests have it.
/// </summary>
internal sealed class IsOfType(TypeFact type) : PathCondition
{
    public override string Key => "is " + type.Name;

    public override bool Holds(Element element) => type.IsPrimitive ? element.TypeId == type.Id : element.Type.IsA(type);
}

/// <summary>
/// resolve() is X: told from what the reference itself says, because an index is made without looking elsewhere:
/// the type in its text, its type element, or the contained resource.
/// </summary>
internal sealed class PointsAt(TypeFact type) : PathCondition
{
    public override string Key => "resolve() is " + type.Name;

    public override bool Holds(Element element) => ReferenceTarget.IsA(element, type);
}

/// <summary>[n]: the n-th repetition of an element that hangs directly on the resource.</summary>
internal sealed class IsAt(int index) : PathCondition
{
    public override string Key => "at " + index;

    public override bool Holds(Element element) => element.Index == index || (index == 0 && element.Index < 0);
}

/// <summary>Some element on the path has (or has not) the given text.</summary>
internal sealed class HasText(SearchPath path, string literal, bool isEqual, bool isString) : PathCondition
{
    private readonly byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(literal);

    public override string Key => $"{path} {(isEqual ? "=" : "!=")} {(isString ? "'" : "")}{literal}";

    public override bool Holds(Element element)
    {
        // FHIRPath: an empty operand gives an empty answer, which does not hold; and a literal of another kind is not equal.
        var found = PathWalk.First(element, path);
        return found.Exists && found.HasValue
            && (found.TextIs(utf8) && isString != (found.IsBoolean || found.IsNumber)) == isEqual;
    }
}

internal sealed class Exists(SearchPath path) : PathCondition
{
    public override string Key => path + " exists";

    public override bool Holds(Element element) => PathWalk.First(element, path).Exists;
}

internal sealed class Both(PathCondition left, PathCondition right) : PathCondition
{
    public override string Key => $"({left.Key} and {right.Key})";

    public override bool Holds(Element element) => left.Holds(element) && right.Holds(element);
}

internal sealed class AnyOf(PathCondition left, PathCondition right) : PathCondition
{
    public override string Key => $"({left.Key} or {right.Key})";

    public override bool Holds(Element element) => left.Holds(element) || right.Holds(element);
}

internal sealed class NotSo(PathCondition inner) : PathCondition
{
    public override string Key => $"not {inner.Key}";

    public override bool Holds(Element element) => !inner.Holds(element);
}

internal static class PathWalk
{
    /// <summary>The first element on the path, in document order.</summary>
    public static Element First(Element from, SearchPath path)
    {
        if (path.FromResource)
        {
            from = from.Resource;
        }

        return path.Start is { } start && !from.Type.IsA(start) ? default : First(from, path.Steps);
    }

    private static Element First(Element from, ReadOnlySpan<PathStep> steps)
    {
        if (steps.IsEmpty)
        {
            return from;
        }

        if (steps[0].Condition is { } condition)
        {
            return condition.Holds(from) ? First(from, steps[1..]) : default;
        }

        foreach (var child in from.ChildrenNamed(steps[0].NameId))
        {
            // As deep as the expression is long, which its parser bounds.
            var found = First(child, steps[1..]);
            if (found.Exists)
            {
                return found;
            }
        }

        return default;
    }
}
