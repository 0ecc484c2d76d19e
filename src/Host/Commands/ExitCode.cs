namespace Kangqiao.Host.Commands;

/// <summary>What a command's exit code means.</summary>
internal static class ExitCode
{
    public const int Yes = 0;

    /// <summary>The question was answered with no: invalid, mismatch.</summary>
    public const int No = 1;

    /// <summary>The command could not do its work.</summary>
    public const int Failure = 2;
}
