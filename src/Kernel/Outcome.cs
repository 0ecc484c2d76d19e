using System.Diagnostics.CodeAnalysis;

namespace Kangqiao.Kernel;

/// <summary>A value, or the <see cref="Problem"/> that stood in its way.</summary>
public readonly struct Outcome<T>
{
    private readonly T value;

    private Outcome(T value, Problem? problem)
    {
        this.value = value;
        Problem = problem;
    }

    /// <summary>Null when there is a value.</summary>
    public Problem? Problem { get; }

    public bool IsSuccess => Problem is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is a problem instead: ask first.</exception>
    public T Value => Problem is null
        ? value
        : throw new InvalidOperationException($"There is no value: {Problem.Code} {Problem.Message}");

    public bool Try([MaybeNullWhen(false)] out T got, [NotNullWhen(false)] out Problem? problem)
    {
        got = value;
        problem = Problem;
        return problem is null;
    }

    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) =>
        Problem is null ? next(value) : Problem;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Problem problem) => new(default!, problem);
}
