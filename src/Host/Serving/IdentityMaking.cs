using System.Text;
using System.Text.Json;
using Kangqiao.Identity;
using Kangqiao.Identity.OAuth;
using Kangqiao.Identity.Residents;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex;
using Kangqiao.PatientIndex.Matching;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Host.Serving;

/// <summary>Joins signing in with the tokens that requests are checked by, and with those who know the city's people.</summary>
internal sealed class IdentityMaking(BearerTokens tokens) : IBearerTokens
{
    /// <summary>Opens the room of a server; tokens of its sign-ins are asked for at every use.</summary>
    public static Outcome<IdentityRoom> Open(IdentityOptions options, DoorMaking door, AuditMaking audit, PersonIndex persons, BearerTokens tokens, TimeProvider time, ILogger log)
    {
        var opened = IdentityRoom.Open(
            options, door.Ledger, door.Door.Senders, audit.Ring, audit.Trail, new NoMessages(options.IsDemonstration, log), new IndexedNames(persons), time);
        if (opened.Try(out var room, out _))
        {
            tokens.IsLive = session => room.IsLiveAsync(session);
        }

        return opened;
    }

    /// <summary>What the FHIR side tells applications.</summary>
    public static byte[] SmartConfiguration(string fhirBase) => JsonSerializer.SerializeToUtf8Bytes(Discovery.Of(fhirBase[..^"/fhir".Length]));

    public string Issue(Grant grant, TimeSpan life) => tokens.Issue(
        new Caller(grant.Role)
        {
            User = grant.User, Client = grant.Client, Institution = grant.Institution, Practitioner = grant.Practitioner, Resident = grant.Resident, Region = grant.Region,
            Purpose = grant.Purpose, Scopes = grant.Scopes, Patient = grant.Patient, Session = grant.Session,
        },
        life);

    public async ValueTask<Grant?> ReadAsync(string token) => await tokens.ReadAsync(token) is not { } caller ? null : new Grant(caller.Role)
    {
        User = caller.User, Client = caller.Client, Institution = caller.Institution, Practitioner = caller.Practitioner, Resident = caller.Resident, Region = caller.Region,
        Purpose = caller.Purpose, Scopes = caller.Scopes, Patient = caller.Patient, Session = caller.Session,
    };

    /// <summary>Until the city's message service is connected: a demonstration tells its operator, and nobody else is sent anything.</summary>
    private sealed class NoMessages(bool isDemonstration, ILogger log) : IPhoneMessages
    {
        public ValueTask<Problem?> SendCodeAsync(string phone, string code, CancellationToken cancel)
        {
            if (!isDemonstration)
            {
                return ValueTask.FromResult<Problem?>(new("HST041", ProblemKind.Unavailable, "No message service is connected: residents cannot sign in by phone yet."));
            }

            SignInLog.Demonstration(log, code);
            return ValueTask.FromResult<Problem?>(null);
        }
    }

    /// <summary>Name and ID number as the index of persons has them; a city's own identity service takes its place.</summary>
    private sealed class IndexedNames(PersonIndex persons) : IRealNames
    {
        public ValueTask<Outcome<string?>> PersonOfAsync(string name, string idNumber, CancellationToken cancel)
        {
            var patient = JsonSerializer.Serialize(new
            {
                resourceType = "Patient",
                identifier = new[] { new { system = "urn:oid:2.16.156.10011.1.3", value = idNumber.Trim().ToUpperInvariant() } },
                name = new[] { new { text = name.Trim() } },
            });
            var sure = persons.Match(Encoding.UTF8.GetBytes(patient)).Where(m => m.Grade == MatchGrade.Certain).ToList();
            return ValueTask.FromResult<Outcome<string?>>(sure is [var one] ? one.Resident : (string?)null);
        }
    }
}

internal static partial class SignInLog
{
    [LoggerMessage(21, LogLevel.Warning, "Demonstration: the sign-in code just asked for is {Code}")]
    public static partial void Demonstration(ILogger log, string code);
}
