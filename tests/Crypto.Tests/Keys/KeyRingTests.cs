using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;

namespace Kangqiao.Crypto.Tests.Keys;

public sealed class KeyRingTests
{
    [Fact]
    public void A_new_ring_has_one_key_of_each_purpose_readable_by_its_owner_only()
    {
        using var folder = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        ring.Keys.Select(k => k.Purpose).ShouldBe([KeyPurpose.Seal, KeyPurpose.Find, KeyPurpose.Sign, KeyPurpose.Mark]);
        foreach (var file in Directory.GetFiles(folder.Ring, "*.json"))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        KeyRing.Open(folder.Path, TimeProvider.System).Value.Keys.ShouldBe(ring.Keys);
    }

    [Fact]
    public void Rotation_keeps_the_old_key_and_says_what_came_after_it()
    {
        using var folder = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var first = ring.Keys[0];
        var second = ring.Rotate(KeyPurpose.Seal).Value;
        second.After.ShouldBe(first.Id);
        ring.Keys.Where(k => k.Purpose == KeyPurpose.Seal).ShouldBe([first with { IsCurrent = false }, second]);
    }

    [Fact]
    public void A_key_that_another_process_made_is_found_when_it_is_needed()
    {
        using var folder = new DataFolder();
        var here = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var there = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        there.Rotate(KeyPurpose.Seal).IsSuccess.ShouldBeTrue();
        new Sealer(here).Open(new Sealer(there).Seal("text"u8, []), []).Value.ShouldBe("text"u8.ToArray());

        there.Rotate(KeyPurpose.Seal).IsSuccess.ShouldBeTrue();
        here.Refresh().ShouldBeNull();
        here.Keys.ShouldBe(there.Keys);
    }

    [Fact]
    public async Task Rings_opened_at_once_agree_on_the_keys()
    {
        using var folder = new DataFolder();
        var rings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => KeyRing.Open(folder.Path, TimeProvider.System).Value)));
        foreach (var ring in rings)
        {
            ring.Refresh().ShouldBeNull();
            ring.Keys.Count.ShouldBe(4);
            ring.Keys.ShouldBe(rings[0].Keys);
        }
    }

    [Fact]
    public void A_key_whose_file_has_gone_is_missed_by_name()
    {
        using var folder = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var first = ring.Keys[0];
        ring.Rotate(KeyPurpose.Seal).IsSuccess.ShouldBeTrue();
        File.Delete(Path.Combine(folder.Ring, $"seal-{first.Id}.json"));
        var problem = KeyRing.Open(folder.Path, TimeProvider.System).Problem!;
        problem.Code.ShouldBe("CRY003");
        problem.Message.ShouldContain(first.Id);
        ring.Refresh()!.Code.ShouldBe("CRY003");
    }

    [Fact]
    public void A_key_file_that_was_changed_or_opened_to_others_is_refused()
    {
        using var folder = new DataFolder();
        KeyRing.Open(folder.Path, TimeProvider.System).IsSuccess.ShouldBeTrue();
        var file = Directory.GetFiles(folder.Ring, "find-*.json").Single();
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace("\"material\":\"", "\"material\":\"AAAA", StringComparison.Ordinal));
        KeyRing.Open(folder.Path, TimeProvider.System).Problem!.Code.ShouldBe("CRY001");
        File.WriteAllText(file, "{");
        KeyRing.Open(folder.Path, TimeProvider.System).Problem!.Code.ShouldBe("CRY001");
        File.WriteAllText(file, text);
        KeyRing.Open(folder.Path, TimeProvider.System).IsSuccess.ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            KeyRing.Open(folder.Path, TimeProvider.System).Problem!.Code.ShouldBe("CRY002");
        }
    }
}
