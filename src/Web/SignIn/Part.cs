using Kangqiao.Rest.Callers;

namespace Kangqiao.Web.SignIn;

/// <summary>A role in a demonstration, to be played with one click.</summary>
/// <param name="Key">Names it in the form and in the texts: "sign-in.part.KEY".</param>
public sealed record Part(string Key, Caller Caller);
