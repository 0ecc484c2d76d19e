namespace Kangqiao.Fhir.FhirPath;

/// <summary>An expression as written, before names and functions are looked up.</summary>
/// <param name="Position">Of its first own character, from 0.</param>
/// <param name="Height">Levels of nesting below and with it; the parser bounds it so that no walk over it can exhaust the stack.</param>
internal abstract record Syntax(int Position, int Height);

/// <summary>A literal; null stands for {}.</summary>
internal sealed record LiteralSyntax(int Position, FhirPathItem? Value) : Syntax(Position, 1);

/// <summary>$this, $index, $total.</summary>
internal sealed record VariableSyntax(int Position, string Name) : Syntax(Position, 1);

/// <summary>%name.</summary>
internal sealed record ExternalSyntax(int Position, string Name) : Syntax(Position, 1);

/// <summary>A name, after a dot or at the start.</summary>
internal sealed record MemberSyntax(int Position, Syntax? Source, string Name)
    : Syntax(Position, 1 + (Source?.Height ?? 0));

internal sealed record CallSyntax(int Position, Syntax? Source, string Name, Syntax[] Arguments, bool[] Descending, int Height)
    : Syntax(Position, Height);

internal sealed record IndexSyntax(int Position, Syntax Source, Syntax Index)
    : Syntax(Position, 1 + Math.Max(Source.Height, Index.Height));

internal sealed record UnarySyntax(int Position, bool IsMinus, Syntax Operand) : Syntax(Position, 1 + Operand.Height);

internal sealed record BinarySyntax(int Position, string Operator, Syntax Left, Syntax Right)
    : Syntax(Position, 1 + Math.Max(Left.Height, Right.Height));

/// <summary>A chain of |, kept flat: search parameters join dozens.</summary>
internal sealed record UnionSyntax(int Position, Syntax[] Operands, int Height) : Syntax(Position, Height);

/// <summary>is and as with a type's name.</summary>
internal sealed record TypeSyntax(int Position, bool IsAs, Syntax Operand, string TypeName) : Syntax(Position, 1 + Operand.Height);
