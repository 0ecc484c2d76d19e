namespace Kangqiao.Fhir.FhirPath;

internal enum TokenKind : byte
{
    End,
    Identifier,
    Delimited,
    String,
    Integer,
    Long,
    Decimal,
    Date,
    DateTime,
    Time,
    Symbol,
    Variable,
    External,
}

/// <summary>One word of an expression.</summary>
/// <param name="Text">With escapes resolved and without quotes; of a symbol, itself; of a variable, the name after the sign.</param>
/// <param name="Position">Of its first character, from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Identifier && Text == word;
}
