namespace Kangqiao.Ingest.Hl7v2.Reading;

internal enum ValueLevel : byte
{
    Field,
    Repetition,
    Component,
    Subcomponent,
}

/// <summary>
/// A cursor on a field, a repetition, a component or a subcomponent: bytes of the message, read when asked. What is not there
/// is empty, at any depth; a part asked of a whole that has no parts is the whole itself if it is the first one (chapter 2.8.2:
/// older and newer senders understand each other so).
/// </summary>
internal readonly struct Hl7Value(Hl7Message? message, int start, int length, ValueLevel level)
{
    public ReadOnlySpan<byte> Bytes => message is null ? [] : message.Text.Span.Slice(start, length);

    public bool IsEmpty => length == 0;

    /// <summary>The sender says that there is no value: "" (chapter 2.5.3).</summary>
    public bool IsNull => length == 2 && Bytes is [(byte)'"', (byte)'"'];

    public bool HasValue => !Text().AsSpan().IsWhiteSpace();

    /// <summary>Of a field, at least one where it is not empty.</summary>
    public int RepetitionCount => length == 0 ? 0 : Bytes.Count(message!.Separators.Repetition) + 1;

    /// <summary>From 1.</summary>
    public Hl7Value Repetition(int number) =>
        level != ValueLevel.Field ? (number == 1 ? this : default) : Part(number, ValueLevel.Repetition);

    /// <summary>From 1; of a field, of its first repetition.</summary>
    public Hl7Value Component(int number) => length == 0 ? default : level switch
    {
        ValueLevel.Field => Part(1, ValueLevel.Repetition).Component(number),
        ValueLevel.Repetition => Part(number, ValueLevel.Component),
        _ => Subcomponent(number),
    };

    /// <summary>From 1; of a field or repetition, of its first component.</summary>
    public Hl7Value Subcomponent(int number) => length == 0 ? default : level switch
    {
        ValueLevel.Field or ValueLevel.Repetition => Component(1).Subcomponent(number),
        ValueLevel.Component => Part(number, ValueLevel.Subcomponent),
        _ => number == 1 ? this : default,
    };

    /// <summary>
    /// The text of the first smallest part, its escapes read, without blanks around it; "" for what is empty or null.
    /// </summary>
    public string Text()
    {
        if (message is null || length == 0)
        {
            return "";
        }

        var leaf = level == ValueLevel.Subcomponent ? this : Subcomponent(1);
        return leaf.IsNull ? "" : Escapes.Read(leaf.Bytes, message).Trim();
    }

    /// <summary>
    /// The text of all of it, its escapes read: for text fields, where a delimiter that was not escaped is a character the
    /// sender forgot to escape.
    /// </summary>
    public string Whole() => message is null || length == 0 || IsNull ? "" : Escapes.Read(Bytes, message).Trim();

    public override string ToString() => Text();

    private Hl7Value Part(int number, ValueLevel of)
    {
        if (message is null || length == 0 || number < 1)
        {
            return default;
        }

        var separators = message.Separators;
        var separator = of switch
        {
            ValueLevel.Repetition => separators.Repetition,
            ValueLevel.Component => separators.Component,
            _ => separators.Subcomponent,
        };
        var bytes = Bytes;
        var at = 0;
        for (var n = 1; n < number; n++)
        {
            var next = bytes[at..].IndexOf(separator);
            if (next < 0)
            {
                return default;
            }

            at += next + 1;
        }

        var size = bytes[at..].IndexOf(separator);
        return new Hl7Value(message, start + at, size < 0 ? length - at : size, of);
    }
}
