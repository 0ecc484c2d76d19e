namespace Kangqiao.Web.Gate;

/// <summary>Who may come to a page. Every page has one; it is the page's endpoint metadata, and a test reads them all.</summary>
/// <param name="Roles">Those who may; null for everybody, signed in or not.</param>
public sealed record PageRule(IReadOnlyList<string>? Roles)
{
    public static readonly PageRule Everybody = new(Roles: null);

    /// <summary>Whoever is signed in.</summary>
    public static readonly PageRule SignedIn = new(Rest.Callers.Roles.All);

    public bool IsOpen => Roles is null;

    public static PageRule For(params IReadOnlyList<string> roles) => new(roles);

    public bool Admits(Viewer viewer) => Roles is null || Roles.Contains(viewer.Role);
}
