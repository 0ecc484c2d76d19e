using System.Runtime.InteropServices;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Turns the index values of a record into its terms; <c>docs/decisions/0003</c> names the kinds, and
/// <see cref="Queries.ClauseCompiler"/> asks for what is written here. One per thread, used again for each record.
/// </summary>
public sealed class TermWriter
{
    /// <summary>Bytes of a text's term that count; a longer text is told apart by reading it.</summary>
    internal const int LongestText = 48;

    /// <summary>The same for what people read beside a code, and for URIs.</summary>
    internal const int LongestDisplay = 32;

    internal const int LongestUri = 72;

    /// <summary>Letters of a hash that keep units apart.</summary>
    internal const int UnitLetters = 7;

    /// <summary>Letters of a hash that keep the resource types apart; a test proves it.</summary>
    internal const int TypeLetters = 4;

    private const int MostTerms = 200_000;

    private readonly TermBuffer terms = new();
    private readonly HashSet<ulong> pairs = [];
    private int[] counts = [];
    private bool[] hasIntervals = [];
    private int[] parts = [];

    /// <summary>The terms, for <see cref="Writes.PreparedRecord.Terms"/>.</summary>
    /// <param name="type">Of the plan the values were taken by.</param>
    /// <param name="values">Of the record.</param>
    /// <param name="id">Logical id of the record: it is in its own compartment.</param>
    /// <param name="labels">What the body does not say.</param>
    public Outcome<ReadOnlyMemory<byte>> Write(TypeTerms type, IndexValues values, string id, RecordLabels labels)
    {
        terms.Clear();
        terms.Add(type.TypeTermBytes);
        WriteLabels(labels);
        WriteOwnCompartment(type, id);
        Count(type, values);
        foreach (ref readonly var value in values.Items)
        {
            if (!type.IsByKey[value.Parameter] && type.Parts[value.Parameter] is null)
            {
                WriteValue(type, values, value);
            }

            if (terms.Count > MostTerms)
            {
                return Queries.QueryProblems.TooManyTerms(MostTerms);
            }
        }

        WriteMarks(type, values);
        return (ReadOnlyMemory<byte>)terms.Written.ToArray();
    }

    private void WriteLabels(RecordLabels labels)
    {
        if (labels.SourcePatient is { } patient)
        {
            AddText(RecordLabels.PatientTerm(patient));
        }

        foreach (var label in labels.Labels ?? [])
        {
            AddText(label);
        }
    }

    private void WriteOwnCompartment(TypeTerms type, string id)
    {
        var compartments = R4.Facts.Compartments;
        for (var c = 0; c < compartments.Length; c++)
        {
            if (ReferenceEquals(compartments[c].Type, type.Plan.Type))
            {
                AddText(TypeTerms.CompartmentTerm(c, id));
            }
        }
    }

    private void AddText(string term)
    {
        var room = terms.Begin(term.Length * 3);
        terms.End(Encoding.UTF8.GetBytes(term, room));
    }

    /// <summary>How many values each parameter has: dates, marks and composites depend on it.</summary>
    private void Count(TypeTerms type, IndexValues values)
    {
        var length = type.Codes.Count;
        if (counts.Length < length)
        {
            counts = new int[length];
            hasIntervals = new bool[length];
        }

        Array.Clear(counts);
        Array.Clear(hasIntervals);
        foreach (ref readonly var value in values.Items)
        {
            counts[value.Parameter]++;
        }
    }

    private void WriteValue(TypeTerms type, IndexValues values, in IndexValue value)
    {
        var code = type.Code(value.Parameter);
        switch (value.Kind)
        {
            case IndexKind.String:
                AddText((byte)'s', code, values.Text(value.Second), LongestText);
                AddBigrams(values.Text(value.Second));
                break;
            case IndexKind.StringKey:
                AddText((byte)'y', code, values.Text(value.Second), LongestText);
                AddBigrams(values.Text(value.Second));
                break;
            case IndexKind.Token:
                AddToken((byte)'k', code, values.Text(value.First), values.Text(value.Second));
                AddDisplay(code, values, value);
                break;
            case IndexKind.TokenText:
                AddDisplay(code, values, value);
                break;
            case IndexKind.TokenOfType:
                var hash = TermHash.Of((byte)'o', values.Text(value.First), values.Text(value.Second));
                hash.Add(values.Text(value.Third));
                AddHash((byte)'o', code, hash);
                break;
            case IndexKind.Reference:
                AddReference(type, code, values, value);
                break;
            case IndexKind.ReferenceIdentifier:
                AddToken((byte)'i', code, values.Text(value.First), values.Text(value.Second));
                break;
            case IndexKind.Date:
                AddDate(code, value);
                break;
            case IndexKind.Number:
            case IndexKind.Quantity:
                AddQuantity(code, values, value);
                break;
            case IndexKind.Uri:
                AddUri(code, values, value);
                break;
            default:
                break;
        }
    }

