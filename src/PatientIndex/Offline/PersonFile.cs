using System.Text;
using CsvHelper;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Offline;

/// <summary>Rows of persons in a CSV file, UTF-8 or GB18030, with a header; the first column tells rows apart.</summary>
public static class PersonFile
{
    private const int Sniffed = 1 << 16;

    /// <summary>Reads a file's rows one by one.</summary>
    /// <param name="take">Called with each row's id and what it says.</param>
    /// <returns>The number of rows, or why the file cannot be read.</returns>
    public static Outcome<int> Read(string path, MatchModel model, Action<string, PersonValues> take)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(take);
        var name = Path.GetFileName(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            using var csv = CsvReader.Create(file, OptionsFor(EncodingOf(file)), leaveOpen: false);
            if (!csv.Read() || csv.FieldCount < 2)
            {
                return Problems.UnreadableRows(name, "it has no header line with at least two columns.");
            }

            if (Columns.Of(csv, model) is not { } columns)
            {
                return Problems.NothingToCompare(name);
            }

            var rows = 0;
            while (csv.Read())
            {
                take(csv.GetString(0), columns.Row(csv));
                rows++;
            }

            return rows;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CsvFormatException)
        {
            return Problems.UnreadableRows(name, fault.Message.Split('\n')[0]);
        }
    }

    private static CsvReaderOptions OptionsFor(Encoding encoding) => new()
    {
        HasHeader = false,
        Separator = ',',
        Encoding = encoding,
        TrimWhitespace = true,
        MaxRecordSize = 1 << 20,
        SkipEmptyLines = true,
        PoolStrings = true,
    };

    private static Encoding EncodingOf(FileStream file)
    {
        var start = new byte[Sniffed];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        // The last character may be cut in two.
        for (var cut = 0; cut < 4 && cut < read; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(start.AsSpan(0, read - cut)))
            {
                return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            }
        }

        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("GB18030");
    }

    /// <summary>Which columns say what.</summary>
    private sealed record Columns(int Name, int Surname, int Given, int Sex, int Birth, int Number, int Phone, int[] Address, int GuardianName, int GuardianNumber)
    {
        public static Columns? Of(CsvReader header, MatchModel model)
        {
            var first = new Dictionary<string, int>(StringComparer.Ordinal);
            var address = new List<int>();
            for (var column = 1; column < header.FieldCount; column++)
            {
                if (model.Headers.TryGetValue(header.GetString(column).Trim().Replace(' ', '_').ToLowerInvariant(), out var role))
                {
                    if (role == nameof(PersonValues.Address))
                    {
                        address.Add(column);
                    }
                    else
                    {
                        _ = first.TryAdd(role, column);
                    }
                }
            }

            return first.Count + address.Count == 0 ? null : new(
                Column(nameof(PersonValues.Name)), Column(nameof(PersonValues.Surname)), Column(nameof(PersonValues.Given)),
                Column(nameof(PersonValues.Sex)), Column(nameof(PersonValues.Birth)), Column(nameof(PersonValues.Number)),
                Column(nameof(PersonValues.Phone)), [.. address], Column(nameof(PersonValues.GuardianName)), Column(nameof(PersonValues.GuardianNumber)));

            int Column(string role) => first.GetValueOrDefault(role, -1);
        }

        public PersonValues Row(CsvReader csv)
        {
            var lines = Address.Length == 1 ? Text(csv, Address[0]) : string.Join(' ', Address.Select(column => Text(csv, column)).Where(line => line.Length > 0));
            return new()
            {
                Name = Text(csv, Name),
                Surname = Text(csv, Surname),
                Given = Text(csv, Given),
                Sex = Text(csv, Sex),
                Birth = Text(csv, Birth),
                Number = Text(csv, Number),
                Phone = Text(csv, Phone),
                Address = lines,
                GuardianName = Text(csv, GuardianName),
                GuardianNumber = Text(csv, GuardianNumber),
            };
        }

        private static string Text(CsvReader csv, int column) => column < 0 || column >= csv.FieldCount ? "" : csv.GetString(column);
    }
}
