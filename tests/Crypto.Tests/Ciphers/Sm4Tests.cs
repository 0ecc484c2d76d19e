using Kangqiao.Crypto.Ciphers;

namespace Kangqiao.Crypto.Tests.Ciphers;

public sealed class Sm4Tests
{
    private static readonly byte[] Key = Convert.FromHexString("0123456789abcdeffedcba9876543210");
    private static readonly byte[] Vector = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");

    // GB/T 32907-2016, annex A.1.
    [Fact]
    public void One_block_becomes_what_the_standard_says_and_comes_back()
    {
        var block = (byte[])Key.Clone();
        Sm4.Blocks(Key, block, block, encrypt: true);
        Convert.ToHexStringLower(block).ShouldBe("681edf34d206965e86b3e94f536e4246");
        Sm4.Blocks(Key, block, block, encrypt: false);
        block.ShouldBe(Key);
    }

    // Annex A.2. Chaining zeros hands the cipher's output back to it, so that a few calls make the million rounds.
    [Fact]
    public void A_block_encrypted_a_million_times_becomes_what_the_standard_says()
    {
        const int Blocks = 20_000;
        var vector = (byte[])Key.Clone();
        var zeros = new byte[Blocks * Sm4.BlockLength];
        var output = new byte[zeros.Length];
        for (var done = 0; done < 1_000_000; done += Blocks)
        {
            Sm4.Chained(Key, vector, zeros, output, encrypt: true);
            output.AsSpan(^Sm4.BlockLength..).CopyTo(vector);
        }

        Convert.ToHexStringLower(vector).ShouldBe("595298c7c6fd271f0402f804c33d3f66");
    }

    // draft-ribose-cfrg-sm4-10, appendix A.2.2 and A.2.5.
    [Fact]
    public void Chained_blocks_and_counter_mode_are_those_of_the_published_examples()
    {
        var text = Convert.FromHexString("aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb");
        var output = new byte[text.Length];
        Sm4.Chained(Key, Vector, text, output, encrypt: true);
        Convert.ToHexStringLower(output).ShouldBe("78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d");
        Sm4.Chained(Key, Vector, output, output, encrypt: false);
        output.ShouldBe(text);

        var longer = Convert.FromHexString(
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb");
        var counted = new byte[longer.Length];
        Sm4.Counter(Key, Vector, longer, counted);
        Convert.ToHexStringLower(counted).ShouldBe(
            "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(100_003)]
    public void Counter_mode_takes_any_length_and_undoes_itself(int length)
    {
        var text = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var hidden = new byte[length];
        Sm4.Counter(Key, Vector, text, hidden);
        if (length > 15)
        {
            hidden.ShouldNotBe(text);
        }

        Sm4.Counter(Key, Vector, hidden, hidden);
        hidden.ShouldBe(text);
    }
}
