using Kangqiao.Web.Gate;
using Kangqiao.Web.Look;

namespace Kangqiao.Web;

/// <summary>How the pages are served.</summary>
public sealed record WebOptions
{
    /// <summary>All people are synthetic: every page says so, and the roles can be tried with one click.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Who can be played in a demonstration.</summary>
    public IReadOnlyList<SignIn.Part> Parts { get; init; } = [];
}

/// <summary>What every page works with.</summary>
internal sealed record WebRoom(WebOptions Options, Sessions Sessions, PageKey Key, Renderer Renderer, Bundle Bundle, TimeProvider Time);
