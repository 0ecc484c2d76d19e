using Kangqiao.Web.Gate;
using Kangqiao.Web.Look;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.SignIn;

/// <summary>What the sign-in page shows.</summary>
/// <param name="Parts">Roles to be played, in a demonstration, each with the name of its institution.</param>
/// <param name="To">Where to go afterwards; a path of ours, or null for the role's own beginning.</param>
/// <param name="IsWrong">The token typed before is none of ours, or no longer.</param>
public sealed record SignInModel(IReadOnlyList<(Part Part, string? Place)> Parts, string? To, bool IsWrong = false);

/// <summary>Coming and going, and what a reader sets for the look.</summary>
internal static class SignInPages
{
    public static void Map(PageRoutes pages, WebRoom room, Cast cast)
    {
        pages.Get("/sign-in", PageRule.Everybody, async visit =>
            visit.Show<SignInPage, SignInModel>(new(await cast.AllAsync(visit.Cancel), OwnPath(visit.Asked("to")))));
        pages.Post("/sign-in", PageRule.Everybody, visit => SignInAsync(visit, room, cast));
        pages.Post("/sign-out", PageRule.Everybody, visit =>
        {
            Sessions.SignOut(visit.Http);
            return new(visit.GoTo("/"));
        });
        pages.Post("/settings", PageRule.Everybody, visit => new(Set(visit)));
        pages.Get("/home", PageRule.SignedIn, visit =>
            Places.HomeOf(visit.Who) is var home and not "/home" && visit.Asked("stay") is null ? visit.GoTo(home) : visit.Show<HomePage, IReadOnlyList<Place>>(Places.WorkOf(visit.Who)));
    }

    /// <summary>A path of ours, so that a link from elsewhere cannot lead astray after the sign-in.</summary>
    public static string? OwnPath(string? path) =>
        path is ['/', ..] && path.Length <= 300 && !path.StartsWith("//", StringComparison.Ordinal) && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.') ? path : null;

    private static async ValueTask<IResult> SignInAsync(Visit visit, WebRoom room, Cast cast)
    {
        var to = OwnPath(visit.Typed("to"));
        var caller = visit.Typed("part") is { } part ? (await cast.AllAsync(visit.Cancel)).FirstOrDefault(p => p.Part.Key == part).Part?.Caller
            : visit.Typed("token") is { Length: > 0 } token ? await room.Sessions.HolderAsync(token.Trim())
            : null;
        if (caller is null)
        {
            return visit.Show<SignInPage, SignInModel>(new(await cast.AllAsync(visit.Cancel), to, IsWrong: true), 400);
        }

        room.Sessions.SignIn(visit.Http, caller);
        return visit.GoTo(to ?? "/home");
    }

    private static IResult Set(Visit visit)
    {
        if (visit.Typed(Preferences.Language) is { } language)
        {
            Sessions.Remember(visit.Http, Preferences.Language, Speech.Language.Of(language).Code);
        }

        if (visit.Typed(Preferences.Theme) is { } theme)
        {
            Sessions.Remember(visit.Http, Preferences.Theme, theme is "light" or "dark" ? theme : "auto");
        }

        if (visit.Typed(Preferences.Size) is { } size)
        {
            Sessions.Remember(visit.Http, Preferences.Size, size == "large" ? "large" : "usual");
        }

        return visit.GoTo(OwnPath(visit.Typed("to")) ?? "/");
    }
}
