using System.Globalization;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Reviews;
using Kangqiao.PatientIndex.Stewarding;
using Kangqiao.Web.Gate;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Steward;

public sealed record ReviewsModel(IReadOnlyList<Review> Reviews, long Total, long? After, bool IsOpen);

/// <param name="Typed">The reason typed before the deciding failed.</param>
/// <param name="Refused">Why it failed.</param>
public sealed record ReviewModel(ReviewView View, string? Typed = null, Problem? Refused = null);

/// <summary>For stewards: who may be whom, side by side with what speaks for and against, and the decision.</summary>
internal sealed class StewardPages(ReviewDesk desk)
{
    public static readonly PageRule Rule = PageRule.For("steward", "system");

    private const int PageReviews = 30;

    public void Map(PageRoutes pages)
    {
        pages.Get("/steward/reviews", Rule, ListAsync);
        pages.Get("/steward/reviews/{id}", Rule, ReadAsync);
        pages.Post("/steward/reviews/{id}", Rule, DecideAsync);
    }

    private async ValueTask<IResult> ListAsync(Visit visit)
    {
        var ask = new ReviewAsk
        {
            IsOpen = visit.Asked("state") != "decided",
            Region = visit.Who.Caller.Region,
            Limit = PageReviews,
            After = long.TryParse(visit.Asked("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : null,
        };
        return (await desk.ListAsync(ask, visit.Cancel)).Try(out var found, out var problem)
            ? visit.Show<ReviewsPage, ReviewsModel>(new(found.Reviews, found.Total, found.Next, ask.IsOpen))
            : visit.Refuse(problem);
    }

    private async ValueTask<IResult> ReadAsync(Visit visit) =>
        (await FindAsync(visit)).Try(out var view, out var problem) ? visit.Show<ReviewPage, ReviewModel>(new(view)) : visit.Refuse(problem);

    private async ValueTask<IResult> DecideAsync(Visit visit)
    {
        if (!(await FindAsync(visit)).Try(out var view, out var problem))
        {
            return visit.Refuse(problem);
        }

        var reason = visit.Typed("reason")?.Trim() ?? "";
        var caller = visit.Who.Caller;
        var act = new StewardAct(caller.User ?? caller.Role, reason);
        return (await desk.DecideAsync(view.Review.Id, visit.Typed("decision") ?? "", act, visit.Cancel)).Try(out _, out problem)
            ? visit.GoTo("/steward/reviews")
            : visit.Show<ReviewPage, ReviewModel>(new(view, reason, problem), 409);
    }

    /// <summary>A steward of a district is shown that district.</summary>
    private async ValueTask<Outcome<ReviewView>> FindAsync(Visit visit) =>
        (await desk.ReadAsync(visit.Part("id"), visit.Cancel)).Then<ReviewView>(view =>
            visit.Who.Caller.Region is { Length: > 0 } own && !view.Review.Region.StartsWith(own, StringComparison.Ordinal)
                ? new Problem("WEB004", ProblemKind.NotFound, "There is no such review in your district.")
                : view);
}
