namespace Kangqiao.Web.Speech;

/// <summary>A language that the pages speak.</summary>
/// <param name="Code">BCP 47; also the name of its file of texts.</param>
/// <param name="Name">As its speakers call it.</param>
public sealed record Language(string Code, string Name)
{
    public static readonly Language Chinese = new("zh-CN", "中文");
    public static readonly Language English = new("en", "English");

    public static IReadOnlyList<Language> All { get; } = [Chinese, English];

    /// <summary>Chinese unless the other was chosen.</summary>
    public static Language Of(string? code) => code == English.Code ? English : Chinese;
}
