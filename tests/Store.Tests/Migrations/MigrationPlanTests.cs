using Kangqiao.Store.Migrations;

namespace Kangqiao.Store.Tests.Migrations;

public sealed class MigrationPlanTests
{
    private static readonly Migration[] Known = [new(1, "one", "CREATE TABLE a (x)"), new(2, "two", "CREATE TABLE b (x)")];

    [Fact]
    public void A_new_database_takes_every_step() => MigrationPlan.Decide(Known, []).Value.ShouldBe(Known);

    [Fact]
    public void An_old_database_takes_the_steps_it_lacks() => MigrationPlan.Decide(Known, Applied(1)).Value.ShouldBe([Known[1]]);

    [Fact]
    public void A_database_that_is_up_to_date_takes_none() => MigrationPlan.Decide(Known, Applied(2)).Value.ShouldBeEmpty();

    [Fact]
    public void Line_ends_do_not_change_a_step() =>
        new Migration(1, "one", "a\r\nb").Checksum.ShouldBe(new Migration(1, "one", "a\nb").Checksum);

    private static AppliedMigration[] Applied(int count) => [.. Known.Take(count).Select(m => new AppliedMigration(m.Number, m.Name, m.Checksum))];
}
