namespace Kangqiao.Store;

/// <param name="Live">Records that can be found.</param>
/// <param name="Deleted">Records whose current version is a deletion.</param>
/// <param name="Versions">Versions of all records of the type, current ones and deletions included.</param>
public readonly record struct TypeStatistics(string Type, long Live, long Deleted, long Versions);

/// <param name="Types">By type name; kept in the transactions that change them, so never off.</param>
/// <param name="BytesOnDisk">All files of the store.</param>
public sealed record StoreStatistics(IReadOnlyList<TypeStatistics> Types, long BytesOnDisk);

/// <param name="Files">Names inside the folder.</param>
/// <param name="End">The state of the feed that the copy holds.</param>
public sealed record BackupReport(IReadOnlyList<string> Files, long Bytes, long Records, Feed.ChangeCursor End);
