using System.Text;

namespace Kangqiao.Store;

/// <summary>
/// The place of a record: all records of one source patient have the same, so that a person's data sits together and can
/// be distributed by it. Given at creation, and for life: a later version with another patient keeps its place.
/// </summary>
public readonly record struct Shard(long Value)
{
    /// <summary>The place of a source patient and of everything about that patient.</summary>
    public static Shard OfPatient(string patientId) => OfRecord(new("Patient", patientId));

    /// <summary>The place of a record that belongs to no patient: its own.</summary>
    public static Shard OfRecord(RecordKey key) => new(StableHash.Of(Encoding.UTF8.GetBytes(key.ToString())));
}
