using System.Text;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Tests.Hl7v2.Mllp;

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>A hospital's interface engine speaks to a running server over TCP.</summary>
public class MllpJourneyTests : IAsyncLifetime
{
    private DoorServer server = null!;
    private HttpClient system = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartWithMllpAsync(await StoreAsync());
        system = server.Client();
        await RegisterAsync("""{"code":"H1","name":"第一医院","aliases":["LIS|东院"]}""");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        system?.Dispose();
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Where the records are: SQLite, or the connection string of a PostgreSQL.</summary>
    protected virtual Task<string?> StoreAsync() => Task.FromResult<string?>(null);

    [Fact]
    public async Task A_message_is_answered_and_its_records_are_there()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync(MllpClient.Framed(Oru("M1")));

        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M1");
        (await system.CountAsync("Observation")).ShouldBe(1);
        var receipt = (await system.GetJsonAsync("/door/receipts?sender=H1"))["receipts"]![0]!;
        ((string)receipt["format"]!).ShouldBe("hl7v2");
        ((int)receipt["received"]!).ShouldBe(1);
    }

    [Fact]
    public async Task The_name_of_a_facility_comes_in_whatever_charset_the_hospital_has()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);
        var message = Oru("M2", facility: "东院", charset: "GB 18030-2000");

        await engine.SendAsync(MllpClient.Framed(Charsets.Named("GB 18030-2000", out _)!.GetBytes(message)));

        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M2");
        var patient = (await system.GetJsonAsync("/fhir/Patient"))["entry"]![0]!["resource"]!;
        ((string)patient["name"]![0]!["text"]!).ShouldBe("欧阳小明");
    }

    [Fact]
    public async Task Two_messages_in_one_packet_and_one_in_many_are_all_taken()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync([.. MllpClient.Framed(Oru("M3")), .. MllpClient.Framed(Oru("M4"))]);
        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M3");
        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M4");
        foreach (var piece in MllpClient.Framed(Oru("M5")).Chunk(37))
        {
            await engine.SendAsync(piece);
        }

        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M5");
        (await system.CountAsync("Observation")).ShouldBe(3);
    }

    [Fact]
    public async Task A_broken_frame_is_refused_and_the_next_message_is_taken()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync([.. MllpClient.Framed(Oru("M6"))[..^2], .. MllpClient.Framed(Oru("M7"))]);

        (await engine.AnswerAsync())!.ShouldContain("HL7036");
        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M7");
        (await system.CountAsync("Observation")).ShouldBe(1);
    }

    [Fact]
    public async Task Half_a_message_and_a_hang_up_leaves_nothing_and_disturbs_nobody()
    {
        using (var broken = await MllpClient.ConnectAsync(server.Mllp))
        {
            await broken.SendAsync(MllpClient.Framed(Oru("M8"))[..100]);
            broken.Finish();
            (await broken.AnswerAsync()).ShouldBeNull();
        }

        using var engine = await MllpClient.ConnectAsync(server.Mllp);
        await engine.SendAsync(MllpClient.Framed(Oru("M9")));

        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M9");
        (await system.CountAsync("Observation")).ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_is_one_block_and_gets_an_answer_to_each_of_its_messages()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync(MllpClient.Framed($"FHS|^~\\&|LIS|H1\rBHS|^~\\&|LIS|H1\r{Oru("B1")}{Oru("B2").Replace("B2^^^H1^PI~11010519491231002X^^^^NI", "", StringComparison.Ordinal)}BTS|2\rFTS|1\r"));

        var answer = (await engine.AnswerAsync())!;
        answer.ShouldStartWith("BHS|");
        answer.ShouldContain("MSA|AA|B1");
        answer.ShouldContain("MSA|AE|B2");
        answer.ShouldContain("HL7017");
        answer.ShouldEndWith("BTS|2\r");
    }

    [Fact]
    public async Task In_enhanced_mode_the_commit_comes_first_and_the_outcome_after_it()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync(MllpClient.Framed(Oru("M10", accept: "AL", application: "AL")));

        (await engine.AnswerAsync())!.ShouldContain("MSA|CA|M10");
        (await engine.AnswerAsync())!.ShouldContain("MSA|AA|M10");
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_rejected_kept_nowhere_and_shown_to_the_steward()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync(MllpClient.Framed(Oru("M11", facility: "NOBODY")));

        var answer = (await engine.AnswerAsync())!;
        answer.ShouldContain("MSA|AR|M11");
        answer.ShouldContain("HL7038");
        (await system.GetJsonAsync("/door/receipts"))["receipts"]!.AsArray().ShouldBeEmpty();
        ((string)(await system.GetJsonAsync("/door/senders/unknown"))[0]!["facility"]!).ShouldBe("NOBODY");
    }

    [Fact]
    public async Task A_sender_is_heard_from_its_own_networks_only()
    {
        await RegisterAsync("""{"code":"H2","name":"第二医院","addresses":["10.2.0.0/16"]}""");
        await RegisterAsync("""{"code":"H3","name":"第三医院","addresses":["127.0.0.0/8"]}""");
        using var engine = await MllpClient.ConnectAsync(server.Mllp);

        await engine.SendAsync(MllpClient.Framed(Oru("M12", facility: "H2", accept: "AL", application: "NE")));
        await engine.SendAsync(MllpClient.Framed(Oru("M13", facility: "H3", accept: "AL", application: "NE")));

        var refused = (await engine.AnswerAsync())!;
        refused.ShouldContain("MSA|CR|M12");
        refused.ShouldContain("REG007");
        (await engine.AnswerAsync())!.ShouldContain("MSA|CA|M13");
    }

    [Fact]
    public async Task Two_senders_cannot_have_one_alias()
    {
        var taken = await system.PostJsonAsync("/door/senders", """{"code":"H4","name":"x","aliases":["LIS|东院"]}""");

        ((string)taken["code"]!).ShouldBe("REG015");
    }

    [Fact]
    public async Task What_was_committed_is_worked_on_after_a_restart()
    {
        using var engine = await MllpClient.ConnectAsync(server.Mllp);
        var messages = Enumerable.Range(0, 300).Select(i => Oru($"R{i}", accept: "AL", application: "NE")).ToArray();
        await engine.SendAsync([.. messages.SelectMany(MllpClient.Framed)]);
        for (var i = 0; i < messages.Length; i++)
        {
            (await engine.AnswerAsync())!.ShouldContain($"MSA|CA|R{i}\r");
        }

        system.Dispose();
        await server.RestartAsync();
        system = server.Client();

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (await system.CountAsync("Observation") < messages.Length)
        {
            await Task.Delay(20, patience.Token);
        }

        (await system.CountAsync("DiagnosticReport")).ShouldBe(messages.Length);
    }

    private async Task RegisterAsync(string sender)
    {
        var code = (string)(await system.PostJsonAsync("/door/senders", sender))["code"]!;
        await system.PostJsonAsync($"/door/senders/{code}/state", """{"state":"testing","why":"agreed"}""");
        await system.PostJsonAsync($"/door/senders/{code}/state", """{"state":"admitted","why":"passed"}""");
    }

    private static string Oru(string id, string facility = "H1", string accept = "", string application = "", string charset = "UNICODE UTF-8") => new StringBuilder()
        .Append($"MSH|^~\\&|LIS|{facility}|KQ|CITY|20260305083000||ORU^R01^ORU_R01|{id}|P|2.5.1|||{accept}|{application}|CHN|{charset}\r")
        .Append($"PID|1||{id}^^^H1^PI~11010519491231002X^^^^NI||欧阳小明||19491231|F\r")
        .Append($"OBR|1|O{id}|F{id}|GLU^血糖^99LIS|||20260305080000||||||||||||||20260305090000||CH|F\r")
        .Append("OBX|1|NM|GLU^葡萄糖^99LIS||5.60|mmol/L|3.9-6.1|N|||F\r")
        .ToString();
}
