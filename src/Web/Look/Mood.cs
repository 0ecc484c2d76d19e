namespace Kangqiao.Web.Look;

/// <summary>The four states of the look: each has a colour, a shape and words.</summary>
public enum Mood
{
    Unknown,
    Good,

    /// <summary>Keep an eye on it.</summary>
    Watch,

    /// <summary>Somebody has to do something.</summary>
    Act,
}
