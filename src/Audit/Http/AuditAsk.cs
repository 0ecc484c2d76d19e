using System.Globalization;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Reading;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Audit.Http;

/// <summary>Search parameters of R4 AuditEvent, as far as the trail is found by them, as a query.</summary>
internal static class AuditAsk
{
    public const string Page = "_page";
    private const int Most = 1000;
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static Outcome<AuditQuery> Of(IQueryCollection parameters)
    {
        var query = new AuditQuery();
        var actions = EventCodes.ActionsOf(_ => true);
        foreach (var (name, values) in parameters)
        {
            foreach (var value in values)
            {
                var parsed = Add(query, name, value ?? "", ref actions);
                if (!parsed.Try(out query, out var problem))
                {
                    return problem;
                }
            }
        }

        return actions.Count == EventCodes.ActionsOf(_ => true).Count ? query : query with { Actions = actions };
    }

    private static Outcome<AuditQuery> Add(AuditQuery query, string name, string value, ref IReadOnlyList<AuditAction> actions)
    {
        switch (name)
        {
            case "patient":
                return query with { Patients = [.. value.Split(',').Select(v => v.StartsWith("Patient/", StringComparison.Ordinal) ? v["Patient/".Length..] : v)] };
            case "agent" or "agent-name":
                return query with { Actor = value };
            case "institution":
                return query with { Institution = value };
            case "entity":
                return query with { Record = value };
            case "outcome":
                return byte.TryParse(value, CultureInfo.InvariantCulture, out var outcome) && Enum.IsDefined((AuditOutcome)outcome)
                    ? query with { Outcome = (AuditOutcome)outcome }
                    : Problems.BadParameter(name, "0, 4 or 8");
            case "action":
                actions = [.. actions.Where(a => value.Split(',').Contains(EventCodes.LetterOf(a).ToString()))];
                return actions.Count > 0 ? query : Problems.BadParameter(name, "of C, R, U, D, E");
            case "type" or "subtype":
                var codes = value.Split(',').Select(v => v[(v.IndexOf('|', StringComparison.Ordinal) + 1)..]).ToHashSet(StringComparer.Ordinal);
                actions = [.. actions.Where(a => codes.Contains((name == "type" ? EventCodes.TypeOf(a) : EventCodes.SubtypeOf(a)).Code))];
                return actions.Count > 0 ? query : Problems.BadParameter(name, "a code of what is done together with the others");
            case "date":
                return Date(query, value);
            case "_count":
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= Most
                    ? query with { Limit = count }
                    : Problems.BadParameter(name, $"a whole number from 1 to {Most}");
            case Page:
                return AuditPlace.TryParse(value, out var place) ? query with { After = place } : Problems.BadParameter(name, "one that was given");
            default:
                return Problems.UnknownParameter(name);
        }
    }

    // R4 search.html#date: what is said to the day, month or year is all of it, here by the clock of Shanghai.
    private static Outcome<AuditQuery> Date(AuditQuery query, string value)
    {
        var prefix = value.Length > 2 && char.IsAsciiLetter(value[0]) ? value[..2] : "eq";
        if (!Span(value.Length > 2 && char.IsAsciiLetter(value[0]) ? value[2..] : value, out var low, out var high))
        {
            return Problems.BadParameter("date", "a date or instant");
        }

        return prefix switch
        {
            "eq" => query with { From = low, Until = high },
            "ge" => query with { From = low },
            "gt" or "sa" => query with { From = high },
            "le" => query with { Until = high },
            "lt" or "eb" => query with { Until = low },
            _ => Problems.BadParameter("date", "one with eq, ge, gt, le or lt"),
        };
    }

    private static bool Span(string text, out DateTimeOffset low, out DateTimeOffset high)
    {
        foreach (var (format, step) in ((string, Func<DateTimeOffset, DateTimeOffset>)[])[("yyyy", d => d.AddYears(1)), ("yyyy-MM", d => d.AddMonths(1)), ("yyyy-MM-dd", d => d.AddDays(1))])
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                low = new DateTimeOffset(day, Shanghai);
                high = step(low);
                return true;
            }
        }

        var hasZone = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "yyyy-MM-ddT".Length;
        var isInstant = DateTimeOffset.TryParse(hasZone ? text : text + "+08:00", CultureInfo.InvariantCulture, DateTimeStyles.None, out low) && text.Contains('T', StringComparison.Ordinal);
        high = isInstant ? low.AddSeconds(text.Contains('.', StringComparison.Ordinal) ? 0.001 : 1) : low;
        return isInstant;
    }
}
