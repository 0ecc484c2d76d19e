using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.Places;

namespace Kangqiao.City.People;

/// <summary>
/// Citizens' numbers (GB 11643) that pass the check and are all different. A person's place in a shuffle decides the day of the
/// year, the serial and, beyond 91,250 people, the division, so that no two can get the same number and nothing needs to be
/// remembered.
/// </summary>
internal sealed class IdNumbers(CityAsk ask)
{
    private const int Serials = 250;
    private const int Days = 365;
    // However few the people, they are born all through the year.
    private readonly Shuffle places = new(ask.Seed, "id-numbers", Math.Max(ask.Residents + 64L, Serials * Days));

    /// <summary>The birthday a person has: the number is part of it, so that it comes first.</summary>
    /// <param name="latest">Not after this day: the year before is taken where it would be.</param>
    public DateOnly BirthDate(int person, int year, DateOnly latest)
    {
        var date = new DateOnly(year, 1, 1).AddDays((int)(places[person] / Serials % Days));
        return date <= latest ? date : new DateOnly(year - 1, 1, 1).AddDays((int)(places[person] / Serials % Days));
    }

    /// <param name="birth">As <see cref="BirthDate"/> gave it to the person, or to the elder twin.</param>
    /// <param name="elderTwin">Whose place the younger twin shares, in the other half of the serials.</param>
    public string Of(int person, DateOnly birth, Sex sex, District born, int? elderTwin)
    {
        var place = places[elderTwin ?? person];
        var half = elderTwin is null ? 0 : Serials;
        var serial = ((int)(place % Serials) + half) * 2 + (sex == Sex.Male ? 1 : 0);
        // 1001 is this city; the other prefectures of its province are as unassigned.
        var first17 = $"10{1 + (place / Serials / Days):D2}{born.Code[4..]}{birth:yyyyMMdd}{serial:D3}";
        return first17 + CheckedCodes.IdCheckDigit(first17);
    }
}
