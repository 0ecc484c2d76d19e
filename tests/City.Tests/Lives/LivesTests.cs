using Kangqiao.City.Content;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Tests.Lives;

public sealed class LivesTests
{
    [Fact]
    public void Nobody_is_treated_before_birth_or_after_death()
    {
        foreach (var happening in Cities.Lived.Families.SelectMany(f => f.Happenings).Where(h => h is not Visit { Diagnoses: [{ Code: "O80.000" or "O82.900" }, ..] }))
        {
            var day = DateOnly.FromDateTime(happening.At);
            happening.Patient.Person.LivesOn(day).ShouldBeTrue($"{happening}");
        }
    }

    [Fact]
    public void A_visit_ends_after_it_began_and_is_told_after_it_ended()
    {
        Cities.Visits.ShouldAllBe(v => v.End > v.At && v.SaidAt >= v.End && DateOnly.FromDateTime(v.SaidAt) <= Cities.AsOf);
    }

    [Fact]
    public void Flu_is_a_disease_of_winter()
    {
        var flu = Cities.Visits.Where(v => v.Diagnoses.Exists(d => d.Code == "J11.100x001") && !InOutbreak(v)).ToList();

        flu.Count(v => v.At.Month is 12 or 1 or 2).ShouldBeGreaterThan(3 * flu.Count(v => v.At.Month is 6 or 7 or 8));
    }

    [Fact]
    public void Hypertension_is_a_disease_of_age()
    {
        var visits = Cities.Visits.Where(v => v.Diagnoses.Exists(d => d.Code == LongIllness.Hypertension)).Select(v => v.Patient.Person).Distinct().ToList();
        double Share(int from, int to) => visits.Count(p => p.AgeOn(Cities.AsOf) is var age && age >= from && age < to) / (double)Cities.People.Count(p => p.AgeOn(Cities.AsOf) is var age && age >= from && age < to);

        Share(65, 120).ShouldBeInRange(0.3, 0.6);
        Share(0, 18).ShouldBe(0);
    }

    [Fact]
    public void What_belongs_to_one_sex_befalls_no_other()
    {
        Cities.Visits.Where(v => v.Diagnoses.Exists(d => d.Code is "N40.x00")).ShouldAllBe(v => v.Patient.Person.Sex == Sex.Male);
        Cities.Visits.Where(v => v.Diagnoses.Exists(d => d.Code[0] == 'O')).ShouldAllBe(v => v.Patient.Person.Sex == Sex.Female);
    }

    [Fact]
    public void Most_results_of_the_healthy_lie_in_the_reference_range()
    {
        var results = Cities.Visits.Where(v => v.Kind == VisitKind.CheckUp).SelectMany(v => v.Labs).SelectMany(l => l.Results).Where(r => r.Value is not null).ToList();

        results.Count.ShouldBeGreaterThan(2000);
        (results.Count(r => r.Flag == "N") / (double)results.Count).ShouldBeInRange(0.8, 0.98);
    }

    [Fact]
    public void Doses_are_given_in_order_and_live_vaccines_not_too_soon()
    {
        foreach (var given in Cities.Lived.Families.SelectMany(f => f.Happenings).OfType<Vaccination>().GroupBy(v => (v.Patient.Person, v.Dose.Vaccine)))
        {
            var inOrder = given.OrderBy(v => v.At).ToList();
            inOrder.Select(v => v.Dose.Number).ShouldBe(inOrder.Select(v => v.Dose.Number).Order());
            inOrder.Zip(inOrder.Skip(1), (a, b) => (b.At.Date - a.At.Date).Days).ShouldAllBe(days => days >= 28);
        }
    }

    [Fact]
    public void A_bill_is_the_sum_of_its_lines_and_is_paid_to_the_last_fen()
    {
        Cities.Visits.Where(v => v.Settlement is not null).ShouldAllBe(v =>
            v.Settlement!.Total == v.Charges.Sum(c => c.Amount) && v.Settlement.Fund + v.Settlement.Account + v.Settlement.Cash == v.Settlement.Total && v.Settlement.Cash >= 0);
    }

    [Fact]
    public void A_newborn_is_first_known_as_its_mothers_child()
    {
        var nursery = Cities.Visits.Where(v => v.Diagnoses.Exists(d => d.Code.StartsWith("Z38", StringComparison.Ordinal))).ToList();

        nursery.ShouldNotBeEmpty();
        nursery.ShouldAllBe(v => v.Patient.Guardian != null && v.Patient.Name.StartsWith(v.Patient.Person.Mother!.Name + "之", StringComparison.Ordinal));
    }

    [Fact]
    public void A_registration_desk_gets_some_people_wrong()
    {
        var patients = Cities.Visits.Select(v => v.Patient).Distinct().ToList();

        patients.ShouldContain(p => p.Name != p.Person.Name && p.Guardian == null);
        patients.ShouldContain(p => p.IdCard == null && p.Person.IdCard != null);
        patients.ShouldContain(p => p.IdCard != null && p.IdCard.Length == 15);
        patients.ShouldContain(p => p.Phone != null && p.Person.Phone != null && p.Phone != p.Person.Phone);
    }

    private static bool InOutbreak(Visit visit) => Cities.Lived.City.Plants.All.Exists(p =>
        p.Kind == "outbreak" && p.Key == visit.Diagnoses[0].Code && p.Covers(DateOnly.FromDateTime(visit.At)));
}
