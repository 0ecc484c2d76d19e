using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>Staff, organisations and places, which a message only mentions.</summary>
internal sealed partial class MessageMap
{
    /// <summary>XCN; or CNN inside NDL, whose parts are subcomponents.</summary>
    private Draft? Person(Hl7Value value, bool subcomponents = false)
    {
        string At(int n) => subcomponents ? value.Component(1).Subcomponent(n).Text() : value.Component(n).Text();

        var id = At(1);
        var family = At(2);
        var given = At(3);
        if (family.Length == 0 && given.Length == 0 && id.Length > 0 && id.AsSpan().IndexOfAnyInRange('0', '9') < 0)
        {
            // A name where the number should be.
            (id, family) = ("", id);
        }

        if (id.Length == 0 && family.Length == 0 && given.Length == 0)
        {
            return null;
        }

        var draft = Record("Practitioner", SourceKey.Staff(id.Length > 0 ? id : "name|" + family + " " + given));
        draft.IsMention = true;
        if (draft.Body.Has("identifier") || draft.Body.Has("name"))
        {
            return draft;
        }

        if (id.Length > 0)
        {
            var system = subcomponents ? Authority(At(9), "", "", "staff") : Authority(value.Component(9), "staff");
            draft.Body.Add("identifier", new FhirObject().Set("system", system).Set("value", id));
        }

        var name = new FhirObject();
        if (IsChinese(family) || IsChinese(given))
        {
            name.Set("text", family + given);
        }

        if (!name.Has("text") || given.Length > 0)
        {
            name.Set("family", family).Add("given", given);
            foreach (var part in At(4).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                name.Add("given", part);
            }

            name.Add("prefix", At(6)).Add("suffix", At(5)).Add("suffix", At(7));
        }

        if (name.HasContent)
        {
            draft.Body.Add("name", name);
        }

        return draft;
    }

    /// <summary>ROL and PRT: who takes part. Right after the visit they are its participants; elsewhere they are mentioned.</summary>
    private void Participate(Segment segment, int person, int role)
    {
        for (var i = 1; i <= segment.Field(person).RepetitionCount; i++)
        {
            if (Person(segment.Field(person).Repetition(i)) is { } taker && visit is { IsMention: false }
                && IsOfVisit(segment))
            {
                visit.Body.Add("participant", new FhirObject()
                    .Add("type", Concept(segment.Field(role).Repetition(1), "participation", null, new Place(segment, role)))
                    .Set("individual", taker.Refer()));
            }
        }
    }

    private bool IsOfVisit(Segment segment)
    {
        var at = segment.Index - 1;
        while (at > 0 && message[at].Name is "ROL" or "PRT" or "ARV")
        {
            at--;
        }

        return message[at].Name is "PV1" or "PV2";
    }

    /// <summary>XON.</summary>
    private Draft? Organization(Hl7Value value)
    {
        var name = value.Component(1).Text();
        var id = value.Component(10).Text() is { Length: > 0 } newer ? newer : value.Component(3).Text();
        return Organization(name, id, id.Length > 0 ? Authority(value.Component(6), "organization") : "");
    }

    private Draft? Organization(string name, string id, string system)
    {
        if (name.Length == 0 && id.Length == 0)
        {
            return null;
        }

        var draft = Record("Organization", SourceKey.Organization(id.Length > 0 ? id : name));
        draft.IsMention = true;
        if (!draft.Body.Has("name") && !draft.Body.Has("identifier"))
        {
            if (id.Length > 0)
            {
                draft.Body.Add("identifier", new FhirObject().Set("system", system).Set("value", id));
            }

            draft.Body.Set("name", name);
        }

        return draft;
    }

    private Draft? Maker(Hl7Value value)
    {
        var code = value.Component(1).Text();
        return Organization(value.Component(2).Text(), code, code.Length > 0 ? SystemOf(value.Component(3).Text(), "vaccine-maker") : "");
    }

    /// <summary>PL: the bed or room, as a part of its ward.</summary>
    private Draft? PlaceOf(Hl7Value value)
    {
        var ward = value.Component(1).Text();
        var room = value.Component(2).Text();
        var bed = value.Component(3).Text();
        var facility = value.Component(4).Text();
        var building = value.Component(7).Text();
        var floor = value.Component(8).Text();
        string[] large = [facility, building, floor, ward];
        string[] small = [room, bed];
        if (!Array.Exists(large, part => part.Length > 0) && !Array.Exists(small, part => part.Length > 0))
        {
            return value.Component(9).Text() is { Length: > 0 } described ? NamedPlace([described], "", null) : null;
        }

        var outer = Array.Exists(large, part => part.Length > 0) ? NamedPlace(large, ward.Length > 0 ? "wa" : "", null) : null;
        return Array.Exists(small, part => part.Length > 0)
            ? NamedPlace([.. large, .. small], bed.Length > 0 ? "bd" : "ro", outer)
            : outer;
    }

    private Draft NamedPlace(string[] path, string kind, Draft? within)
    {
        var draft = Record("Location", SourceKey.Place(string.Join('/', path)));
        draft.IsMention = true;
        if (draft.Body.Has("name"))
        {
            return draft;
        }

        draft.Body.Set("name", string.Join(' ', path.Where(part => part.Length > 0)));
        if (kind.Length > 0)
        {
            draft.Body.Set("physicalType", OneConcept("http://terminology.hl7.org/CodeSystem/location-physical-type", kind));
        }

        if (within is not null)
        {
            draft.Body.Set("partOf", within.Refer());
        }

        return draft;
    }
}
