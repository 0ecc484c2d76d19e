using System.Text;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Signatures;

namespace Kangqiao.Crypto.Tests.Signatures;

public sealed class DocumentSignerTests
{
    private static readonly byte[] Prescription = "阿莫西林胶囊 0.25g × 24"u8.ToArray();

    [Fact]
    public void A_signature_holds_for_its_document_also_after_the_key_was_rotated_and_the_ring_opened_again()
    {
        using var folder = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var json = new DocumentSigner(ring, TimeProvider.System).Sign(Prescription, "Practitioner/1").Value.ToJson();
        ring.Rotate(KeyPurpose.Sign).IsSuccess.ShouldBeTrue();

        var later = new DocumentSigner(KeyRing.Open(folder.Path, TimeProvider.System).Value, TimeProvider.System);
        var signature = DetachedSignature.Parse(json).Value;
        later.Check(Prescription, signature).ShouldBeNull();
        later.Sign(Prescription, "Practitioner/1").Value.Key.ShouldNotBe(signature.Key);
    }

    [Fact]
    public void Nothing_of_a_signature_can_be_exchanged()
    {
        using var folder = new DataFolder();
        var signer = new DocumentSigner(KeyRing.Open(folder.Path, TimeProvider.System).Value, TimeProvider.System);
        var signature = signer.Sign(Prescription, "Practitioner/1").Value;
        signer.Check([.. Prescription, 32], signature)!.Code.ShouldBe("CRY007");
        signer.Check(Prescription, signature with { Signer = "Practitioner/2" })!.Code.ShouldBe("CRY008");
        signer.Check(Prescription, signature with { At = signature.At.AddTicks(1) })!.Code.ShouldBe("CRY008");
        signer.Check(Prescription, signature with { Value = "AAAA" })!.Code.ShouldBe("CRY008");
        signer.Check(Prescription, signature with { Value = "no base64" })!.Code.ShouldBe("CRY008");
        signer.Check(Prescription, signature with { Key = "0000000000000000" })!.Code.ShouldBe("CRY006");
        signer.Check(Prescription, signature with { Key = "../../../etc/passwd" })!.Code.ShouldBe("CRY006");
    }

    [Fact]
    public void Who_has_only_the_public_key_can_check()
    {
        using var folder = new DataFolder();
        var ring = KeyRing.Open(folder.Path, TimeProvider.System).Value;
        var signature = new DocumentSigner(ring, TimeProvider.System).Sign(Prescription, "Practitioner/1").Value;
        Sm2PublicKey.TryFrom(ring.PublicKey(signature.Key).Value, out var key).ShouldBeTrue();
        using (key)
        {
            DocumentSigner.Check(Prescription, signature, key!).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"key":"a","signer":"b","at":"2026-01-01T00:00:00Z","hash":"c","value":"d","form":"other"}""")]
    [InlineData("""{"key":"a","signer":"b\nc","at":"2026-01-01T00:00:00Z","hash":"c","value":"d"}""")]
    public void What_is_no_signature_is_refused(string json) =>
        DetachedSignature.Parse(Encoding.UTF8.GetBytes(json)).Problem!.Code.ShouldBe("CRY009");
}
