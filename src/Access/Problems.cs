using Kangqiao.Kernel;

namespace Kangqiao.Access;

/// <summary>Every way in which this room refuses.</summary>
public static class Problems
{
    public static Problem BadRoles(string file, string why) => new("ACC001", ProblemKind.Invalid, $"The roles in {file} cannot be used: {why}.");

    public static Problem TooManyStandings() =>
        new("ACC002", ProblemKind.TooCostly, "Too many consents and open treatments bear on this person to decide who may see what: have the ended ones closed.");

    public static Problem IndexNotReady() =>
        new("ACC003", ProblemKind.Unavailable, "The index is being written anew; until it is whole only the operator may search. Try again shortly.");
}
