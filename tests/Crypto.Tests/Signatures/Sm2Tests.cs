using System.Text;
using Kangqiao.Crypto.Signatures;

namespace Kangqiao.Crypto.Tests.Signatures;

public sealed class Sm2Tests
{
    // GB/T 32918.5-2017, annexes A (signature) and C (encryption): the recommended curve.
    private static readonly byte[] Secret = Convert.FromHexString("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");

    private static readonly byte[] Point = Convert.FromHexString(
        "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13");

    private static readonly byte[] Signature = Convert.FromHexString(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");

    private static readonly byte[] Cipher = Convert.FromHexString(
        "0404EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
        + "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"
        + "21886CA989CA9C7D58087307CA93092D651EFA");

    [Fact]
    public void The_signers_value_is_that_of_the_standard()
    {
        using var key = Public();
        Convert.ToHexString(key.Z()).ShouldBe("B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3");
    }

    [Fact]
    public void The_standards_signature_is_of_its_message_and_of_no_other()
    {
        using var key = Public();
        key.Verify("message digest"u8, Signature).ShouldBeTrue();
        key.Verify("message digesT"u8, Signature).ShouldBeFalse();
        key.Verify("message digest"u8, Signature, "ALICE123@YAHOO.COM").ShouldBeFalse();
    }

    [Fact]
    public void The_standards_cipher_opens_to_its_text()
    {
        using var key = Pair();
        key.TryDecrypt(Cipher, out var text).ShouldBeTrue();
        Encoding.ASCII.GetString(text!).ShouldBe("encryption standard");
    }

    [Fact]
    public void Every_bit_of_a_signature_counts()
    {
        using var key = Public();
        for (var bit = 0; bit < Signature.Length * 8; bit += 7)
        {
            var bent = (byte[])Signature.Clone();
            bent[bit / 8] ^= (byte)(1 << (bit % 8));
            key.Verify("message digest"u8, bent).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_made_key_signs_and_only_its_other_half_agrees()
    {
        using var mine = Sm2PrivateKey.Generate();
        using var other = Sm2PrivateKey.Generate();
        for (var i = 0; i < 50; i++)
        {
            var text = Encoding.UTF8.GetBytes($"处方 {i}");
            var signature = mine.Sign(text, "医师 5101");
            mine.Public.Verify(text, signature, "医师 5101").ShouldBeTrue();
            mine.Public.Verify(text, signature, "医师 5102").ShouldBeFalse();
            other.Public.Verify(text, signature, "医师 5101").ShouldBeFalse();
        }
    }

    [Fact]
    public void An_empty_message_can_be_signed()
    {
        using var key = Sm2PrivateKey.Generate();
        key.Public.Verify([], key.Sign([])).ShouldBeTrue();
    }

    [Fact]
    public void A_kept_key_comes_back_as_itself()
    {
        using var made = Sm2PrivateKey.Generate();
        Sm2PrivateKey.TryFrom(made.Secret(), made.Public.Point, out var back).ShouldBeTrue();
        using (back)
        {
            back!.Secret().ShouldBe(made.Secret());
            made.Public.Verify("text"u8, back.Sign("text"u8)).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(1000)]
    public void What_is_encrypted_opens_for_its_key_only_and_only_whole(int length)
    {
        using var mine = Pair();
        using var other = Sm2PrivateKey.Generate();
        var text = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var cipher = mine.Public.Encrypt(text);
        cipher.Length.ShouldBe(65 + 32 + length);
        mine.TryDecrypt(cipher, out var back).ShouldBeTrue();
        back.ShouldBe(text);
        other.TryDecrypt(cipher, out _).ShouldBeFalse();
        for (var at = 0; at < cipher.Length; at += Math.Max(1, cipher.Length / 20))
        {
            var bent = (byte[])cipher.Clone();
            bent[at] ^= 1;
            mine.TryDecrypt(bent, out _).ShouldBeFalse($"byte {at}");
        }

        mine.TryDecrypt(cipher.AsSpan(0, 97), out _).ShouldBeFalse();
        mine.TryDecrypt([], out _).ShouldBeFalse();
    }

    [Fact]
    public void What_is_no_key_is_refused()
    {
        var off = (byte[])Point.Clone();
        off[^1] ^= 1;
        Sm2PublicKey.TryFrom(off, out _).ShouldBeFalse();
        Sm2PublicKey.TryFrom(new byte[65], out _).ShouldBeFalse();
        Sm2PublicKey.TryFrom(Point.AsSpan(1), out _).ShouldBeFalse();
        Sm2PublicKey.TryFrom([], out _).ShouldBeFalse();
        var other = (byte[])Secret.Clone();
        other[^1] ^= 1;
        Sm2PrivateKey.TryFrom(other, Point, out _).ShouldBeFalse();
        Sm2PrivateKey.TryFrom(new byte[32], Point, out _).ShouldBeFalse();
        Sm2PrivateKey.TryFrom([], Point, out _).ShouldBeFalse();
    }

    [Fact]
    public void Hostile_signatures_are_only_refused()
    {
        using var key = Public();
        key.Verify("message digest"u8, new byte[64]).ShouldBeFalse();
        key.Verify("message digest"u8, Enumerable.Repeat((byte)255, 64).ToArray()).ShouldBeFalse();
        key.Verify("message digest"u8, []).ShouldBeFalse();
        key.Verify("message digest"u8, Signature.AsSpan(0, 63)).ShouldBeFalse();
    }

    private static Sm2PublicKey Public()
    {
        Sm2PublicKey.TryFrom(Point, out var key).ShouldBeTrue();
        return key!;
    }

    private static Sm2PrivateKey Pair()
    {
        Sm2PrivateKey.TryFrom(Secret, Point, out var key).ShouldBeTrue();
        return key!;
    }
}
