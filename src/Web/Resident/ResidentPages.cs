using System.Globalization;
using Kangqiao.Audit.Trail;
using Kangqiao.Kernel;
using Kangqiao.Web.Gate;
using Kangqiao.Web.Records;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Web.Resident;

/// <param name="From">Events before it were shown already.</param>
public sealed record TimelineModel(Person Person, IReadOnlyList<VisitCard> Cards, int From, bool IsPartial)
{
    public const int PageCards = 12;

    public IEnumerable<VisitCard> Shown => Cards.Skip(From).Take(PageCards);

    public int? Next => Cards.Count > From + PageCards ? From + PageCards : null;
}

public sealed record ResultsModel(Person Person, IReadOnlyList<ResultSeries> Series);

public sealed record MedicinesModel(Person Person, IReadOnlyList<Medicine> Medicines);

/// <summary>All that stands on the page "more", and on the printed summary.</summary>
public sealed record SummaryModel(
    Person Person, IReadOnlyList<Allergy> Allergies, IReadOnlyList<Ailment> Ailments, IReadOnlyList<Medicine> Medicines, IReadOnlyList<ResultSeries> Results, IReadOnlyList<VisitCard> Events, bool IsPartial)
{
    public IEnumerable<VisitCard> Vaccinations => Events.Where(e => e.Kind == EventKind.Vaccination);

    public IEnumerable<VisitCard> Documents => Events.Where(e => e.Kind == EventKind.Document);

    internal static readonly RecordKind[] Kinds =
    [
        RecordKind.Allergies, RecordKind.Conditions, RecordKind.Medicines, RecordKind.Results, RecordKind.Encounters, RecordKind.Reports, RecordKind.Procedures,
        RecordKind.Vaccinations, RecordKind.Documents,
    ];

    internal static SummaryModel Of(PersonRecords person) => new(
        Person.Of(person.Patient), Allergy.Of(person), Ailment.Of(person), Medicine.Of(person), ResultSeries.Of(person), VisitCard.Of(person), person.IsPartial);
}

/// <summary>What a resident sees of their own record, from all institutions together, on a telephone first.</summary>
internal sealed class ResidentPages(PersonReading reading, AuditTrail trail)
{
    public static readonly PageRule Rule = PageRule.For("resident", "guardian");

    private static readonly RecordKind[] TimelineKinds =
    [
        RecordKind.Encounters, RecordKind.Conditions, RecordKind.Medicines, RecordKind.Reports, RecordKind.Procedures, RecordKind.Vaccinations, RecordKind.Documents,
    ];

    public void Map(PageRoutes pages)
    {
        pages.Get("/me", Rule, TimelineAsync);
        pages.Get("/me/results", Rule, visit => ShowAsync<ResultsPage, ResultsModel>(visit, [RecordKind.Results], p => new(Person.Of(p.Patient), ResultSeries.Of(p))));
        pages.Get("/me/results/{test}", Rule, SeriesAsync);
        pages.Get("/me/medicines", Rule, visit => ShowAsync<MedicinesPage, MedicinesModel>(visit, [RecordKind.Medicines], p => new(Person.Of(p.Patient), Medicine.Of(p))));
        pages.Get("/me/more", Rule, visit => ShowAsync<MorePage, SummaryModel>(visit, SummaryModel.Kinds, SummaryModel.Of));
        pages.Get("/me/looked", Rule, LookedAsync);
        pages.Get("/me/summary", Rule, visit => ShowAsync<SummaryPage, SummaryModel>(visit, SummaryModel.Kinds, SummaryModel.Of));
    }

    private ValueTask<Outcome<PersonRecords>> OwnAsync(Visit visit, IReadOnlyList<RecordKind> kinds) =>
        visit.Who.Caller.Resident is { Length: > 0 } id
            ? reading.PersonAsync(visit.Who.Caller, id, kinds, visit.Cancel)
            : new(new Problem("WEB002", ProblemKind.NotPermitted, "The session names no resident."));

    private async ValueTask<IResult> ShowAsync<TView, TModel>(Visit visit, IReadOnlyList<RecordKind> kinds, Func<PersonRecords, TModel> model)
        where TView : Look.View<TModel> =>
        (await OwnAsync(visit, kinds)).Try(out var person, out var problem) ? visit.Show<TView, TModel>(model(person)) : visit.Refuse(problem);

    private async ValueTask<IResult> TimelineAsync(Visit visit)
    {
        if (!(await OwnAsync(visit, TimelineKinds)).Try(out var person, out var problem))
        {
            return visit.Refuse(problem);
        }

        var from = int.TryParse(visit.Asked("from"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 0;
        var model = new TimelineModel(Person.Of(person.Patient), VisitCard.Of(person), from, person.IsPartial);
        return visit.IsPart ? visit.Show<TimelineCards, TimelineModel>(model) : visit.Show<TimelinePage, TimelineModel>(model);
    }

    private async ValueTask<IResult> LookedAsync(Visit visit)
    {
        var caller = visit.Who.Caller;
        if (!(await OwnAsync(visit, [])).Try(out var person, out var problem))
        {
            return visit.Refuse(problem);
        }

        // The composed Patient names the Patients of all institutions it stands for.
        string[] patients = [person.Id, .. person.Patient.Items("link").Select(l => l.Child("other").Reference()).OfType<string>()];
        var model = LookedModel.Of(trail, patients, caller.Resident!, visit.Asked("after"), reading.NameOf);
        return visit.Show<LookedPage, LookedModel>(model);
    }

    private async ValueTask<IResult> SeriesAsync(Visit visit)
    {
        if (!(await OwnAsync(visit, [RecordKind.Results])).Try(out var person, out var problem))
        {
            return visit.Refuse(problem);
        }

        // Which test somebody looks at says something about them: it stands in the address as a handle.
        var key = visit.FromHandle(visit.Part("test"));
        return ResultSeries.Of(person).FirstOrDefault(s => s.Key == key) is { } series ? visit.Show<SeriesPage, ResultSeries>(series) : visit.NotFound();
    }
}
