using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;

namespace Kangqiao.Crypto.Tests.Sealing;

public sealed class SealerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(18)]
    [InlineData(70_000)]
    public void What_was_sealed_opens_whole_and_in_its_place_only(int length)
    {
        using var folder = new DataFolder();
        var sealer = new Sealer(KeyRing.Open(folder.Path, TimeProvider.System).Value);
        var text = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var hidden = sealer.Seal(text, "Patient/1 identifier"u8);
        hidden.Length.ShouldBe(length + Sealer.Overhead);
        sealer.Open(hidden, "Patient/1 identifier"u8).Value.ShouldBe(text);
        sealer.Open(hidden, "Patient/2 identifier"u8).Problem!.Code.ShouldBe("CRY005");
        sealer.Open(hidden.AsSpan(0, hidden.Length - 1), "Patient/1 identifier"u8).IsSuccess.ShouldBeFalse();
        for (var at = 0; at < hidden.Length; at += Math.Max(1, hidden.Length / 60))
        {
            var bent = (byte[])hidden.Clone();
            bent[at] ^= 4;
            sealer.Open(bent, "Patient/1 identifier"u8).IsSuccess.ShouldBeFalse($"byte {at}");
        }
    }

    [Fact]
    public void Bytes_do_not_wander_between_the_cipher_and_the_place()
    {
        using var folder = new DataFolder();
        var sealer = new Sealer(KeyRing.Open(folder.Path, TimeProvider.System).Value);
        var hidden = sealer.Seal("text"u8, "place"u8);
        sealer.Open([.. hidden.AsSpan(0, hidden.Length - 33), .. hidden.AsSpan(hidden.Length - 32)], [hidden[^33], .. "place"u8]).IsSuccess.ShouldBeFalse();
    }

    [Fact]
    public void The_same_text_is_never_sealed_to_the_same_bytes()
    {
        using var folder = new DataFolder();
        var sealer = new Sealer(KeyRing.Open(folder.Path, TimeProvider.System).Value);
        sealer.Seal("text"u8, []).ShouldNotBe(sealer.Seal("text"u8, []));
    }

    [Fact]
    public void What_an_old_key_sealed_is_still_read_and_known_to_be_old()
    {
        using var folder = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var sealer = new Sealer(ring);
        var hidden = sealer.Seal("text"u8, []);
        sealer.IsOld(hidden).ShouldBeFalse();
        ring.Rotate(KeyPurpose.Seal).IsSuccess.ShouldBeTrue();
        sealer.IsOld(hidden).ShouldBeTrue();
        sealer.Open(hidden, []).Value.ShouldBe("text"u8.ToArray());
        new Sealer(KeyRing.Open(folder.Path, TimeProvider.System).Value).Open(hidden, []).Value.ShouldBe("text"u8.ToArray());
    }

    [Fact]
    public void Another_folders_key_is_missed_by_name()
    {
        using var folder = new DataFolder();
        using var other = new DataFolder();
        var hidden = new Sealer(KeyRing.Open(other.Path, TimeProvider.System).Value).Seal("text"u8, []);
        new Sealer(KeyRing.Open(folder.Path, TimeProvider.System).Value).Open(hidden, []).Problem!.Code.ShouldBe("CRY003");
    }

    [Fact]
    public void An_identifier_is_found_by_its_hash_also_after_rotation_and_only_in_this_folder()
    {
        using var folder = new DataFolder();
        using var other = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var hash = new IdentifierHash(ring);
        var kept = hash.Of("id-card", "11010519491231002X");
        kept.ShouldBe(hash.Of("id-card", " 11010519491231002x"));
        kept.ShouldNotBe(hash.Of("passport", "11010519491231002X"));
        hash.Of("ab", "c").ShouldNotBe(hash.Of("a", "bc"));
        ring.Rotate(KeyPurpose.Find).IsSuccess.ShouldBeTrue();
        hash.Of("id-card", "11010519491231002X").ShouldNotBe(kept);
        hash.All("id-card", "11010519491231002X").ShouldBe([hash.Of("id-card", "11010519491231002X"), kept]);
        new IdentifierHash(KeyRing.Open(other.Path, TimeProvider.System).Value).Of("id-card", "11010519491231002X").ShouldNotBe(kept);
    }
}