    private void AddToken(byte kind, ReadOnlySpan<byte> code, ReadOnlySpan<byte> system, ReadOnlySpan<byte> token)
    {
        if (!token.IsEmpty)
        {
            AddHash(kind, code, TermHash.Of((byte)'c', token));
        }

        if (system.IsEmpty)
        {
            return;
        }

        AddHash(kind, code, TermHash.Of((byte)'s', system));
        if (!token.IsEmpty)
        {
            AddHash(kind, code, TermHash.Of((byte)'b', system, token));
        }
    }

    private void AddDisplay(ReadOnlySpan<byte> code, IndexValues values, in IndexValue value)
    {
        if (!value.Third.IsEmpty)
        {
            AddText((byte)'b', code, values.SearchForm(value.Third), LongestDisplay);
        }
    }

    private void AddReference(TypeTerms type, ReadOnlySpan<byte> code, IndexValues values, in IndexValue value)
    {
        // R4 has no search for what is contained in the record itself; that there is a reference is told by the mark h.
        if ((value.Flags & IndexFlags.Contained) != 0)
        {
            return;
        }

        var id = values.Text(value.Second);
        if (!value.Fourth.IsEmpty)
        {
            AddHash((byte)'r', code, TermHash.Of((byte)'u', values.Text(value.Fourth)), (byte)'x');
            if (!id.IsEmpty)
            {
                AddHash((byte)'r', code, TermHash.Of((byte)'i', id), (byte)'y');
            }

            return;
        }

        var term = Begin((byte)'r', code, TermHash.Length + TypeLetters);
        TermHash.Of((byte)'i', id).Write(term[..TermHash.Length]);
        TermHash.Of((byte)'t', values.Text(value.First)).Write(term[TermHash.Length..]);
        terms.End(4 + term.Length);
        AddCompartments(type.CompartmentsOf[value.Parameter], values, value);
    }

    private void AddCompartments(byte into, IndexValues values, in IndexValue value)
    {
        for (var c = 0; into != 0; c++, into >>= 1)
        {
            if ((into & 1) == 0 || !IsText(values.Text(value.First), R4.Facts.Compartments[c].Type.Name))
            {
                continue;
            }

            var term = terms.Begin(2 + TermHash.Length);
            term[0] = (byte)'c';
            term[1] = (byte)TypeTerms.CompartmentLetter(c);
            TermHash.Of((byte)'c', values.Text(value.Second)).Write(term[2..]);
            terms.End(term.Length);
        }
    }

    private static bool IsText(ReadOnlySpan<byte> utf8, string ascii)
    {
        if (utf8.Length != ascii.Length)
        {
            return false;
        }

        for (var i = 0; i < ascii.Length; i++)
        {
            if (utf8[i] != ascii[i])
            {
                return false;
            }
        }

        return true;
    }

    private void AddDate(ReadOnlySpan<byte> code, in IndexValue value)
    {
        var first = DayAxis.Of(value.LowTicks);
        var last = DayAxis.Of(Math.Max(value.HighTicks - 1, value.LowTicks));

        // With a single value, terms of its two ends belong together; with several they may not.
        var isOnly = counts[value.Parameter] == 1;
        AddDay(isOnly ? (byte)'d' : (byte)'a', code, first);
        if (first == last)
        {
            return;
        }

        AddDay(isOnly ? (byte)'d' : (byte)'a', code, last);
        foreach (var span in DayAxis.Cover(first, last))
        {
            AddShort(isOnly ? (byte)'j' : (byte)'z', code, span);
        }

        hasIntervals[value.Parameter] = true;
    }

    private void AddDay(byte kind, ReadOnlySpan<byte> code, long day)
    {
        for (var span = 0; span < DayAxis.SpansOf(day); span++)
        {
            var term = Begin(kind, code, DayAxis.LongestKey);
            terms.End(4 + DayAxis.WriteSpan(day, span, term));
        }
    }

    private void AddShort(byte kind, ReadOnlySpan<byte> code, string ascii)
    {
        var term = Begin(kind, code, ascii.Length);
        terms.End(4 + Encoding.ASCII.GetBytes(ascii, term));
    }

