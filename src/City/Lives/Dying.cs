using Kangqiao.City.Content;

namespace Kangqiao.City.Lives;

/// <summary>The end of a life: in hospital for somewhat more than half, then the certificate.</summary>
internal static class Dying
{
    public static void Live(LifeOfOne life)
    {
        if (life.Person is not { Death: { } day, Cause: { } cause })
        {
            return;
        }

        var home = life.Person.HomeOn(day);
        var disease = life.City.Content.DiseasesByCode.GetValueOrDefault(cause.Code);
        var hospital = disease is null
            ? life.City.HospitalFor(home, "20", life.Chance)
            : life.City.HospitalFor(home, Illness.Department(life, disease), life.Chance);
        var admitted = day.AddDays(-life.Chance.Between(1, 9));
        var inHospital = hospital is not null && disease is not null && admitted >= life.From && life.Chance.Percent(56);
        if (inHospital)
        {
            Illness.Admit(life, disease!, hospital!, admitted, dies: true);
        }

        var certifier = inHospital ? hospital! : life.City.PrimaryOf(home);
        var patient = life.Book.At(certifier, life.Person, day);
        patient.IsDead = true;
        life.Keep(new DeathNotice(patient, day.ToDateTime(new TimeOnly(23, 50)), patient.NextDocument('D'), new(cause.Code, cause.Name)));
    }
}
