using System.Text;
using Kangqiao.Audit.Trail;

namespace Kangqiao.Audit.Tests.Trail;

public sealed class TamperingTests
{
    [Fact]
    public async Task An_untouched_trail_is_whole_while_it_is_written_and_after()
    {
        await using var own = TestTrail.Start();
        for (var i = 0; i < 50; i++)
        {
            await own.AppendAsync(TestTrail.Seen($"p{i}"));
            own.Verify().Broken.ShouldBeEmpty();
        }

        await own.RestartAsync();
        await own.AppendAsync(TestTrail.Seen("p1"));
        var report = own.Verify();
        report.Broken.ShouldBeEmpty();
        report.Segments.ShouldBe(2);
        report.Anchors.ShouldBeGreaterThanOrEqualTo(3);
        report.Entries.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Every_changed_byte_is_found()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];
        var whole = File.ReadAllBytes(file);
        for (var at = 0; at < whole.Length; at++)
        {
            var bent = (byte[])whole.Clone();
            bent[at] ^= 1;
            File.WriteAllBytes(file, bent);
            own.Verify().Broken.ShouldNotBeEmpty($"byte {at} of {whole.Length}");
        }

        File.WriteAllBytes(file, whole);
        own.Verify().Broken.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_edited_entry_is_named_by_its_number_and_the_time_before_it()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];
        var bytes = File.ReadAllBytes(file);
        var at = bytes.AsSpan().IndexOf("victim-07"u8);
        "victim-99"u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(file, bytes);
        var broken = own.Verify().Broken.ShouldHaveSingleItem();
        broken.Segment.ShouldBe(Path.GetFileNameWithoutExtension(file));

        // One entry for the start and its role, then the texts and the actor of the first, then one each.
        NumberOf(own, file, "victim-99").ShouldBe(broken.Entry);
        broken.After.ShouldBe(TestTrail.Begin.AddMinutes(6));
    }

    [Fact]
    public async Task A_deleted_entry_is_found()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];
        var bytes = File.ReadAllBytes(file);
        var (from, to) = Groups(bytes)[6];
        File.WriteAllBytes(file, [.. bytes[..from], .. bytes[to..]]);
        own.Verify().Broken.ShouldHaveSingleItem().What.ShouldContain("taken out");
    }

    [Fact]
    public async Task An_entry_that_was_put_in_or_repeated_is_found()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];
        var bytes = File.ReadAllBytes(file);
        var (from, to) = Groups(bytes)[6];
        File.WriteAllBytes(file, [.. bytes[..to], .. bytes[from..to], .. bytes[to..]]);
        own.Verify().Broken.ShouldHaveSingleItem();
        File.WriteAllBytes(file, [.. bytes, .. bytes[from..to]]);
        own.Verify().Broken.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Two_entries_that_changed_places_are_found()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];
        var bytes = File.ReadAllBytes(file);
        var groups = Groups(bytes);
        var ((a, b), (_, c)) = (groups[6], groups[7]);
        File.WriteAllBytes(file, [.. bytes[..a], .. bytes[b..c], .. bytes[a..b], .. bytes[c..]]);
        own.Verify().Broken.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_is_found_wherever_the_cut_is()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];
        var bytes = File.ReadAllBytes(file);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(file, bytes[..length]);
            own.Verify().Broken.ShouldNotBeEmpty($"{length} of {bytes.Length}");
        }
    }

    [Fact]
    public async Task Junk_behind_the_end_is_found()
    {
        await using var own = await WrittenAsync(3);
        var file = own.Segments()[0];
        var bytes = File.ReadAllBytes(file);
        foreach (var junk in (byte[][])[[0], [1, 2, 3], new byte[20], [.. Enumerable.Range(0, 300).Select(i => (byte)i)], Encoding.UTF8.GetBytes("{\"role\":\"clinician\"}")])
        {
            File.WriteAllBytes(file, [.. bytes, .. junk]);
            own.Verify().Broken.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Even_a_chain_that_was_made_anew_is_found_by_the_signed_anchor()
    {
        await using var own = await WrittenAsync(12);
        var file = own.Segments()[0];

        // Somebody with the program and the folder, but without the keys, writes the whole part again with other entries.
        await using var other = await WrittenAsync(12, "other");
        File.Copy(other.Segments()[0], file, overwrite: true);
        own.Verify().Broken.ShouldNotBeEmpty();
        File.Copy(Path.ChangeExtension(other.Segments()[0], ".head"), Path.ChangeExtension(file, ".head"), overwrite: true);
        own.Verify().Broken.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_part_that_disappeared_is_missed()
    {
        await using var own = await WrittenAsync(3);
        var file = own.Segments()[0];
        foreach (var one in Directory.GetFiles(Path.GetDirectoryName(file)!, Path.GetFileNameWithoutExtension(file) + ".*"))
        {
            File.Delete(one);
        }

        own.Verify().Broken.ShouldHaveSingleItem().What.ShouldContain("missing");

        // The anchors too: the part after it still names it.
        await using var second = await WrittenAsync(3);
        await second.RestartAsync();
        Directory.Delete(Path.Combine(second.Folder, "audit-anchors"), recursive: true);
        var first = second.Segments()[0];
        File.Delete(first);
        second.Verify().Broken.ShouldContain(b => b.Segment == Path.GetFileNameWithoutExtension(first) && b.What.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_mark_of_how_far_it_came_cannot_be_removed_or_forged()
    {
        await using var own = await WrittenAsync(3);
        var head = Path.ChangeExtension(own.Segments()[0], ".head");
        var bytes = File.ReadAllBytes(head);
        bytes[8]--;
        File.WriteAllBytes(head, bytes);
        own.Verify().Broken.ShouldHaveSingleItem();
        File.Delete(head);
        own.Verify().Broken.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_changed_anchor_is_found()
    {
        await using var own = await WrittenAsync(3);
        var anchors = Directory.GetFiles(Path.Combine(own.Folder, "audit-anchors")).Single();
        var text = File.ReadAllText(anchors);
        File.WriteAllText(anchors, text.Replace("\"entries\":0", "\"entries\":1", StringComparison.Ordinal));
        own.Verify().Broken.ShouldHaveSingleItem().What.ShouldContain("Anchor");
    }

    [Fact]
    public async Task What_its_writer_did_not_finish_counts_as_not_there_and_is_no_tampering()
    {
        await using var own = TestTrail.Start();
        for (var i = 0; i < 5; i++)
        {
            await own.AppendAsync(TestTrail.Seen($"victim-0{i}"));
        }

        // As after a power cut in the middle of a write: the mark was not yet moved, and the group is there in part.
        var file = own.Segments()[0];
        var head = File.ReadAllBytes(Path.ChangeExtension(file, ".head"));
        await own.AppendAsync(TestTrail.Seen("victim-06"));
        var bytes = File.ReadAllBytes(file);
        await own.Trail.DisposeAsync();
        Directory.Delete(Path.Combine(own.Folder, "audit-anchors"), recursive: true);
        File.WriteAllBytes(Path.ChangeExtension(file, ".head"), head);
        var (from, to) = Groups(bytes)[^1];
        for (var length = from + 8; length < to; length += 3)
        {
            File.WriteAllBytes(file, bytes[..length]);
            own.Verify().Broken.ShouldBeEmpty($"{length - from} bytes of the group");
        }
    }

    /// <summary>Entries a minute apart, each a group of its own, and the trail closed.</summary>
    private static async Task<TestTrail> WrittenAsync(int count, string name = "victim")
    {
        var own = TestTrail.Start();
        for (var i = 1; i <= count; i++)
        {
            own.Clock.Now = TestTrail.Begin.AddMinutes(i);
            await own.AppendAsync(TestTrail.Seen($"{name}-{i:00}"));
        }

        await own.Trail.DisposeAsync();
        return own;
    }

    private static List<(int From, int To)> Groups(byte[] bytes)
    {
        var groups = new List<(int, int)>();
        var at = 12 + BitConverter.ToInt32(bytes, 8);
        while (at < bytes.Length)
        {
            var end = at + 8 + BitConverter.ToInt32(bytes, at) + 32;
            groups.Add((at, end));
            at = end;
        }

        return groups;
    }

    private static long NumberOf(TestTrail own, string file, string text)
    {
        using var handle = File.OpenHandle(file);
        var head = SegmentHead.Read(handle, Path.GetFileNameWithoutExtension(file))!.Value;
        long number = 0;
        long found = 0;
        SegmentReader.Walk(handle, head.Bytes.Length, null, (_, _, payload) =>
        {
            number++;
            found = payload.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 ? number : found;
        });
        own.ShouldNotBeNull();
        return found;
    }
}
