using Kangqiao.Bench.Load;

namespace Kangqiao.Bench.Tests.Load;

public sealed class LoadPlanTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/fhir")]
    [InlineData("http://127.8.9.10/fhir/")]
    [InlineData("http://localhost:8080/fhir")]
    [InlineData("https://[::1]:8443/fhir")]
    public void A_server_on_this_machine_is_asked(string url)
    {
        LoadPlan.Parse(["crud", "--url", url], out var problem).ShouldNotBeNull(problem).Base.ShouldBe(url.TrimEnd('/'));
    }

    [Theory]
    [InlineData("http://hapi.fhir.org/baseR4")]
    [InlineData("http://10.0.0.5:8080/fhir")]
    [InlineData("http://0.0.0.0:8080/fhir")]
    [InlineData("http://localhost.example.org/fhir")]
    [InlineData("http://127.0.0.1.example.org/fhir")]
    [InlineData("http://127.0.0.1@example.org/fhir")]
    [InlineData("http://somebody@127.0.0.1/fhir")]
    [InlineData("http://[2001:db8::1]/fhir")]
    [InlineData("ftp://127.0.0.1/fhir")]
    [InlineData("/fhir")]
    [InlineData("")]
    public void Nobody_elses_server_is(string url)
    {
        LoadPlan.Parse(["crud", "--url", url], out var problem).ShouldBeNull();
        problem.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("--clients", "257")]
    [InlineData("--clients", "0")]
    [InlineData("--seconds", "86401")]
    [InlineData("--patients", "1000001")]
    [InlineData("--patients", "-1")]
    [InlineData("--patients", "many")]
    [InlineData("--pid", "1,x")]
    [InlineData("--form", "patch")]
    [InlineData("--token", "@/no/such/file")]
    [InlineData("--colour", "red")]
    [InlineData("--seed", null)]
    public void What_is_beyond_the_bounds_is_refused(string option, string? value)
    {
        string[] args = ["search", "--url", "http://127.0.0.1/fhir", option, .. value is null ? Array.Empty<string>() : [value]];

        LoadPlan.Parse(args, out var problem).ShouldBeNull();
        problem.ShouldContain(value is null || option == "--colour" || option == "--token" ? "" : option);
    }

    [Fact]
    public void An_unknown_workload_is_refused() => LoadPlan.Parse(["everything", "--url", "http://127.0.0.1/fhir"], out _).ShouldBeNull();

    [Fact]
    public void Published_runs_are_the_defaults()
    {
        LoadPlan.Parse(["import", "--url", "http://127.0.0.1/fhir"], out _)!.Clients.ShouldBe(20);
        LoadPlan.Parse(["search", "--url", "http://127.0.0.1/fhir", "--json"], out _)!.Clients.ShouldBe(30);
    }
}
