using System.Text;
using Kangqiao.PatientIndex.Model;

namespace Kangqiao.PatientIndex.Rows;

/// <summary>An address in the table: a slice of all tokens.</summary>
internal sealed record AddressForm(int[] Tokens, ulong House);

/// <summary>A telephone number: its digits without the country's prefix.</summary>
internal sealed record PhoneForm(string Digits);

/// <summary>One row, as numbers into the tables of distinct values.</summary>
internal readonly record struct PersonRow
{
    public int Name { get; init; }

    public int Birth { get; init; }

    public int Number { get; init; }

    public int Phone { get; init; }

    public int Address { get; init; }

    public int GuardianName { get; init; }

    public int GuardianNumber { get; init; }

    /// <summary>1, 2, or 0 where unknown.</summary>
    public byte Sex { get; init; }

    /// <summary>The number says another day of birth altogether: it may be a parent's, or somebody else's.</summary>
    public bool IsNumberDoubted { get; init; }
}

/// <summary>All persons to compare, in columns of distinct values.</summary>
internal sealed class PersonTable(MatchModel model)
{
    private const int FewestPhoneDigits = 6;

    private readonly NameReader names = new(model.Names);
    private PersonRow[] rows = new PersonRow[1024];

    public int Count { get; private set; }

    public ValueTable<NameForm> Names { get; } = new();

    public ValueTable<NumberForm> Numbers { get; } = new();

    public ValueTable<PhoneForm> Phones { get; } = new();

    public ValueTable<AddressForm> Addresses { get; } = new();

    /// <summary>Memory of the rows themselves.</summary>
    public long Bytes => (long)System.Runtime.CompilerServices.Unsafe.SizeOf<PersonRow>() * rows.Length;

    public ref readonly PersonRow this[int row] => ref rows[row];

    public int Add(in PersonValues values)
    {
        Put(AddEmpty(), RowOf(values));
        return Count - 1;
    }

    /// <summary>A row that says nothing yet.</summary>
    public int AddEmpty()
    {
        if (Count == rows.Length)
        {
            Array.Resize(ref rows, rows.Length * 2);
        }

        rows[Count] = default;
        return Count++;
    }

    /// <summary>Says something else of a row; a row that is gone says nothing.</summary>
    public void Replace(int row, in PersonRow says)
    {
        var was = rows[row];
        Names.UncountRow(was.Name);
        Numbers.UncountRow(was.Number);
        Phones.UncountRow(was.Phone);
        Addresses.UncountRow(was.Address);
        Put(row, says);
    }

    /// <summary>Values read from here on are not kept, until <see cref="DismissGuests"/>.</summary>
    public void ReceiveGuests()
    {
        Names.ReceiveGuests();
        Numbers.ReceiveGuests();
        Phones.ReceiveGuests();
        Addresses.ReceiveGuests();
    }

    public void DismissGuests()
    {
        Names.DismissGuests();
        Numbers.DismissGuests();
        Phones.DismissGuests();
        Addresses.DismissGuests();
    }

    private void Put(int row, in PersonRow says)
    {
        Names.CountRow(says.Name);
        Numbers.CountRow(says.Number);
        Phones.CountRow(says.Phone);
        Addresses.CountRow(says.Address);
        rows[row] = says;
    }

    /// <summary>A row that is compared with the table but is not in it.</summary>
    public PersonRow RowOf(in PersonValues values)
    {
        var name = Name(values);
        var number = Number(values.Number);
        var birth = Birth.Parse(values.Birth, model.BirthPlaceholders);
        var guardian = Number(values.GuardianNumber);
        var doubted = false;
        if (Numbers[number] is { IsResident: true } resident)
        {
            if (birth == 0)
            {
                birth = resident.IsVerified ? resident.Birth : 0;
            }
            else if (birth != resident.Birth && birth / 10000 != resident.Birth / 10000 && !Birth.IsSlip(birth, resident.Birth))
            {
                doubted = true;
            }

            if (Names[name]?.Kind == NameKind.Newborn && (doubted || guardian == number))
            {
                (guardian, number) = (number, 0);
            }
        }

        return new()
        {
            Name = name,
            Birth = birth,
            Number = number,
            IsNumberDoubted = doubted && number != 0,
            Phone = Phone(values.Phone),
            Address = Address(values.Address),
            Sex = SexOf(values.Sex),
            GuardianName = values.GuardianName.Length == 0 ? 0 : Name(new() { Name = values.GuardianName }),
            GuardianNumber = guardian,
        };
    }

    private static byte SexOf(string sex) => sex.Trim() switch
    {
        "1" or "男" or "男性" or "M" or "m" or "male" or "Male" => 1,
        "2" or "女" or "女性" or "F" or "f" or "female" or "Female" => 2,
        _ => 0,
    };

    private int Name(in PersonValues values)
    {
        var raw = values.Name.Length > 0 ? values.Name : $"{values.Surname}\u0001{values.Given}";
        if (Names.TryMet(raw, out var number))
        {
            return number;
        }

        var form = names.Read(values);
        return Names.Add(raw, form is null ? null : $"{form.Text}\u0001{form.Kind}{form.Ordinal}", form);
    }

    private int Number(string raw)
    {
        if (raw.Length == 0)
        {
            return 0;
        }

        if (Numbers.TryMet(raw, out var number))
        {
            return number;
        }

        var form = NumberForm.Of(raw, model.NumberPlaceholders);
        return Numbers.Add(raw, form?.Text, form);
    }

    private int Phone(string raw)
    {
        if (raw.Length == 0)
        {
            return 0;
        }

        if (Phones.TryMet(raw, out var number))
        {
            return number;
        }

        var digits = new StringBuilder(16);
        foreach (var c in raw.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsAsciiDigit(c) && digits.Length < 20)
            {
                digits.Append(c);
            }
        }

        var text = digits.ToString();
        text = text.StartsWith("0086", StringComparison.Ordinal) ? text[4..]
            : text.Length == 13 && text.StartsWith("86", StringComparison.Ordinal) ? text[2..]
            : text;
        var isPhone = text.Length >= FewestPhoneDigits && text.AsSpan().ContainsAnyExcept(text[0]) && !model.PhonePlaceholders.Contains(text);
        return Phones.Add(raw, text, isPhone ? new(text) : null);
    }

    private int Address(string raw)
    {
        if (raw.Length == 0)
        {
            return 0;
        }

        if (Addresses.TryMet(raw, out var number))
        {
            return number;
        }

        var (tokens, house) = AddressReader.Read(raw);
        return Addresses.Add(raw, raw, tokens.Length == 0 ? null : new(tokens, house));
    }
}
