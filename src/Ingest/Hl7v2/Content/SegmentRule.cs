using Kangqiao.Ingest.Hl7v2.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Content;

internal enum StepKind : byte
{
    /// <summary>"period": the object or value of that name.</summary>
    Plain,

    /// <summary>"reaction[0]": the first object of the list.</summary>
    First,

    /// <summary>"communication[+]": a new object in the list for each repetition.</summary>
    Each,

    /// <summary>"name[]", at the end: a value in the list for each repetition.</summary>
    Append,
}

internal readonly record struct PathStep(string Name, StepKind Kind);

/// <summary>One line of a segment table: a field, the kind of value it holds, and the element it becomes.</summary>
/// <param name="Field">Number of the field.</param>
/// <param name="Component">0: the whole field.</param>
/// <param name="Argument">As the kind of value takes it: the name of a code map, a coding table ("@drug"), a code; or "".</param>
internal sealed record SegmentRule(int Field, int Component, ValueKind Kind, PathStep[] Path, string Argument)
{
    /// <summary>The code map the argument names, if it does.</summary>
    public CodeMap? Codes { get; init; }

    /// <summary>The sender's own table that codes without a system are of, without "@".</summary>
    public string Table { get; } = Argument.StartsWith('@') ? Argument[1..] : "code";

    /// <summary>Whether each repetition of the field has its place.</summary>
    public bool Repeats { get; } = Path.Any(step => step.Kind is StepKind.Each or StepKind.Append);
}

/// <summary>All lines for one segment and one resource.</summary>
internal sealed record SegmentTable(string Segment, string Resource, IReadOnlyList<SegmentRule> Rules);
