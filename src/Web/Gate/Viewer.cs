using Kangqiao.Rest.Callers;

namespace Kangqiao.Web.Gate;

/// <summary>Who looks, as the session says: what every question to the other rooms is asked with.</summary>
/// <param name="Caller">Role, institution, practitioner, resident, region and purpose.</param>
public sealed record Viewer(Caller Caller)
{
    public string Role => Caller.Role;

    public string? Institution => Caller.Institution;

    public string? Purpose => Caller.Purpose;
}
