using Kangqiao.Access.Roles;
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
        return may ? null : Problems.NotForRole(caller.Role, interaction.Need.ToString().ToLowerInvariant(), type ?? "this");

        bool May(AccessAction action) => type is null ? roles.May(caller.Role, action) : roles.May(caller.Role, type, action);
    }
}
