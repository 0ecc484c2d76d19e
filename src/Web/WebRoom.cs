using Kangqiao.Rest.Inside;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Look;

namespace Kangqiao.Web;

/// <summary>How the pages are served.</summary>
public sealed record WebOptions
{
    /// <summary>All people are synthetic: every page says so, and the roles can be tried with one click.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Finds who can be played in a demonstration; asked once.</summary>
    public Func<InsideRecords, CancellationToken, ValueTask<IReadOnlyList<SignIn.Part>>>? Parts { get; init; }
}

/// <summary>What every page works with.</summary>
internal sealed record WebRoom(WebOptions Options, InsideRecords Records, Sessions Sessions, PageKey Key, Renderer Renderer, Bundle Bundle, TimeProvider Time);
