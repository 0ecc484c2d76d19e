namespace Kangqiao.Web.Look;

/// <summary>Why a page could not be shown.</summary>
/// <param name="Number">To be quoted: the code of a refusal, or the number under which it was logged.</param>
/// <param name="What">What stood in the way; null where we do not know ourselves.</param>
public sealed record Failure(string Number, string? What);
