using System.Text;
using Kangqiao.Crypto.Hashing;

namespace Kangqiao.Crypto.Tests.Hashing;

public sealed class Sm3Tests
{
    // GB/T 32905-2016, annex A.
    [Theory]
    [InlineData("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")]
    [InlineData("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")]
    public void The_standards_examples_hash_as_it_says(string text, string due) =>
        Convert.ToHexStringLower(Sm3.Hash(Encoding.ASCII.GetBytes(text))).ShouldBe(due);

    [Fact]
    public void Pieces_hash_like_the_whole_and_a_finished_stream_begins_anew()
    {
        using var stream = new Sm3Stream();
        for (var round = 0; round < 2; round++)
        {
            stream.Add("a"u8);
            stream.Add([]);
            stream.Add("bc"u8);
            stream.Finish().ShouldBe(Sm3.Hash("abc"u8));
        }
    }

    [Fact]
    public void Threads_do_not_mix_their_hashes()
    {
        var texts = Enumerable.Range(0, 2000).Select(i => Encoding.ASCII.GetBytes(new string('x', i % 300) + i)).ToArray();
        var alone = texts.Select(t => Sm3.Hash(t)).ToArray();
        var together = new byte[texts.Length][];
        Parallel.For(0, texts.Length, i => together[i] = Sm3.Hash(texts[i]));
        together.ShouldBe(alone);
    }

    // GM/T 0042-2015, annex D.3.
    [Theory]
    [InlineData("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopqabcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a")]
    public void The_keyed_hash_is_that_of_the_standard(string key, string text, string due) =>
        Convert.ToHexStringLower(HmacSm3.Of(Convert.FromHexString(key), Encoding.ASCII.GetBytes(text))).ShouldBe(due);

    [Fact]
    public void A_keyed_hash_of_bytes_is_that_of_the_standard_too() =>
        Convert.ToHexStringLower(HmacSm3.Of(
            Convert.FromHexString("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425"), Enumerable.Repeat((byte)0xcd, 50).ToArray()))
            .ShouldBe("220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae");

    [Fact]
    public void A_key_longer_than_a_block_counts_as_its_hash()
    {
        var key = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        HmacSm3.Of(key, "text"u8).ShouldBe(HmacSm3.Of(Sm3.Hash(key), "text"u8));
    }
}
