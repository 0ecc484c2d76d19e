namespace Kangqiao.Store.Postgres.Writing;

/// <summary>A row that the transaction decided on was changed by another meanwhile: it is done again on what is there now.</summary>
internal sealed class LostRace() : Exception("A record was changed by another writer meanwhile.");
