using System.Text;
using Kangqiao.Kernel;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests;

public sealed class RecordBodyTests
{
    [Theory]
    [InlineData("""{"resourceType":"Patient","id":"a"}""", "{}")]
    [InlineData("""{ "resourceType" : "Patient", "active" : true , "id":"a" }""", """{"active":true}""")]
    [InlineData("""{"meta":{"versionId":"3","lastUpdated":"2020-01-01T00:00:00Z"},"active":true}""", """{"active":true}""")]
    [InlineData("""{"active":true,"meta":{"versionId":"3", "tag":[ {"code" : "a b"} ],"source":"urn:x"}}""", """{"meta":{"tag":[{"code":"a b"}],"source":"urn:x"},"active":true}""")]
    [InlineData("""{"meta":{"profile":["x"]}}""", """{"meta":{"profile":["x"]}}""")]
    [InlineData("""{"a":1.00,"b":"quote \" and \\ and 康 \u5eb7","c":[1 , 2e10]}""", """{"a":1.00,"b":"quote \" and \\ and 康 \u5eb7","c":[1,2e10]}""")]
    [InlineData("""{"contained":[{"resourceType":"Patient","id":"c","meta":{"versionId":"1"}}]}""", """{"contained":[{"resourceType":"Patient","id":"c","meta":{"versionId":"1"}}]}""")]
    public void The_body_holds_what_the_store_does_not_know_otherwise(string resource, string body) =>
        Encoding.UTF8.GetString(RecordBody.From(Encoding.UTF8.GetBytes(resource)).Must()).ShouldBe(body);

    [Theory]
    [InlineData("{}", """{"resourceType":"Observation","id":"a","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:15:00.123Z"}}""")]
    [InlineData("""{"active":true}""", """{"resourceType":"Observation","id":"a","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:15:00.123Z"},"active":true}""")]
    [InlineData("""{"meta":{"source":"urn:x"},"active":true}""", """{"resourceType":"Observation","id":"a","meta":{"versionId":"7","lastUpdated":"2026-03-05T08:15:00.123Z","source":"urn:x"},"active":true}""")]
    public void Reading_puts_type_id_and_version_back(string body, string resource) => new StoredRecord
    {
        Number = 1,
        Key = Sample.Key("a"),
        Version = 7,
        Instant = new(2026, 3, 5, 8, 15, 0, 123, TimeSpan.Zero),
        Sequence = 9,
        State = RecordState.Live,
        IsCreation = false,
        Flags = 0,
        Shard = default,
        Sender = "",
        Body = Encoding.UTF8.GetBytes(body),
    }.ResourceText().ShouldBe(resource);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"meta\":1}")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":\"\\")]
    public void What_is_not_one_object_is_refused(string text) =>
        RecordBody.From(Encoding.UTF8.GetBytes(text)).Problem!.Kind.ShouldBe(ProblemKind.Invalid);
}
