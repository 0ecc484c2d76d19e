using System.Security.Cryptography;
using Kangqiao.Ingest.Journals;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Tests.Journals;

public sealed class JournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-journal-").FullName;
    private readonly Identifiers ids = new(TimeProvider.System);

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(Journal.MostInline - 1)]
    [InlineData(Journal.MostInline)]
    [InlineData(1_000_000)]
    public async Task What_was_received_and_not_finished_is_there_after_the_next_start(int length)
    {
        var body = Random(length);
        await using (var journal = Open())
        {
            (await AppendAsync(journal, body)).Bytes.ShouldBe(length);
        }

        await using var again = Open();
        var found = again.Unfinished.ShouldHaveSingleItem();

        found.Hash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(body)));
        Read(again, found).ShouldBe(body);
    }

    [Fact]
    public async Task What_is_finished_is_not_done_again()
    {
        await using (var journal = Open())
        {
            await journal.DoneAsync(await AppendAsync(journal, Random(100)));
            await journal.DoneAsync(await AppendAsync(journal, Random(500_000)));
        }

        await using var again = Open();
        again.Unfinished.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_torn_end_costs_nothing_that_was_answered_for()
    {
        var body = Random(5_000);
        await using (var journal = Open())
        {
            await AppendAsync(journal, body);
        }

        var file = Directory.GetFiles(folder, "*.raw").Single();
        await File.AppendAllBytesAsync(file, Random(333), TestContext.Current.CancellationToken);

        await using var again = Open();
        Read(again, again.Unfinished.ShouldHaveSingleItem()).ShouldBe(body);
    }

    [Fact]
    public async Task Many_senders_at_once_each_get_their_own_bytes_back()
    {
        await using var journal = Open();
        var bodies = Enumerable.Range(0, 200).Select(i => Random(i * 1_777)).ToArray();

        var received = await Task.WhenAll(bodies.Select(b => AppendAsync(journal, b)));

        for (var i = 0; i < bodies.Length; i++)
        {
            Read(journal, received[i]).ShouldBe(bodies[i]);
        }
    }

    [Fact]
    public async Task One_process_owns_the_folder()
    {
        await using var journal = Open();

        Journal.Open(new JournalOptions(folder), TimeProvider.System).Problem!.Code.ShouldBe("DOR101");
    }

    [Fact]
    public async Task Small_messages_cost_under_four_hundred_bytes()
    {
        var text = string.Join('\r', Enumerable.Range(0, 12).Select(i => $"OBX|{i}|NM|67{i:D2}-2^Leucocytes^LN||{i * 7 % 13}.{i}|10*9/L|4.0-10.0|N|||F|||202603050830"));
        await using var journal = Open();

        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => AppendAsync(
            journal, System.Text.Encoding.UTF8.GetBytes($"MSH|^~\\&|LIS|H1|||20260305083000||ORU^R01|{i:D8}|P|2.4\rPID|1||{i * 7919 % 1000000}^^^H1^MR||张^{i}\r{text}"))));

        (Directory.GetFiles(folder, "*.raw").Sum(f => new FileInfo(f).Length) / 2_000).ShouldBeLessThan(400);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Journal Open() => Journal.Open(new JournalOptions(folder), TimeProvider.System).Value;

    private async Task<Received> AppendAsync(Journal journal, byte[] body) =>
        (await journal.AppendAsync(new ReceivedHead(ids.Next(), "H1", "fhir", TimeProvider.System.GetUtcNow()), new MemoryStream(body), TestContext.Current.CancellationToken)).Value;

    private static byte[] Read(Journal journal, Received received)
    {
        using var into = new MemoryStream();
        using var body = journal.OpenBody(received.Head.Number, received.Place)!;
        body.CopyTo(into);
        return into.ToArray();
    }

    private static byte[] Random(int length) => RandomNumberGenerator.GetBytes(length);
}
