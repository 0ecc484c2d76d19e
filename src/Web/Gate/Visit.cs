using System.Diagnostics.CodeAnalysis;
using Kangqiao.Kernel;
using Kangqiao.Web.Look;
using Kangqiao.Web.Speech;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Gate;

/// <summary>One request for a page: who looks, in which language, at what time; and the ways to answer.</summary>
public sealed class Visit
{
    private readonly string id;
    private readonly WebRoom room;
    private IFormCollection? form;

    internal Visit(HttpContext http, Viewer? viewer, string id, WebRoom room)
    {
        this.id = id;
        this.room = room;
        Http = http;
        Viewer = viewer;
        Words = Words.In(Language.Of(Sessions.Remembered(http, Preferences.Language)));
        Theme = Sessions.Remembered(http, Preferences.Theme) is "light" or "dark" ? Sessions.Remembered(http, Preferences.Theme) : null;
        IsLarge = Sessions.Remembered(http, Preferences.Size) == "large";
        Now = room.Time.GetUtcNow();
    }

    public HttpContext Http { get; }

    /// <summary>Null where nobody is signed in; never on a page whose rule names roles.</summary>
    public Viewer? Viewer { get; }

    public Words Words { get; }

    /// <summary>light, dark, or null for what the reader's device says.</summary>
    public string? Theme { get; }

    /// <summary>Larger and fewer, for elders.</summary>
    public bool IsLarge { get; }

    public DateTimeOffset Now { get; }

    public bool IsDemo => room.Options.IsDemo;

    public Bundle Bundle => room.Bundle;

    public string Path => Http.Request.Path.Value ?? "/";

    /// <summary>Asked for by htmx, which wants a part and not a page.</summary>
    public bool IsPart => Http.Request.Headers.ContainsKey("HX-Request");

    public CancellationToken Cancel => Http.RequestAborted;

    /// <summary>What a form of this page must bring back.</summary>
    public string FormToken => room.Key.FormToken(id);

    /// <summary>The signed-in viewer of a page whose rule names roles.</summary>
    /// <exception cref="InvalidOperationException">The page is open to everybody.</exception>
    public Viewer Who => Viewer ?? throw new InvalidOperationException("Only pages with a rule that names roles have a viewer for certain.");

    public string? Asked(string name) => Http.Request.Query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;

    public string? Typed(string name) => form?[name].FirstOrDefault();

    public string Part(string name) => (string?)Http.Request.RouteValues[name] ?? "";

    /// <summary>Stands for a record in an address of this visit, instead of its id.</summary>
    public string Handle(string text) => room.Key.Handle(id, text);

    public string? FromHandle(string handle) => room.Key.Text(id, handle);

    /// <summary>Reads the posted form; false where it did not come from a page of this visit.</summary>
    public async ValueTask<bool> ReadFormAsync()
    {
        if (!Http.Request.HasFormContentType || Http.Request.Headers["Sec-Fetch-Site"].FirstOrDefault() is not (null or "same-origin" or "none"))
        {
            return false;
        }

        form = await Http.Request.ReadFormAsync(Cancel);
        return room.Key.IsFormToken(id, Typed(Look.FormToken.Field));
    }

    /// <summary>Answers with a whole page, or with a part that a page holds.</summary>
    public IResult Show<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TView, TModel>(TModel model, int status = 200)
        where TView : View<TModel> => new Rendered(this, typeof(TView), model, status);

    /// <summary>On to another page, by GET.</summary>
    public IResult GoTo(string path)
    {
        if (!IsPart)
        {
            return Results.Redirect(path, permanent: false, preserveMethod: false);
        }

        Http.Response.Headers["HX-Redirect"] = path;
        return Results.NoContent();
    }

    /// <summary>Says what went wrong, what is safe and what to do; the number can be quoted.</summary>
    public IResult Refuse(Problem problem) => problem.Kind switch
    {
        ProblemKind.NotFound or ProblemKind.Gone => NotFound(),
        ProblemKind.NotPermitted or ProblemKind.NotAuthenticated => NotForYou(),
        _ => Show<FailedPage, Failure>(new Failure(problem.Code, problem.Message), problem.Kind switch
        {
            ProblemKind.Conflict => 409,
            ProblemKind.PreconditionFailed => 412,
            ProblemKind.TooLarge => 413,
            ProblemKind.Throttled => 429,
            ProblemKind.Unavailable => 503,
            _ => 400,
        }),
    };

    public IResult NotFound() => Show<NotFoundPage, string>(Path, 404);

    public IResult NotForYou() => Show<NotForYouPage, string>(Path, 403);

    /// <summary>Writes a component as text, for parts that are sent later.</summary>
    public Task<string> TextAsync<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TView, TModel>(TModel model)
        where TView : View<TModel> => room.Renderer.TextAsync(this, typeof(TView), model);

    internal Task<string> TextAsync(Type view, object? model) => room.Renderer.TextAsync(this, view, model);
}

/// <summary>Names of what a reader may set for the look of pages.</summary>
public static class Preferences
{
    public const string Language = "language";
    public const string Theme = "theme";
    public const string Size = "size";
}
