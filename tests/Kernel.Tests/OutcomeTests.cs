namespace Kangqiao.Kernel.Tests;

public sealed class OutcomeTests
{
    private static readonly Problem Missing = new("KRN001", ProblemKind.NotFound, "It is not here.");

    [Fact]
    public void A_problem_stops_the_chain()
    {
        Outcome<int> outcome = Missing;

        outcome.Then<int>(value => value + 1).Problem.ShouldBe(Missing);
    }

    [Fact]
    public void A_value_goes_through_the_chain()
    {
        Outcome<int> outcome = 1;

        outcome.Then<int>(value => value + 1).Value.ShouldBe(2);
    }

    [Fact]
    public void The_value_of_a_problem_cannot_be_taken()
    {
        Outcome<int> outcome = Missing;

        Should.Throw<InvalidOperationException>(() => outcome.Value);
    }

    [Fact]
    public void Later_identifiers_sort_later()
    {
        var identifiers = new Identifiers(TimeProvider.System);
        var first = identifiers.NextId();

        string.CompareOrdinal(first[..8], identifiers.NextId()[..8]).ShouldBeLessThanOrEqualTo(0);
    }
}
