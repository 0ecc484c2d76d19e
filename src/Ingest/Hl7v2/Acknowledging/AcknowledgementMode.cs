using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Reading;

namespace Kangqiao.Ingest.Hl7v2.Acknowledging;

/// <summary>When an answer is wanted (HL7 table 0155).</summary>
public enum AnswerWish
{
    Always,
    Never,
    OnError,
    OnSuccess,
}

/// <summary>
/// What answers the sender of a message wants (chapter 2.9): in original mode, where MSH-15 and MSH-16 are empty, one
/// application acknowledgement; in enhanced mode a commit acknowledgement by MSH-15 and an application one by MSH-16.
/// </summary>
public sealed record AcknowledgementMode(bool IsEnhanced, AnswerWish Commit, AnswerWish Application)
{
    public static readonly AcknowledgementMode Original = new(IsEnhanced: false, AnswerWish.Never, AnswerWish.Always);

    /// <summary>Of a message as it was sent; original where it cannot be read.</summary>
    public static AcknowledgementMode Of(ReadOnlyMemory<byte> message) =>
        MessageReader.ReadHeader(message) is { } header ? Of(header) : Original;

    public bool WantsCommit(bool isError) => Wants(Commit, isError);

    public bool WantsApplication(bool isError) => Wants(Application, isError);

    internal static AcknowledgementMode Of(Hl7Message message)
    {
        var commit = message.Header.Field(15).Text();
        var application = message.Header.Field(16).Text();
        return commit.Length + application.Length == 0 ? Original : new AcknowledgementMode(IsEnhanced: true, Read(commit), Read(application));
    }

    internal static bool IsError(IReadOnlyList<Finding> findings) => findings.Any(finding => finding.IsError);

    private static bool Wants(AnswerWish wish, bool isError) => wish switch
    {
        AnswerWish.Always => true,
        AnswerWish.OnError => isError,
        AnswerWish.OnSuccess => !isError,
        _ => false,
    };

    // In enhanced mode one of the two may be empty; it then is not wanted (2.9.3.1).
    private static AnswerWish Read(string code) => code switch
    {
        "AL" => AnswerWish.Always,
        "ER" => AnswerWish.OnError,
        "SU" => AnswerWish.OnSuccess,
        _ => AnswerWish.Never,
    };
}
