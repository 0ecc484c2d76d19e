using Kangqiao.Rest.Callers;
using Kangqiao.Web.SignIn;

namespace Kangqiao.Host.Commands;

/// <summary>Whom a visitor of the demonstration can play with one click.</summary>
internal static class DemoParts
{
    public static IReadOnlyList<Part> All { get; } =
    [
        new("integrator", new Caller("institution") { Institution = "AC002" }),
        new("steward", new Caller("steward")),
        new("supervisor", new Caller("supervisor")),
        new("auditor", new Caller("auditor")),
        new("admin", new Caller(Roles.System)),
    ];
}
