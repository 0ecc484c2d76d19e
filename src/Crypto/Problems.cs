using Kangqiao.Kernel;

namespace Kangqiao.Crypto;

/// <summary>Every way in which this room refuses.</summary>
internal static class Problems
{
    public static Problem BadKeyFile(string file, string why) =>
        new("CRY001", ProblemKind.Unavailable, $"The key file {file} cannot be used: {why}.");

    public static Problem OpenKeyFile(string file) =>
        new("CRY002", ProblemKind.Unavailable, $"Others than its owner may read or write the key file {file}: chmod 600, and rotate the key if somebody did.");

    public static Problem MissingKey(string purpose, string id) =>
        new("CRY003", ProblemKind.Unavailable, $"The key {purpose} {id} is not in the key ring: bring its file back from a backup; without it what it sealed cannot be read.");

    public static Problem NotSealed() =>
        new("CRY004", ProblemKind.Invalid, "These are not sealed bytes, or not of a form this release knows.");

    public static Problem Altered() =>
        new("CRY005", ProblemKind.Invalid, "The sealed bytes were altered, or were sealed for another place.");

    public static Problem UnknownSigner(string key) =>
        new("CRY006", ProblemKind.Invalid, $"Nobody here knows the public key {key} that the signature names.");

    public static Problem OtherDocument() =>
        new("CRY007", ProblemKind.Invalid, "The signature is of another document, or the document was changed since.");

    public static Problem FalseSignature() =>
        new("CRY008", ProblemKind.Invalid, "The signature was not made with the key it names, or was changed since.");

    public static Problem NotASignature(string why) =>
        new("CRY009", ProblemKind.Invalid, $"This is no detached signature: {why}.");
}
