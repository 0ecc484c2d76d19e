namespace Kangqiao.Bench.Kills;

/// <summary>
/// What a server has promised about one thing: the step it acknowledged last, and the one it was asked for behind it whose answer never
/// came. After a kill the thing must stand at the one or the other, and at nothing else.
/// </summary>
internal sealed class Promise(string id, bool isBundle)
{
    public string Id => id;

    /// <summary>A transaction of many records; else one record that changes.</summary>
    public bool IsBundle => isBundle;

    /// <summary>Steps acknowledged. Of a record: 0 nothing, 1 created, 2 updated, 3 deleted. Of a bundle: 0 nothing, 1 all.</summary>
    public int Acknowledged { get; set; }

    /// <summary>Asked for and not answered.</summary>
    public bool IsOpen { get; set; }
}
