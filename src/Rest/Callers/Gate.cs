using Kangqiao.Access.Roles;
using Kangqiao.Access.Scopes;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions;

namespace Kangqiao.Rest.Callers;

/// <summary>
/// What a role may ask for at all, whoever's records it is about: told before anything is looked for, so that the answer says nothing
/// of what there is. Requests and entries of bundles go through it.
/// </summary>
internal static class Gate
{
    /// <summary>
    /// Scopes name what is done in letters (SMART App Launch 2): create, read, update, delete, search. A question over all types is
    /// narrowed by its predicate alone. Who subscribes or exports goes on with the whole role, so no scope is enough for that.
    /// </summary>
    private static bool IsWithin(IReadOnlyList<SmartScope> scopes, Interaction interaction, string? type)
    {
        var letters = interaction.Need switch
        {
            Need.Anyone => "",
            Need.Write when type == "Subscription" => "-",
            Need.Write => interaction.Method switch { "POST" when interaction.Operation is null => "c", "DELETE" => "d", _ => "u" },
            Need.Operator => "-",
            _ when interaction.Shape is Shape.Instance or Shape.Version or Shape.InstanceHistory => "r",
            Need.Read when interaction.Operation is null or "$everything" or "$lastn" or "$stats" or "$match" or "$export" => "s",
            Need.Export => "s",
            _ => "r",
        };
        return letters.Length == 0 || type is null ? scopes.Count > 0 : scopes.Any(s => s.IsFor(type) && letters.All(s.Allows));
    }

    /// <summary>Null where the role may ask.</summary>
    public static Problem? Refusal(RestRoom room, Interaction interaction, Ask ask)
    {
        var caller = ask.Caller;
        if (interaction.IsOpen || caller.Viewer.IsSystem)
        {
            return null;
        }

        var roles = room.Access.Roles;
        var type = ask.Target.Type is null or "*" ? null : ask.Target.Type;
        var may = interaction.Need switch
        {
            Need.Anyone => true,
            Need.Operator => false,
            Need.ReadOrWrite => May(AccessAction.Read) || May(AccessAction.Write),
            Need.Write => May(AccessAction.Write),
            Need.Export => May(AccessAction.Export),
            _ => May(AccessAction.Read),
        };
        if (!may)
        {
            return Problems.NotForRole(caller.Role, interaction.Need.ToString().ToLowerInvariant(), type ?? "this");
        }

        return caller.Scopes is { } scopes && !IsWithin(SmartScope.Parse(scopes), interaction, type) ? Problems.OutOfScope() : null;

        bool May(AccessAction action) => type is null ? roles.May(caller.Role, action) : roles.May(caller.Role, type, action);
    }
}
