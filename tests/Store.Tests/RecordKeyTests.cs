namespace Kangqiao.Store.Tests;

public sealed class RecordKeyTests
{
    [Fact]
    public void The_hash_of_a_key_never_changes() // It is on disk.
    {
        new RecordKey("Patient", "example").Hash.ShouldBe(StableHash.Of("Patient/example"u8));
        StableHash.Of(""u8).ShouldBe(-8831310031781878669);
        StableHash.Of("Patient/example"u8).ShouldBe(-4204690038594361950);
    }

    [Fact]
    public void Ids_made_in_order_of_time_lie_in_order_in_the_index()
    {
        var early = new RecordKey("Patient", "019a0000-0000-7abc-8def-0123456789ab").Hash;
        var late = new RecordKey("Patient", "019a0000-0001-7000-8000-000000000000").Hash;

        late.ShouldBeGreaterThan(early);
        (late - early).ShouldBeLessThan(1L << 17);
    }

    [Fact]
    public void The_type_is_part_of_the_hash() =>
        new RecordKey("Patient", "019a0000-0000-7abc-8def-0123456789ab").Hash
            .ShouldNotBe(new RecordKey("Person", "019a0000-0000-7abc-8def-0123456789ab").Hash);
}
