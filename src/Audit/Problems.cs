using Kangqiao.Kernel;

namespace Kangqiao.Audit;

/// <summary>Every way in which this room refuses.</summary>
public static class Problems
{
    internal static Problem CannotWrite(string why) =>
        new("AUD001", ProblemKind.Unavailable, $"The audit trail cannot be written, so nothing is shown or changed: {why}.");

    internal static Problem Closed() =>
        new("AUD002", ProblemKind.Unavailable, "The audit trail is closing; ask again.");

    internal static Problem CannotRead(string why) =>
        new("AUD003", ProblemKind.Unavailable, $"The audit trail cannot be read: {why}.");

    internal static Problem BadParameter(string name, string due) =>
        new("AUD004", ProblemKind.Invalid, $"The parameter {name} is not {due}.");

    internal static Problem UnknownParameter(string name) =>
        new("AUD005", ProblemKind.Invalid, $"The audit trail cannot be searched by {name}.");

    internal static Problem NotForRole(string role) =>
        new("AUD006", ProblemKind.NotPermitted, $"The role {role} has no right to this part of the audit trail.");

    internal static Problem NoSuchEntry() =>
        new("AUD007", ProblemKind.NotFound, "There is no such entry in the audit trail.");

    internal static Problem NeedsToken() =>
        new("AUD008", ProblemKind.NotAuthenticated, "The audit trail is for who is signed in: send a bearer token.");

    internal static Problem NotAResident() =>
        new("AUD009", ProblemKind.NotPermitted, "Only a resident who is signed in has a part of their own.");

    internal static Problem BadRule(string file, string why) =>
        new("AUD010", ProblemKind.Invalid, $"The rule {file} cannot be used: {why}.");
}
