using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Rest.Outgoing;
using Kangqiao.Rest.Subscriptions;

namespace Kangqiao.Rest.Tests.Subscriptions;

public sealed class SubscriptionTests : IDisposable
{
    private const string Patients = "https://kangqiao.dev/fhir/SubscriptionTopic/patient-data";
    private const string Encounters = "https://kangqiao.dev/fhir/SubscriptionTopic/encounter-start";

    private readonly Receiver receiver = new();

    private RestOptions Options => RestOptions.Default with
    {
        Outgoing = OutgoingRules.Parse([$"http://127.0.0.1:{receiver.Port}"]).Value,
        Subscriptions = new SubscriptionOptions
        {
            FirstPause = TimeSpan.FromMilliseconds(20),
            LongestPause = TimeSpan.FromMilliseconds(200),
            ErrorAfter = TimeSpan.FromMilliseconds(100),
            OffAfter = TimeSpan.FromHours(1),
        },
    };

    public void Dispose() => receiver.Dispose();

    [Fact]
    public async Task After_the_handshake_each_event_is_told_once_in_order_and_signed()
    {
        await using var server = await OwnServer.StartAsync(Options);
        await server.PutAsync(Sample.Patient(id: "before"));
        await SubscribeAsync(server, Patients, "id-only");
        for (var i = 0; i < 5; i++)
        {
            await server.PutAsync(Sample.Patient($"Name{i}", $"p{i % 3}"));
            await server.PutAsync("""{"resourceType":"Organization","id":"o","name":"nobody asked"}""");
        }

        await server.SendAsync("DELETE", "Patient/p0");
        await receiver.UntilAsync(() => receiver.Numbers.Length >= 6);

        receiver.All[0].Type.ShouldBe("handshake");
        receiver.Numbers.ShouldBe([1, 2, 3, 4, 5, 6]);
        receiver.Focuses.OrderBy(f => f.Key).Select(f => f.Value.Split('/')[^1]).ShouldBe(["p0", "p1", "p2", "p0", "p1", "p0"]);
        var secret = (string)(await server.SendAsync("GET", "Subscription/s/$secret")).Json["parameter"]!.AsArray().Single(p => (string)p!["name"]! == "secret")!["valueString"]!;
        foreach (var one in receiver.All)
        {
            one.OwnHeader.ShouldBe("of the subscriber");
            var parts = one.Signature.Split(',');
            var hash = HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.UTF8.GetBytes(parts[0][2..] + "." + one.Text));
            parts[1].ShouldBe("v1=" + Convert.ToHexStringLower(hash));
        }
    }

    [Fact]
    public async Task After_an_outage_and_restarts_everything_comes_in_order_without_gap()
    {
        await using var server = await OwnServer.StartAsync(Options);
        await SubscribeAsync(server, Patients, "id-only");
        await server.PutAsync(Sample.Patient("0", "p0"));
        await receiver.UntilAsync(() => receiver.Numbers.Length == 1);

        receiver.Answers = 503;
        for (var i = 1; i <= 20; i++)
        {
            await server.PutAsync(Sample.Patient($"{i}", $"p{i}"));
        }

        await StatusAsync(server, "error");
        await server.RestartAsync();
        for (var i = 21; i <= 40; i++)
        {
            await server.PutAsync(Sample.Patient($"{i}", $"p{i}"));
        }

        (await server.SendAsync("GET", "Subscription/s/$status")).Text.ShouldContain("503");
        receiver.Answers = 200;
        await receiver.UntilAsync(() => receiver.Numbers.Length >= 41);

        receiver.Numbers.ShouldBe(Enumerable.Range(1, 41).Select(i => (long)i));
        receiver.Focuses.OrderBy(f => f.Key).Select(f => f.Value.Split('/')[^1]).ShouldBe(Enumerable.Range(0, 41).Select(i => $"p{i}"));
        await StatusAsync(server, "active");

        var missed = await server.SendAsync("GET", "Subscription/s/$events?eventsSinceNumber=39&eventsUntilNumber=40");
        new Received(missed.Text, "", null, 200).Events.Select(e => (e.Number, e.Focus.Split('/')[^1])).ShouldBe([(39, "p38"), (40, "p39")]);
        (await server.SendAsync("GET", "Subscription/$status?status=active")).Text.ShouldContain("\"valueString\":\"41\"");
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_off_at_last_and_hears_the_rest_when_it_asks_again()
    {
        var options = Options;
        await using var server = await OwnServer.StartAsync(options with { Subscriptions = options.Subscriptions with { OffAfter = TimeSpan.FromMilliseconds(400) } });
        await SubscribeAsync(server, Patients, "id-only");
        receiver.Answers = 500;
        await server.PutAsync(Sample.Patient("1", "p1"));
        await server.PutAsync(Sample.Patient("2", "p2"));
        var off = await StatusAsync(server, "off");
        ((string)off["error"]!).ShouldContain("500");
        var sent = receiver.All.Length;
        await server.PutAsync(Sample.Patient("3", "while-off"));
        receiver.All.Length.ShouldBe(sent);

        receiver.Answers = 200;
        off["status"] = "requested";
        off.AsObject().Remove("error");
        await server.PutAsync(off.ToJsonString());
        await StatusAsync(server, "active");
        await server.PutAsync(Sample.Patient("4", "p4"));
        await receiver.UntilAsync(() => receiver.Numbers.Length >= 3);
        receiver.Focuses.OrderBy(f => f.Key).Select(f => (f.Key, f.Value.Split('/')[^1])).ShouldBe([(1, "p1"), (2, "p2"), (3, "p4")]);
    }

    [Fact]
    public async Task A_handshake_that_fails_says_so_in_the_subscription()
    {
        receiver.Answers = 404;
        await using var server = await OwnServer.StartAsync(Options);
        await server.PutAsync(Subscription(Patients, "empty"));
        var failed = await StatusAsync(server, "error");
        ((string)failed["error"]!).ShouldContain("404");
    }

    [Fact]
    public async Task Filters_and_triggers_choose_and_the_payload_is_what_was_asked()
    {
        await using var server = await OwnServer.StartAsync(Options);
        await server.PutAsync(Sample.Patient(id: "p1"));
        await server.PutAsync(Sample.Patient(id: "p2"));
        await SubscribeAsync(server, Encounters, "full-resource", "Encounter?patient=Patient/p1");
        static string Encounter(string id, string status, string patient) =>
            $$$"""{"resourceType":"Encounter","id":"{{{id}}}","status":"{{{status}}}","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"Patient/{{{patient}}}"}}""";
        await server.PutAsync(Encounter("e1", "planned", "p1"));
        await server.PutAsync(Encounter("e1", "in-progress", "p1"));
        await server.PutAsync(Encounter("e1", "in-progress", "p1").Replace("\"AMB\"", "\"EMER\"", StringComparison.Ordinal));
        await server.PutAsync(Encounter("e2", "in-progress", "p2"));
        await server.PutAsync(Encounter("e3", "in-progress", "p1"));
        await receiver.UntilAsync(() => receiver.Numbers.Length >= 2);

        receiver.Focuses.OrderBy(f => f.Key).Select(f => f.Value.Split('/')[^1]).ShouldBe(["e1", "e3"]);
        var first = JsonNode.Parse(receiver.All.First(r => r.Numbers.Contains(1)).Text)!["entry"]![1]!;
        ((string)first["resource"]!["status"]!).ShouldBe("in-progress");
        ((string)first["resource"]!["class"]!["code"]!).ShouldBe("AMB", "the version of the event, not a later one");
    }

    [Fact]
    public async Task Without_news_there_is_a_heartbeat_and_nothing_of_the_records_in_an_empty_payload()
    {
        await using var server = await OwnServer.StartAsync(Options);
        await SubscribeAsync(server, Patients, "empty", heartbeat: 1);
        await server.PutAsync(Sample.Patient(id: "secret-id"));
        await receiver.UntilAsync(() => receiver.All.Any(r => r.Type == "heartbeat") && receiver.Numbers.Length == 1);
        receiver.All.ShouldAllBe(r => !r.Text.Contains("secret-id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_served_is_refused_and_plain_R4_subscriptions_are_only_kept()
    {
        await using var server = await OwnServer.StartAsync(Options);
        async Task RefusedAsync(string subscription)
        {
            var reply = await server.SendAsync("PUT", "Subscription/s", subscription);
            (reply.Status, reply.Code).ShouldBe((422, "RST071"), reply.Text);
        }

        await RefusedAsync(Subscription("https://example.org/no-topic", "empty"));
        await RefusedAsync(Subscription(Patients, "empty").Replace(receiver.Address, "https://elsewhere.example/x", StringComparison.Ordinal));
        await RefusedAsync(Subscription(Patients, "empty").Replace("rest-hook", "email", StringComparison.Ordinal));
        await RefusedAsync(Subscription(Patients, "everything"));
        await RefusedAsync(Subscription(Patients, "empty", "Patient?name=eve"));
        await server.PutAsync("""{"resourceType":"Subscription","id":"plain","status":"requested","reason":"r","criteria":"Observation?code=x","channel":{"type":"rest-hook","endpoint":"https://elsewhere.example"}}""");
        (await server.SendAsync("GET", "Subscription/plain/$status")).Status.ShouldBe(404);
        receiver.All.ShouldBeEmpty();
    }

    private string Subscription(string topic, string content, string? filter = null, int heartbeat = 0)
    {
        const string Extension = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-";
        var narrowed = filter is null ? "" : $$$""","_criteria":{"extension":[{"url":"{{{Extension}}}filter-criteria","valueString":"{{{filter}}}"}]}""";
        var beat = heartbeat == 0 ? "" : $$$""" "extension":[{"url":"{{{Extension}}}heartbeat-period","valueUnsignedInt":{{{heartbeat}}}}],""";
        return $$$"""
            {"resourceType":"Subscription","id":"s","meta":{"profile":["{{{Subscriber.Profile}}}"]},"status":"requested","reason":"test","criteria":"{{{topic}}}"{{{narrowed}}},
             "channel":{{{{beat}}}"type":"rest-hook","endpoint":"{{{receiver.Address}}}","payload":"application/fhir+json",
             "_payload":{"extension":[{"url":"{{{Extension}}}payload-content","valueCode":"{{{content}}}"}]},"header":["X-Own: of the subscriber"]}}
            """;
    }

    private async Task SubscribeAsync(OwnServer server, string topic, string content, string? filter = null, int heartbeat = 0)
    {
        await server.PutAsync(Subscription(topic, content, filter, heartbeat));
        await StatusAsync(server, "active");
    }

    private static async Task<JsonNode> StatusAsync(OwnServer server, string status)
    {
        while (true)
        {
            var reply = await server.SendAsync("GET", "Subscription/s");
            if ((string)reply.Json["status"]! == status)
            {
                return reply.Json;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
