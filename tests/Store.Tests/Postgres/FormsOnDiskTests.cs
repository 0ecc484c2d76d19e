using System.Buffers.Binary;
using System.Text;
using Kangqiao.Store.Postgres;

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>What is written to disk as bits has to be read back as it was, for ever.</summary>
public sealed class FormsOnDiskTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 5, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void A_sequence_tells_its_instant_and_its_writer()
    {
        var source = new Moment.Source(97, 0);
        source.Open(Noon, 0, 10);
        var sequence = source.Next();

        Moment.InstantOf(sequence).ShouldBe(Noon);
        Moment.WriterOf(sequence).ShouldBe((short)97);
        source.Next().ShouldBeGreaterThan(sequence);
        source.Instant.ShouldBe(Noon);
    }

    [Fact]
    public void Sequences_rise_when_the_clock_is_set_back_or_another_writers_is_ahead()
    {
        var source = new Moment.Source(3, 0);
        source.Open(Noon, 0, 1);
        var first = source.Next();
        source.Open(Noon.AddHours(-3), 0, 1);
        var second = source.Next();
        second.ShouldBeGreaterThan(first);
        Moment.InstantOf(second).ShouldBe(Noon);

        var ahead = new Moment.Source(4, 0);
        ahead.Open(Noon.AddMinutes(1), 0, 1);
        var theirs = ahead.Next();
        source.Open(Noon, theirs, 1);
        source.Next().ShouldBeGreaterThan(theirs);
        new Moment.Source(3, theirs).Next().ShouldBeGreaterThan(theirs);
    }

    [Fact]
    public void All_sequences_of_one_transaction_have_one_instant()
    {
        var source = new Moment.Source(0, 0);
        for (var transaction = 0; transaction < 5; transaction++)
        {
            source.Open(Noon, 0, 20_000);
            var instant = source.Instant;
            for (var i = 0; i < 20_000; i++)
            {
                Moment.InstantOf(source.Next()).ShouldBe(instant);
            }
        }
    }

    [Theory]
    [InlineData("0b5c7a52-8f3e-4c6a-9f62-1de1a9b0c111")]
    [InlineData("0B5C7A52-8F3E-4C6A-9F62-1DE1A9B0C111")]
    [InlineData("sixteen-letters-")]
    [InlineData("fifteen-letters")]
    [InlineData("seventeen-letters")]
    [InlineData("a")]
    public void An_id_comes_back_as_it_went_in(string id) => KeyBytes.Text(KeyBytes.Of(id)).ShouldBe(id);

    [Fact]
    public void Terms_are_sorted_and_said_once_with_the_minute_filled_in()
    {
        var terms = TermColumns.Of("tobs saab1 saab1 s张 tobs"u8);
        var bytes = new byte[terms.TextLength];
        terms.CopyTextTo(bytes, Noon);

        var text = Encoding.UTF8.GetString(bytes, 4, bytes.Length - 4).Split("\0\0\0", StringSplitOptions.RemoveEmptyEntries);
        text.ShouldBe(["l202603051200", "saab1", "s张"]);
        bytes[..4].ShouldBe([0, 0, 0, 3]);

        var array = new byte[terms.ArrayLength(new(5, 7))];
        terms.CopyArrayTo(array, new(5, 7));
        BinaryPrimitives.ReadInt32BigEndian(array.AsSpan(12)).ShouldBe(3);
        BinaryPrimitives.ReadInt64BigEndian(array.AsSpan(24)).ShouldBe(TermColumns.HashOf("tobs"));
        BinaryPrimitives.ReadInt64BigEndian(array.AsSpan(36)).ShouldBe(7);
        BinaryPrimitives.ReadInt64BigEndian(array.AsSpan(48)).ShouldBe(5);
    }

    [Fact]
    public void A_hash_that_is_on_disk_stays_what_it_is_and_is_never_taken_for_a_chunk()
    {
        TermColumns.HashOf("tobs").ShouldBe(TermColumns.HashOf("tobs"));
        TermColumns.HashOf("tobs").ShouldBeLessThan(0);
        TermColumns.HashOf("kaaa0123456789ab").ShouldBe(-8_849_674_926_464_746_297);
    }

    [Fact]
    public void A_term_too_long_for_the_database_is_cut_alike_in_record_and_question()
    {
        var term = "s" + new string('康', 2_000);
        var cut = TermColumns.Cut(term);
        Encoding.UTF8.GetByteCount(cut).ShouldBeLessThanOrEqualTo(2_046);
        var vector = TermColumns.Of(Encoding.UTF8.GetBytes(term));
        var bytes = new byte[vector.TextLength];
        vector.CopyTextTo(bytes, Noon);
        Encoding.UTF8.GetString(bytes).ShouldContain(cut + "\0\0\0");
    }
}
