namespace Kangqiao.Kernel;

/// <summary>What kind of refusal a <see cref="Problem"/> is; one place maps it to a status code at the edge.</summary>
public enum ProblemKind
{
    Invalid,
    NotFound,
    Gone,
    Conflict,
    PreconditionFailed,
    NotPermitted,
    NotAuthenticated,
    NotSupported,
    TooLarge,
    TooCostly,
    Throttled,
    Unavailable,
}

/// <summary>
/// Something we expected could go wrong, as a value: a stable code, a kind, and a message that says what to do.
/// What we do not expect is thrown.
/// </summary>
/// <param name="Code">Stable across releases; documented; never reused for another meaning.</param>
/// <param name="Kind">How the edge answers.</param>
/// <param name="Message">For the person who has to act, without personal data.</param>
public sealed record Problem(string Code, ProblemKind Kind, string Message);