    private void AddQuantity(ReadOnlySpan<byte> code, IndexValues values, in IndexValue value)
    {
        var isPoint = IsPoint(value);
        var low = value.Low == decimal.MinValue ? NumberAxis.NoLow : NumberAxis.Of(value.Low);
        var high = value.High == decimal.MaxValue ? NumberAxis.NoHigh : isPoint ? low : NumberAxis.Of(value.High);
        AddNumber(isPoint, code, 0, default, low, high);
        if (value.Kind == IndexKind.Number)
        {
            return;
        }

        var unit = values.Text(value.Second);
        var written = values.Text(value.Third);
        if (!unit.IsEmpty)
        {
            AddNumber(isPoint, code, (byte)'u', unit, low, high);
        }

        if (!written.IsEmpty && !written.SequenceEqual(unit))
        {
            AddNumber(isPoint, code, (byte)'v', written, low, high);
        }

        if ((value.Flags & IndexFlags.HasCanonical) != 0)
        {
            var (least, most) = (NumberAxis.Of(value.CanonicalLow), NumberAxis.Of(value.CanonicalHigh));
            AddNumber(isPoint, code, (byte)'c', values.Text(value.Fourth), least, most);
        }
    }

    private static bool IsPoint(in IndexValue value) =>
        value.Low == value.High && (value.Flags & (IndexFlags.LowOpen | IndexFlags.HighOpen)) == 0;

    /// <param name="scope">0 for a number without unit, which is seldom asked for and kept without spans.</param>
    private void AddNumber(bool isPoint, ReadOnlySpan<byte> code, byte scope, ReadOnlySpan<byte> unit, long low, long high)
    {
        Span<byte> head = stackalloc byte[scope == 0 ? 0 : 1 + UnitLetters];
        if (scope != 0)
        {
            head[0] = scope;
            TermHash.Of((byte)'q', unit).Write(head[1..]);
        }

        AddSlot((byte)'q', code, head, low, scope != 0);
        if (!isPoint)
        {
            AddSlot((byte)'q', code, head, high, scope != 0);
            head.CopyTo(Begin((byte)'e', code, head.Length));
            terms.End(4 + head.Length);
        }
    }

    private void AddSlot(byte kind, ReadOnlySpan<byte> code, ReadOnlySpan<byte> head, long slot, bool hasSpans)
    {
        Span<byte> key = stackalloc byte[NumberAxis.LongestKey];
        key = key[..NumberAxis.WriteKey(slot, key)];
        for (var span = hasSpans ? NumberAxis.SpansOf(slot) : 0; span >= 0; span--)
        {
            var isWhole = !hasSpans || span == NumberAxis.SpansOf(slot);
            var part = isWhole ? key : key[..NumberAxis.LengthOfSpan(span)];
            var term = Begin(kind, code, head.Length + part.Length);
            head.CopyTo(term);
            part.CopyTo(term[head.Length..]);
            terms.End(4 + term.Length);
        }
    }

    private void AddUri(ReadOnlySpan<byte> code, IndexValues values, in IndexValue value)
    {
        var whole = values.Text(value.Fourth);
        AddHash((byte)'u', code, TermHash.Of((byte)'u', whole));
        if (value.First.Length != whole.Length)
        {
            AddHash((byte)'u', code, TermHash.Of((byte)'f', values.Text(value.First)));
        }

        AddText((byte)'n', code, whole, LongestUri);
    }

    private void AddHash(byte kind, ReadOnlySpan<byte> code, TermHash hash, byte mark = 0)
    {
        var term = Begin(kind, code, TermHash.Length + 1);
        var at = 0;
        if (mark != 0)
        {
            term[at++] = mark;
        }

        hash.Write(term.Slice(at, TermHash.Length));
        terms.End(4 + at + TermHash.Length);
    }

    private void AddText(byte kind, ReadOnlySpan<byte> code, ReadOnlySpan<byte> text, int most)
    {
        var term = Begin(kind, code, most);
        terms.End(4 + TermText.Write(text, term, out _));
    }

    /// <summary>
    /// Every two neighbouring characters, and the last alone, of all strings of the record together: enough to find the few
    /// records worth reading for :contains. A single character is asked as the beginning of a pair.
    /// </summary>
    private void AddBigrams(ReadOnlySpan<byte> text)
    {
        Span<byte> previous = stackalloc byte[TermText.LongestCharacter];
        Span<byte> next = stackalloc byte[TermText.LongestCharacter];
        var length = 0;
        while (!text.IsEmpty)
        {
            var nextLength = TermText.WriteOne(text, next, out var read);
            text = text[read..];
            if (length > 0)
            {
                AddBigram(previous[..length], next[..nextLength]);
            }

            next[..nextLength].CopyTo(previous);
            length = nextLength;
        }

        if (length > 0)
        {
            AddBigram(previous[..length], default);
        }
    }

    private void AddBigram(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var term = terms.Begin(1 + first.Length + second.Length);
        term[0] = (byte)'g';
        first.CopyTo(term[1..]);
        second.CopyTo(term[(1 + first.Length)..]);
        terms.End(term.Length);
    }

