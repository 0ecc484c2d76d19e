using System.Text;
using Kangqiao.Host.Loading;
using Kangqiao.Ingest.Tests.Http;

namespace Kangqiao.Ingest.Tests.Csv;

/// <summary>CSV files through the door of a real server.</summary>
public sealed class CsvJourneyTests : IAsyncLifetime
{
    private const string Header = "visit_no,visit_at,diagnosis_code,patient_id,name,updated_at,is_void\n";

    private DoorServer server = null!;
    private HttpClient system = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartAsync();
        system = server.Client();
    }

    public async ValueTask DisposeAsync()
    {
        system.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_row_becomes_records_and_the_same_row_again_changes_nothing()
    {
        const string Row = Header + "MZ1,2026-03-05 08:30,I10.x00,P1,张伟,2026-03-05 09:00:00,\n";

        (await system.SendAsync("/door/csv/outpatient-visit", Row)).Outcome().ShouldBe("accepted");
        (await system.SendAsync("/door/csv/outpatient-visit", Row)).Outcome().ShouldBe("unchanged");

        (await system.CountAsync("Encounter?subject.name=张伟")).ShouldBe(1);
        (await system.CountAsync("Condition?code=I10.x00")).ShouldBe(1);
    }

    [Fact]
    public async Task A_header_tells_the_data_set_where_the_address_does_not()
    {
        var receipt = await system.SendAsync("/door/csv", Header + "MZ2,2026-03-05 08:30,,P2,,,\n");

        receipt.Outcome().ShouldBe("accepted");
        ((string)receipt["records"]![0]!["source"]!).ShouldBe("MZ2");
        (await system.CountAsync("Encounter")).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_waits_is_mended_alone_with_its_header_in_the_encoding_of_the_file()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var file = Encoding.GetEncoding("GB18030").GetBytes(Header + "MZ3,不知道,,P3,联通,,\nMZ4,2026-03-05 08:30,,P4,李四,,\n");
        using var content = new ByteArrayContent(file);
        var sent = await system.PostAsync(new Uri("/door/csv/outpatient-visit", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var number = sent.Headers.GetValues("X-Receipt").Single();
        var receipt = await system.GetJsonAsync($"/door/receipts/{number}");
        ((int)receipt["quarantined"]!).ShouldBe(1);
        ((int)receipt["accepted"]!).ShouldBe(1);
        var finding = receipt["records"]![0]!["findings"]![0]!;
        ((string)finding["code"]!).ShouldBe("CSV030");
        ((string)finding["path"]!).ShouldBe("column visit_at");
        var entry = (string)receipt["records"]![0]!["quarantine"]!;

        var waiting = await system.GetByteArrayAsync(new Uri($"/door/quarantine/{entry}/raw", UriKind.Relative), TestContext.Current.CancellationToken);
        var text = Encoding.GetEncoding("GB18030").GetString(waiting);
        text.ShouldBe("\uFEFF" + Header + "MZ3,不知道,,P3,联通,,\n");
        var mended = await system.SendAsync($"/door/quarantine/{entry}/resubmit", text.Replace("不知道", "2026-03-05 09:30", StringComparison.Ordinal));

        mended.Outcome().ShouldBe("accepted");
        ((string)(await system.GetJsonAsync("/fhir/Patient?name=联通"))["entry"]![0]!["resource"]!["name"]![0]!["text"]!).ShouldBe("联通");
    }

    [Fact]
    public async Task A_void_row_withdraws_what_it_had_said()
    {
        await system.SendAsync("/door/csv/outpatient-visit", Header + "MZ5,2026-03-05 08:30,I10.x00,P5,,2026-03-05 09:00:00,0\n");
        await system.SendAsync("/door/csv/outpatient-visit", Header + "MZ5,2026-03-05 08:30,I10.x00,P5,,2026-03-05 10:00:00,1\n");

        var visit = (await system.GetJsonAsync("/fhir/Encounter"))["entry"]![0]!["resource"]!;
        ((string)visit["status"]!).ShouldBe("entered-in-error");
        (await system.CountAsync("Patient")).ShouldBe(1);
    }

    [Fact]
    public async Task A_file_whose_header_cannot_be_used_waits_as_one()
    {
        var receipt = await system.SendAsync("/door/csv/outpatient-visit", "a,b,c\n1,2,3\n4,5,6\n");

        ((int)receipt["received"]!).ShouldBe(1);
        ((string)receipt["records"]![0]!["findings"]![0]!["code"]!).ShouldBe("CSV003");
    }

    [Theory]
    [InlineData("outpatient-visit", "csv/outpatient-visit")]
    [InlineData("outpatient-visit-2026-03", "csv/outpatient-visit")]
    [InlineData("Outpatient-Visit_20260305", "csv/outpatient-visit")]
    [InlineData("outpatient", "csv")]
    [InlineData("门诊", "csv")]
    public void A_files_name_tells_its_data_set_or_leaves_it_to_the_header(string name, string format) =>
        DatasetNames.FormatOf(name).ShouldBe(format);
}
