using System.Text.Json;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>What a Subscription to a topic must be so that it can be served, asked before it is stored.</summary>
internal static class SubscriptionRules
{
    public static Problem? Refusal(RestRoom room, FhirDocument document)
    {
        if (document.Root.Type.Name != "Subscription")
        {
            return null;
        }

        using var json = JsonDocument.Parse(document.Memory);
        try
        {
            // One that is switched off is nobody's to serve, so it may say what it likes.
            return Subscriber.IsTopicBased(json.RootElement) && document.Root.ChildText("status") != "off"
                ? Subscriber.Read(room, json.RootElement, "", 0, 0).Problem
                : null;
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Problems.BadSubscription("an extension is not as the R5 Backport IG has it.");
        }
    }
}
