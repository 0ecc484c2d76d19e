using Kangqiao.Web.Doctor;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Integrator;
using Kangqiao.Web.Resident;
using Kangqiao.Web.Steward;
using Kangqiao.Web.Supervisor;

namespace Kangqiao.Web.Look;

/// <summary>Somewhere one can go.</summary>
/// <param name="Key">Of its text: "place.KEY".</param>
/// <param name="Rule">The rule of the page itself: who may not enter is not shown the way.</param>
public sealed record Place(string Path, string Key, string Icon, PageRule Rule)
{
    /// <summary>Other places lie below its address and are not within it.</summary>
    public bool IsExact { get; init; }

    /// <summary>The page is this place or lies within.</summary>
    public bool Holds(string path) => path == Path || (!IsExact && path.StartsWith(Path + "/", StringComparison.Ordinal));
}

/// <summary>The ways through the pages, by role.</summary>
public static class Places
{
    /// <summary>The bar of a resident's telephone.</summary>
    public static IReadOnlyList<Place> Phone { get; } =
    [
        new("/me", "me", "timeline", ResidentPages.Rule) { IsExact = true },
        new("/me/results", "me-results", "flask", ResidentPages.Rule),
        new("/me/medicines", "me-medicines", "pill", ResidentPages.Rule),
        new("/me/more", "me-more", "menu-2", ResidentPages.Rule),
    ];

    private static IReadOnlyList<Place> Work { get; } =
    [
        new("/doctor", "doctor", "user-search", DoctorPages.Rule),
        new("/steward/reviews", "reviews", "git-merge", StewardPages.Rule),
        new("/cockpit", "cockpit", "activity", SupervisorPages.Rule),
        new("/integrator", "integrator", "building-hospital", IntegratorPages.OwnRule) { IsExact = true },
        new("/integrator/receipts", "receipts", "receipt", IntegratorPages.Rule),
        new("/integrator/quarantine", "quarantine", "inbox", IntegratorPages.Rule),
    ];

    public static IReadOnlyList<Place> WorkOf(Viewer viewer) => [.. Work.Where(p => p.Rule.Admits(viewer))];

    /// <summary>Where a role begins.</summary>
    public static string HomeOf(Viewer viewer) =>
        Phone[0].Rule.Admits(viewer) ? Phone[0].Path : WorkOf(viewer) is [var first, ..] ? first.Path : "/home";
}
