using System.Buffers;
using System.Text;
using Kangqiao.Kernel;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

/// <summary>Records for tests: an observation whose body holds one word.</summary>
internal static class Sample
{
    public const string Type = "Observation";

    public static RecordKey Key(string id) => new(Type, id);

    public static PreparedRecord Record(string id, string terms = "tobs", string word = "calm", string type = Type, params Identity[] identities) => new()
    {
        Key = new(type, id),
        Body = Encoding.UTF8.GetBytes($$"""{"word":"{{word}}"}"""),
        Terms = Encoding.UTF8.GetBytes(terms),
        Shard = Shard.OfPatient("p1"),
        Sender = "H1",
        Identities = identities,
    };

    public static WriteOperation.Put Put(string id, string terms = "tobs", string word = "calm") => new(Record(id, terms, word));

    public static WriteRequest Request(params WriteOperation[] operations) => new(operations);

    public static string BodyText(this StoredRecord record) => Encoding.UTF8.GetString(record.Body.Span);

    public static string ResourceText(this StoredRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        record.WriteResource(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value, or a failed test that says what the problem was.</summary>
    public static T Must<T>(this Outcome<T> outcome)
    {
        outcome.Problem.ShouldBeNull();
        return outcome.Value;
    }

    public static async Task<T> Must<T>(this ValueTask<Outcome<T>> outcome) => (await outcome).Must();

    public static async Task<Problem> Refused<T>(this ValueTask<Outcome<T>> outcome) => (await outcome).Problem.ShouldNotBeNull();
}
