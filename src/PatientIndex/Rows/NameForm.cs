namespace Kangqiao.PatientIndex.Rows;

internal enum NameKind : byte
{
    Ordinary,

    /// <summary>Parts are hidden: 王**, 孙某.</summary>
    Masked,

    /// <summary>A newborn under a parent's name: 张三之女.</summary>
    Newborn,
}

/// <summary>A name as it is compared.</summary>
internal sealed class NameForm
{
    /// <summary>Characters that count, in order; of a newborn those of the parent.</summary>
    public required string Text { get; init; }

    public required NameKind Kind { get; init; }

    public bool IsHan { get; init; }

    /// <summary>Of each character of a Chinese name, its commonest reading as a number; 0 where nobody knows it.</summary>
    public int[] Readings { get; init; } = [];

    /// <summary>Words of a name in another script, surname last where that is known.</summary>
    public string[] Words { get; init; } = [];

    /// <summary>The reading in full, "zhangsan"; of other names the words run together.</summary>
    public required string Sound { get; init; }

    /// <summary>The same with the first part last, "sanzhang".</summary>
    public string TurnedSound { get; init; } = "";

    /// <summary>Which of several newborns: 大女, 之子2, 甲. Empty where it is not said.</summary>
    public string Ordinal { get; init; } = "";
}
