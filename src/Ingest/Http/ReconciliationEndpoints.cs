using System.Globalization;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Ingest.Reconciling;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Ingest.Http;

/// <summary>对账 over HTTP: senders declare, both sides see the differences.</summary>
internal sealed class ReconciliationEndpoints(Door door)
{
    public async Task DeclareAsync(HttpContext http, DoorCaller caller)
    {
        if (!Whose(http, caller).Try(out var sender, out var problem)
            || !(await DoorAnswer.ReadAsync<DeclareAsk>(http)).Try(out var asked, out problem)
            || !Read(sender, asked).Try(out var declared, out problem)
            || (problem = await door.Reconciliation.DeclareAsync(declared, http.RequestAborted)) is not null)
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("declared"u8, declared.Count);
            writer.WriteEndObject();
        });
    }

    public async Task CompareAsync(HttpContext http, DoorCaller caller)
    {
        var query = http.Request.Query;
        var sender = query["institution"].FirstOrDefault();
        if (!caller.SeesAll && !Whose(http, caller).Try(out sender, out var refused))
        {
            await DoorAnswer.RefuseAsync(http, refused);
            return;
        }

        if (Day(query["from"].FirstOrDefault()) is not { } from || Day(query["to"].FirstOrDefault()) is not { } to || to < from
            || to.DayNumber - from.DayNumber >= Reconciliation.MostDays)
        {
            await DoorAnswer.RefuseAsync(http, Problems.BadRequest($"from and to are days as 2026-03-05, at most {Reconciliation.MostDays} of them."));
            return;
        }

        if (!(await door.Reconciliation.CompareAsync(sender, from, to, http.RequestAborted)).Try(out var compared, out var problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        var state = query["state"].FirstOrDefault();
        await DoorAnswer.WriteAsync(http, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("comparisons"u8);
            foreach (var one in compared.Where(c => state is null || Name(c.State) == state))
            {
                Write(writer, one);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Says why there is a difference (<c>explained</c>), or, for the steward, lets it rest (<c>settled</c>) or opens it again.</summary>
    public async Task SayAsync(HttpContext http, DoorCaller caller)
    {
        if (!Whose(http, caller).Try(out var sender, out var problem) || !(await DoorAnswer.ReadAsync<SayAsk>(http)).Try(out var asked, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        if (Day(asked.Day) is not { } day || asked.Domain is null || !CollectionDomains.Names.Contains(asked.Domain) || string.IsNullOrWhiteSpace(asked.Why) || asked.Why.Length > 1_000)
        {
            await DoorAnswer.RefuseAsync(http, Problems.BadRequest("day, domain and why (up to 1,000 characters) are needed."));
            return;
        }

        if (asked.State != DifferenceState.Explained && !caller.SeesAll)
        {
            await DoorAnswer.RefuseAsync(http, Problems.BadRequest("The sender explains a difference; only the steward settles it or opens it again."));
            return;
        }

        var who = caller.Institution is null ? caller.Role : $"{caller.Role} {caller.Institution}";
        if (!(await door.Reconciliation.SayAsync(sender, day, asked.Domain, asked.What, asked.State, asked.Why.Trim(), who, http.RequestAborted)).Try(out _, out problem))
        {
            await DoorAnswer.RefuseAsync(http, problem);
            return;
        }

        http.Response.StatusCode = 204;
    }

    private static Outcome<IReadOnlyList<Declaration>> Read(string sender, DeclareAsk asked)
    {
        if (asked.Declarations is not { Count: > 0 and <= Reconciliation.MostDeclared } given)
        {
            return Problems.BadRequest($"declarations holds 1 to {Reconciliation.MostDeclared} of them.");
        }

        var declared = new List<Declaration>();
        foreach (var one in given)
        {
            if (Day(one.Day) is not { } day)
            {
                return Problems.BadRequest("day is written as 2026-03-05.");
            }

            if (one.Domain is null || !CollectionDomains.Names.Contains(one.Domain))
            {
                return Problems.BadRequest($"domain is one of {string.Join("、", CollectionDomains.Names)}.");
            }

            if (one.What is { } what && (R4.Facts.Type(what) is not { IsResource: true } || CollectionDomains.Default.DomainOf(what) != one.Domain))
            {
                return Problems.BadRequest($"what is a resource type that is counted in {one.Domain}.");
            }

            if (one is { Count: null, Amount: null, Ids: null } || one.Count < 0 || one.Ids is { Count: > Reconciliation.MostIds } || one.Ids?.Any(i => i is null or { Length: 0 or > 200 }) == true)
            {
                return Problems.BadRequest($"A declaration has a count from 0, an amount, or up to {Reconciliation.MostIds} ids.");
            }

            declared.Add(new Declaration(sender, day, one.Domain, one.What) { Count = one.Count ?? one.Ids?.Count, Amount = one.Amount, Ids = one.Ids });
        }

        return declared;
    }

    private static Outcome<string> Whose(HttpContext http, DoorCaller caller)
    {
        var named = http.Request.Query["institution"].FirstOrDefault();
        return caller.SeesAll ? (named is null ? Problems.BadRequest("institution=CODE says whose it is.") : named)
            : caller.Role != "institution" ? Problems.NotForRole(caller.Role)
            : caller.Institution is null ? Problems.NoInstitution()
            : named is not null && named != caller.Institution ? Problems.NotYours()
            : caller.Institution;
    }

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Name(DifferenceState state) => state switch
    {
        DifferenceState.Open => "open",
        DifferenceState.Explained => "explained",
        _ => "settled",
    };

    private static void Write(Utf8JsonWriter writer, Comparison one)
    {
        writer.WriteStartObject();
        writer.WriteString("institution"u8, one.Sender);
        writer.WriteString("day"u8, one.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        writer.WriteString("domain"u8, one.Domain);
        if (one.What is { } what)
        {
            writer.WriteString("what"u8, what);
        }

        Write(writer, "declared", one.Declared?.Count, one.Declared?.Amount);
        Write(writer, "taken", one.Taken, one.TakenAmount);
        if (one.MissingCount > 0)
        {
            writer.WriteNumber("missingCount"u8, one.MissingCount);
            writer.WriteStartArray("missing"u8);
            foreach (var id in one.Missing)
            {
                writer.WriteStringValue(id);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("state"u8, Name(one.State));
        if (one.Declared?.Why is { } why)
        {
            writer.WriteString("why"u8, why);
            writer.WriteString("who"u8, one.Declared.Who);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, long? count, decimal? amount)
    {
        if (count is null && amount is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        if (count is { } number)
        {
            writer.WriteNumber("count"u8, number);
        }

        if (amount is { } sum)
        {
            writer.WriteNumber("amount"u8, sum);
        }

        writer.WriteEndObject();
    }

    private sealed record DeclareAsk(IReadOnlyList<DeclaredDay>? Declarations);

    private sealed record DeclaredDay(string? Day, string? Domain, string? What, long? Count, decimal? Amount, IReadOnlyList<string>? Ids);

    private sealed record SayAsk(string? Day, string? Domain, string? What, DifferenceState State, string? Why);
}
