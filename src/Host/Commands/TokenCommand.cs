using System.CommandLine;
using Kangqiao.Audit.Entries;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Host.Commands;

/// <summary><c>token</c>: a bearer token on standard output and nothing else, for whoever may read the data folder.</summary>
internal static class TokenCommand
{
    private const int MostMinutes = 366 * 24 * 60;

    public static Command Create()
    {
        var role = new Option<string>("--role") { Description = "Whom the token stands for", Required = true };
        role.AcceptOnlyFromAmong([.. Roles.All]);
        var institution = new Option<string?>("--institution") { Description = "Code of the institution", HelpName = "CODE" };
        var practitioner = new Option<string?>("--practitioner") { Description = "Id of the practitioner", HelpName = "ID" };
        var resident = new Option<string?>("--resident") { Description = "Id of the resident's Person", HelpName = "PERSON-ID" };
        var region = new Option<string?>("--region") { Description = "Code of the region", HelpName = "CODE" };
        var purpose = new Option<string?>("--purpose") { Description = "Why records are looked at", HelpName = "CODE" };
        var scope = new Option<string?>("--scope") { Description = "SMART scopes that narrow the role, such as \"user/Observation.rs?category=laboratory\"", HelpName = "SCOPES" };
        var patient = new Option<string?>("--patient") { Description = "Id of the Patient in whose context an app was started, for patient/ scopes", HelpName = "ID" };
        var minutes = new Option<int>("--minutes") { Description = "How long it is good for", DefaultValueFactory = _ => 60 };
        minutes.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > MostMinutes)
            {
                given.AddError($"--minutes is 1 to {MostMinutes}.");
            }
        });
        var data = DataFolder.Option();
        var command = new Command("token", "Print a bearer token.") { role, institution, practitioner, resident, region, purpose, scope, patient, minutes, data };
        command.SetAction((parsed, _) => RunAsync(
            new Caller(parsed.GetRequiredValue(role))
            {
                Institution = parsed.GetValue(institution),
                Practitioner = parsed.GetValue(practitioner),
                Resident = parsed.GetValue(resident),
                Region = parsed.GetValue(region),
                Purpose = parsed.GetValue(purpose),
                Scopes = parsed.GetValue(scope),
                Patient = parsed.GetValue(patient),
            },
            TimeSpan.FromMinutes(parsed.GetValue(minutes)),
            parsed.GetRequiredValue(data)));
        return command;
    }

    private static async Task<int> RunAsync(Caller caller, TimeSpan life, string data)
    {
        if (!TokenKey.In(data).Try(out var key, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        var whom = string.Join(' ', new[] { caller.Role, caller.Institution, caller.Practitioner, caller.Resident, caller.Region, caller.Purpose }.OfType<string>());
        if (await AuditedWork.NoteAsync(data, AuditAction.Token, $"{whom} {life.TotalMinutes:0}") is { } unwritten)
        {
            await Console.Error.WriteLineAsync(unwritten.Message);
            return ExitCode.Failure;
        }


        await Console.Out.WriteLineAsync(new BearerTokens(key, TimeProvider.System).Issue(caller, life));
        return ExitCode.Yes;
    }
}