    private void WriteMarks(TypeTerms type, IndexValues values)
    {
        for (var i = 0; i < type.Codes.Count; i++)
        {
            if (type.IsByKey[i] || type.Parts[i] is not null || type.Plan.Parameters[i].Type == SearchType.Composite)
            {
                continue;
            }

            if (type.IsMostlyThere(i) == (counts[i] == 0))
            {
                AddMark(counts[i] == 0 ? (byte)'v' : (byte)'h', type.Code(i));
            }

            if (hasIntervals[i] && counts[i] > 1)
            {
                AddMark((byte)'m', type.Code(i));
            }
        }

        foreach (var composite in type.Composites)
        {
            WriteCompositeMark(type, composite, values);
        }
    }

    // A composite whose parts are all the values that its components have in the record is met when each component is met.
    // Where that is not so the mark m says that the pairing has to be looked at.
    private void WriteCompositeMark(TypeTerms type, CompositeTerms composite, IndexValues values)
    {
        var tuples = counts[composite.Position];
        if (composite.IsPaired)
        {
            WritePairs(type, composite, values);
            return;
        }

        if (!composite.IsDecidable)
        {
            if (tuples > 0)
            {
                AddMark((byte)'h', type.Code(composite.Position));
            }

            return;
        }

        foreach (var component in composite.Components)
        {
            if (counts[component] == 0)
            {
                return;
            }
        }

        if (tuples != 1 || !HoldsAllValues(composite, values))
        {
            AddMark((byte)'m', type.Code(composite.Position));
        }
    }

    /// <summary>
    /// Code and quantity of each tuple in one term, so that which code goes with which number need not be looked at. A tuple
    /// with an interval of numbers is marked instead.
    /// </summary>
    private void WritePairs(TypeTerms type, CompositeTerms composite, IndexValues values)
    {
        var code = type.Code(composite.Position);
        pairs.Clear();
        foreach (ref readonly var tuple in values.Items)
        {
            if (tuple.Parameter != composite.Position)
            {
                continue;
            }

            var all = values.PartsOf(tuple);
            foreach (ref readonly var number in all)
            {
                if (number.Component != 1 || (number.Flags & IndexFlags.HasCanonical) == 0)
                {
                    continue;
                }

                if (!IsPoint(number))
                {
                    AddMark((byte)'m', code);
                    continue;
                }

                foreach (ref readonly var token in all)
                {
                    if (token is { Component: 0, Kind: IndexKind.Token } && !values.Text(token.First).IsEmpty && !values.Text(token.Second).IsEmpty)
                    {
                        AddPair(code, values, token, number);
                    }
                }
            }
        }
    }

    private void AddPair(ReadOnlySpan<byte> code, IndexValues values, in IndexValue token, in IndexValue number)
    {
        Span<byte> head = stackalloc byte[TermHash.Length];
        Pair((byte)'c', values.Text(token.First), values.Text(token.Second), values.Text(number.Fourth)).Write(head);

        // A code with two numbers: what is known of one says nothing of the other.
        if (!pairs.Add(MemoryMarshal.Read<ulong>(head)))
        {
            AddMark((byte)'m', code);
        }

        var (low, high) = (NumberAxis.Of(number.CanonicalLow), NumberAxis.Of(number.CanonicalHigh));
        AddSlot((byte)'w', code, head, low, hasSpans: true);
        if (high != low)
        {
            AddSlot((byte)'w', code, head, high, hasSpans: true);
        }

        Pair((byte)'u', values.Text(token.First), values.Text(token.Second), values.Text(number.Second)).Write(head);
        AddSlot((byte)'w', code, head, NumberAxis.Of(number.Low), hasSpans: false);
    }

    /// <param name="scope">c for a base unit, u for the unit's own code.</param>
    internal static TermHash Pair(byte scope, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, ReadOnlySpan<byte> unit)
    {
        var hash = TermHash.Of(scope, system, code);
        hash.Add(unit);
        return hash;
    }

    private bool HoldsAllValues(CompositeTerms composite, IndexValues values)
    {
        if (parts.Length < composite.Components.Length)
        {
            parts = new int[composite.Components.Length];
        }

        Array.Clear(parts);
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter == composite.Position)
            {
                foreach (ref readonly var part in values.PartsOf(value))
                {
                    parts[part.Component]++;
                }
            }
        }

        for (var i = 0; i < composite.Components.Length; i++)
        {
            if (parts[i] != counts[composite.Components[i]])
            {
                return false;
            }
        }

        return true;
    }

    private void AddMark(byte kind, ReadOnlySpan<byte> code)
    {
        _ = Begin(kind, code, 0);
        terms.End(4);
    }

    private Span<byte> Begin(byte kind, ReadOnlySpan<byte> code, int most)
    {
        var term = terms.Begin(4 + most);
        term[0] = kind;
        code.CopyTo(term[1..]);
        return term[4..];
    }
}
