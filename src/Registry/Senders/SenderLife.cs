using Kangqiao.Kernel;

namespace Kangqiao.Registry.Senders;

/// <summary>The steps a sender may take: applied → testing → admitted, back to testing, suspended and back, left for good.</summary>
public static class SenderLife
{
    private static readonly (SenderState From, SenderState To)[] Allowed =
    [
        (SenderState.Applied, SenderState.Testing), (SenderState.Applied, SenderState.Left),
        (SenderState.Testing, SenderState.Admitted), (SenderState.Testing, SenderState.Suspended), (SenderState.Testing, SenderState.Left),
        (SenderState.Admitted, SenderState.Testing), (SenderState.Admitted, SenderState.Suspended), (SenderState.Admitted, SenderState.Left),
        (SenderState.Suspended, SenderState.Testing), (SenderState.Suspended, SenderState.Admitted), (SenderState.Suspended, SenderState.Left),
        (SenderState.Left, SenderState.Applied),
    ];

    public static Outcome<Sender> Step(Sender sender, SenderState to, string who, string why, DateTimeOffset at) =>
        sender.IsLocal ? Problems.LocalIsFixed()
        : string.IsNullOrWhiteSpace(why) ? Problems.NeedsReason()
        : !Allowed.Contains((sender.State, to)) ? Problems.NoSuchStep(sender.Code, sender.State, to)
        : sender with { State = to, Steps = [.. sender.Steps, new SenderStep(to, at, who, why.Trim())] };
}
