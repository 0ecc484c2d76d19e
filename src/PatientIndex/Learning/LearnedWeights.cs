namespace Kangqiao.PatientIndex.Learning;

/// <summary>What an estimation has learned, to be kept and taken up again.</summary>
/// <param name="Version">Names it for ever: the model's name and version and when it was learned.</param>
/// <param name="Rows">Rows it was learned from.</param>
/// <param name="Prior">Bits of the prior among those rows.</param>
public sealed record LearnedWeights(string Version, DateTimeOffset At, int Rows, double Prior, double[][] M, double[][] U)
{
    /// <summary>Of a pair among so many rows: people do not have more records because there are more people.</summary>
    public double PriorBits(double rows) => Prior + Math.Log2(Rows / rows);
}
