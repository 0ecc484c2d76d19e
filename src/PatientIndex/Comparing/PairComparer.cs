using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Comparing;

/// <summary>Compares rows of one table. One for each thread: it remembers nothing but what it reads.</summary>
internal sealed class PairComparer(PersonTable table, AddressWeights weights)
{
    private const float Same = 0.97f, Most = 0.80f, Much = 0.60f, Some = 0.35f;

    /// <summary>Bits that an address must hold to count as more than a district.</summary>
    private const float FewestAddressBits = 12;

    public Pattern Compare(in PersonRow a, in PersonRow b)
    {
        var name = a.Name == 0 || b.Name == 0 ? NameLevel.Missing
            : a.Name == b.Name ? (table.Names[a.Name]!.Kind == NameKind.Masked ? NameLevel.Partial : NameLevel.Exact)
            : NameComparer.Compare(table.Names[a.Name]!, table.Names[b.Name]!);
        return new(
            name,
            BirthOf(a.Birth, b.Birth),
            NumberOf(a, b, name),
            PhoneOf(a.Phone, b.Phone),
            a.Sex == 0 || b.Sex == 0 ? SexLevel.Missing : a.Sex == b.Sex ? SexLevel.Same : SexLevel.Other,
            AddressOf(a.Address, b.Address),
            GuardianOf(a, b));
    }

    private static BirthLevel BirthOf(int a, int b)
    {
        if (a == 0 || b == 0)
        {
            return BirthLevel.Missing;
        }

        if (a == b)
        {
            return a % 100 == 0 ? BirthLevel.Slip : BirthLevel.Exact;
        }

        return Birth.IsSlip(a, b) ? BirthLevel.Slip : a / 10000 == b / 10000 ? BirthLevel.SameYear : BirthLevel.Other;
    }

    private NumberLevel NumberOf(in PersonRow a, in PersonRow b, NameLevel name)
    {
        if (a.Number == 0 || b.Number == 0)
        {
            return NumberLevel.Missing;
        }

        if (a.Number == b.Number)
        {
            // A number that may be somebody else's proves nothing unless the name agrees too.
            return (a.IsNumberDoubted || b.IsNumberDoubted) && name is not (NameLevel.Exact or NameLevel.Sound) ? NumberLevel.Missing : NumberLevel.Exact;
        }

        if (a.IsNumberDoubted || b.IsNumberDoubted)
        {
            return NumberLevel.Missing;
        }

        var first = table.Numbers[a.Number]!;
        var second = table.Numbers[b.Number]!;
        return first.IsVerified && second.IsVerified ? NumberLevel.Contradiction
            : NumberForm.IsSlip(first.Text, second.Text) ? NumberLevel.Slip
            : NumberLevel.Other;
    }

    private PhoneLevel PhoneOf(int a, int b) =>
        a == 0 || b == 0 ? PhoneLevel.Missing
        : a == b ? PhoneLevel.Exact
        : NumberForm.IsSlip(table.Phones[a]!.Digits, table.Phones[b]!.Digits) ? PhoneLevel.Slip
        : PhoneLevel.Other;

    private GuardianLevel GuardianOf(in PersonRow a, in PersonRow b)
    {
        if (a.GuardianNumber != 0 && b.GuardianNumber != 0)
        {
            return a.GuardianNumber == b.GuardianNumber ? GuardianLevel.Same : GuardianLevel.Other;
        }

        if (a.GuardianName == 0 || b.GuardianName == 0)
        {
            return GuardianLevel.Missing;
        }

        return NameComparer.Compare(table.Names[a.GuardianName]!, table.Names[b.GuardianName]!) <= NameLevel.Near ? GuardianLevel.Same : GuardianLevel.Other;
    }

    private AddressLevel AddressOf(int a, int b)
    {
        if (a == 0 || b == 0)
        {
            return AddressLevel.Missing;
        }

        if (a == b)
        {
            return weights.Of(a) < FewestAddressBits ? AddressLevel.Much : AddressLevel.Same;
        }

        var least = Math.Min(weights.Of(a), weights.Of(b));
        if (least <= 0)
        {
            return AddressLevel.Missing;
        }

        var share = weights.Shared(table.Addresses[a]!.Tokens, table.Addresses[b]!.Tokens) / least;
        var level = share switch
        {
            >= Same => AddressLevel.Same,
            >= Most => AddressLevel.Most,
            >= Much => AddressLevel.Much,
            >= Some => AddressLevel.Some,
            _ => AddressLevel.Other,
        };
        return least < FewestAddressBits && level < AddressLevel.Much ? AddressLevel.Much : level;
    }
}
