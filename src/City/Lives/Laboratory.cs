using Kangqiao.City.Content;
using Kangqiao.City.People;

namespace Kangqiao.City.Lives;

/// <summary>What a laboratory finds: the healthy mean, moved by what the person has, with the spread of people and machines.</summary>
internal static class Laboratory
{
    public static void Report(LifeOfOne life, Visit visit, Panel panel, Disease? disease)
    {
        if (visit.Labs.Exists(l => l.Panel == panel))
        {
            return;
        }

        var taken = visit.At.AddMinutes(life.Chance.Between(15, 90));
        var results = new List<Result>(panel.Items.Count);
        foreach (var item in panel.Items)
        {
            results.Add(Find(life, item, disease));
        }

        visit.Labs.Add(new(visit.Patient.NextDocument('L'), panel, taken, taken.AddMinutes(life.Chance.Between(40, 300)), results));
        Clinic.Charge(life, visit, panel.Id, panel.Name, "化验费", 1, panel.Price);
    }

    private static Result Find(LifeOfOne life, Analyte item, Disease? disease)
    {
        var shift = disease?.Shifts.GetValueOrDefault(item.Id) ?? 0;
        foreach (var chronic in life.Chronic)
        {
            var other = chronic.Shifts.GetValueOrDefault(item.Id);
            shift = Math.Abs(other) > Math.Abs(shift) ? other : shift;
        }

        if (life.ControlsGlucose && item.Id is "GLU" or "HBA1C" && shift > 0)
        {
            shift *= 0.4;
        }

        return item.Scale switch
        {
            Scale.Negative => Text(life.Chance.Percent(shift > 0 ? shift : item.Mean) ? "阳性" : "阴性", "阴性"),
            Scale.Abo => Text(life.Person.BloodGroup, null),
            Scale.RhD => Text(life.Person.RhNegative ? "阴性" : "阳性", null),
            _ => Measured(life, item, shift),
        };

        Result Text(string text, string? normal) => new(item, null, text, normal is null || text == normal ? "" : "A", default);
    }

    private static Result Measured(LifeOfOne life, Analyte item, double shift)
    {
        var range = life.Person.Sex == Sex.Male ? item.Men : item.Women;
        // The table's mean is of men and women together: it moves with the middle of the range.
        var (mine, all) = ((range.Low + range.High) / 2, (item.Men.Low + item.Men.High + item.Women.Low + item.Women.High) / 4);
        var mean = all > 0 ? item.Mean * mine / all : item.Mean;
        var effect = shift == 0 ? 0 : shift * Math.Max(0.3, life.Chance.Normal(1, 0.35));
        var floor = Math.Pow(10, -item.Decimals);
        var value = Math.Max(floor, mean + (item.Spread * (effect + Math.Clamp(life.Chance.Normal(0, 0.9), -2.4, 2.4))));
        if (item.Unit == "%" && value > 98)
        {
            value = 98 - life.Chance.Next();
        }

        var rounded = decimal.Round((decimal)value, item.Decimals);
        var flag = (double)rounded < range.Low ? "L" : (double)rounded > range.High ? "H" : "N";
        return new(item, rounded, null, flag, range);
    }
}
