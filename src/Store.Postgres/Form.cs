namespace Kangqiao.Store.Postgres;

/// <summary>How a database keeps its records.</summary>
/// <param name="Places">Buckets of shard keys; fixed when the database was made.</param>
/// <param name="IsDistributed">Citus keeps the tables.</param>
internal readonly record struct Form(int Places, bool IsDistributed)
{
    /// <summary>Records may lie on several servers, so a key's place is looked up first.</summary>
    public bool IsSpread => Places > 1;
}
