namespace Kangqiao.Store.Tests.Contract;

public sealed class TestClock : TimeProvider
{
    private long ticks = new DateTimeOffset(2026, 3, 5, 8, 15, 0, TimeSpan.Zero).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Move(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
