using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Registry;

/// <summary>Every way in which the registry refuses.</summary>
public static class Problems
{
    public static Problem NoSuchSender(string code) =>
        new("REG001", ProblemKind.NotFound, $"There is no sender {Short(code)} in the registry.");

    public static Problem BadCode(string code) =>
        new("REG002", ProblemKind.Invalid, $"'{Short(code)}' is no sender's code: 1 to 40 of A-Z a-z 0-9 - _ and full stop.");

    public static Problem NoSuchStep(string code, SenderState from, SenderState to) =>
        new("REG003", ProblemKind.Conflict, $"Sender {code} is {from.ToString().ToLowerInvariant()} and cannot become {to.ToString().ToLowerInvariant()} from there.");

    public static Problem NeedsReason() =>
        new("REG004", ProblemKind.Invalid, "A step in a sender's life needs its reason.");

    public static Problem LocalIsFixed() =>
        new("REG005", ProblemKind.Invalid, $"The built-in sender {Sender.LocalCode} stays as it is.");

    public static Problem MayNotSend(string code, SenderState state) =>
        new("REG006", ProblemKind.NotPermitted, $"Sender {code} is {state.ToString().ToLowerInvariant()}: nothing is taken from it now.");

    public static Problem WrongAddress(string code) =>
        new("REG007", ProblemKind.NotPermitted, $"Sender {code} may not send from this address: ask the steward to add it to the allow-list.");

    public static Problem BadNetwork(string text) =>
        new("REG008", ProblemKind.Invalid, $"'{Short(text)}' is no network: write it as 10.1.0.0/16.");

    public static Problem ChangedMeanwhile(string code) =>
        new("REG009", ProblemKind.Conflict, $"Sender {code} was changed by somebody else: read it again.");

    public static Problem BadCreditCode(string code) =>
        new("REG010", ProblemKind.Invalid, $"Institution {Short(code)}: its unified social credit code does not pass the check of GB 32100.");

    public static Problem BadRegistryFile(string file, string why) =>
        new("REG011", ProblemKind.Invalid, $"{file}: {why}");

    public static Problem SameCreditCode(string code, string other) =>
        new("REG012", ProblemKind.Conflict, $"Institutions {Short(code)} and {Short(other)} have the same unified social credit code.");

    public static Problem NoSuchRegion(string code, string region) =>
        new("REG013", ProblemKind.Invalid, $"Institution {Short(code)}: there is no region {Short(region)} in GB/T 2260 or among the city's own.");

    public static Problem BadAlias(string code) =>
        new("REG014", ProblemKind.Invalid, $"An alias of sender {Short(code)} is empty or longer than 400 characters.");

    public static Problem AliasTaken(string alias, string other) =>
        new("REG015", ProblemKind.Conflict, $"'{Short(alias)}' is the name of sender {other} already.");

    public static Problem WrongCertificate(string code) =>
        new("REG016", ProblemKind.NotPermitted, $"Sender {code} shows none of the certificates registered for it.");

    public static Problem NothingProves(string code) =>
        new("REG017", ProblemKind.NotPermitted, $"Sender {code} has neither a network nor a certificate registered, and this connection proves nothing else: ask the steward to enter one.");

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
