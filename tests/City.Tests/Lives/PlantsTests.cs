using Kangqiao.City.Lives;
using Kangqiao.City.Planting;

namespace Kangqiao.City.Tests.Lives;

public sealed class PlantsTests
{
    [Fact]
    public void An_outbreak_stands_out_of_the_weeks_around_it()
    {
        var outbreaks = Planted("outbreak").Where(p => Counted(p) >= 8).ToList();

        outbreaks.ShouldNotBeEmpty();
        foreach (var outbreak in outbreaks)
        {
            var days = outbreak.To.DayNumber - outbreak.From.DayNumber + 1;
            var during = Cases(outbreak, outbreak.From, outbreak.To);
            var before = Cases(outbreak, outbreak.From.AddDays(-4 * days), outbreak.From.AddDays(-1)) / 4.0;
            during.ShouldBeGreaterThan((int)(3 * before) + 3);
        }
    }

    [Fact]
    public void A_price_outlier_is_dearer_than_the_list_while_it_lasts_and_nowhere_else()
    {
        var outliers = Planted("price-outlier").ToList();
        var charges = Cities.Visits.SelectMany(v => v.Charges.Select(c => (Visit: v, Charge: c))).ToList();
        foreach (var (id, price) in Cities.Lived.City.Content.Examinations.Values.Select(e => (e.Id, e.Price)))
        {
            foreach (var (visit, charge) in charges.Where(c => c.Charge.Code == id))
            {
                var planted = outliers.Exists(p => p.Institution == visit.Institution && p.Key == id && p.Covers(DateOnly.FromDateTime(visit.At)));
                (charge.UnitPrice > price).ShouldBe(planted);
            }
        }
    }

    [Fact]
    public void A_silent_institution_says_nothing_of_its_silent_weeks()
    {
        foreach (var plant in Planted("silent-institution"))
        {
            Cities.Visits.ShouldAllBe(v => v.Institution != plant.Institution || !plant.Covers(DateOnly.FromDateTime(v.At)));
        }

        Planted("silent-institution").ShouldNotBeEmpty();
    }

    [Fact]
    public void A_late_institution_sends_weeks_after_the_day()
    {
        foreach (var plant in Planted("late-institution"))
        {
            Cities.Visits.Where(v => v.Institution == plant.Institution && plant.Covers(DateOnly.FromDateTime(v.At))).ShouldAllBe(v => (v.SaidAt - v.End).TotalDays >= 20);
        }
    }

    [Fact]
    public void Infectious_diseases_are_reported_within_a_day_but_where_lateness_was_planted()
    {
        foreach (var visit in Cities.Visits.Where(v => v.Report is not null))
        {
            var planted = Cities.Lived.City.Plants.At(visit.Institution, "late-infectious-report", DateOnly.FromDateTime(visit.At)) is not null;
            ((visit.Report!.SentAt - visit.At).TotalHours > 24).ShouldBe(planted);
        }
    }

    [Fact]
    public async Task Every_duplicate_test_in_truth_is_the_same_item_at_another_institution_within_days()
    {
        var twice = (await Cities.Of(1200, 3)).Truth("plants").Where(p => p[0] == "duplicate-test").ToList();

        twice.Count.ShouldBeGreaterThan(5);
        twice.ShouldAllBe(p => DateOnly.Parse(p[4]).DayNumber - DateOnly.Parse(p[3]).DayNumber < 7 && p[5].StartsWith('P') && p[5].Contains(':'));
    }

    [Fact]
    public async Task Truth_lists_gaps_breaches_and_shortages_with_how_many_records_show_them()
    {
        var plants = (await Cities.Of(1200, 3)).Truth("plants");

        foreach (var kind in new[] { "waste-gap", "pool-breach", "drinking-water-breach", "drug-shortage" })
        {
            plants.ShouldContain(p => p[0] == kind && int.Parse(p[6]) > 0, kind);
        }
    }

    private static IEnumerable<Plant> Planted(string kind) => Cities.Lived.City.Plants.All.Where(p => p.Kind == kind);

    private static int Counted(Plant plant) => Cities.Lived.Families.Sum(f => f.Tally.Counts[plant.Number]);

    private static int Cases(Plant plant, DateOnly from, DateOnly to) => Cities.Visits.Count(v =>
        v.Diagnoses.Exists(d => d.Code == plant.Key) && v.Patient.Person.HomeOn(from).Township.Code == plant.Region
        && DateOnly.FromDateTime(v.At) >= from && DateOnly.FromDateTime(v.At) <= to);
}
