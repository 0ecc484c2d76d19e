using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>A record in the making: the statements that belong to it, each under the field content names for it.</summary>
internal sealed class Draft(string kind, string? role, SectionContext section)
{
    private readonly List<(string Field, Statement Statement, CdaRule? Rule)> fields = [];

    public string Kind => kind;

    public string? Role => role;

    public SectionContext Section => section;

    /// <summary>The procedure, substanceAdministration or other entry that is the record itself; null where observations make it up.</summary>
    public Statement? Act { get; init; }

    public bool IsEmpty => fields.Count == 0 && Act is null;

    public bool Has(string field) => fields.Exists(f => f.Field == field);

    public void Add(string field, Statement statement, CdaRule? rule)
    {
        fields.Add((field, statement, rule));
        statement.Draft = this;
    }

    public CdaRule? RuleOf(string field) => fields.Find(f => f.Field == field).Rule;

    public Statement? Look(string field) => fields.Find(f => f.Field == field).Statement;

    /// <summary>The first of the field, which a record's element now says; what nobody takes is kept as a data element.</summary>
    public Statement? Take(string field)
    {
        var at = fields.FindIndex(f => f.Field == field);
        if (at < 0)
        {
            return null;
        }

        var statement = fields[at].Statement;
        fields.RemoveAt(at);
        return statement;
    }

    /// <summary>The code, where it is one or nothing else names the thing; text in a code's place stays beside a name.</summary>
    public Statement? TakeCode() => Look("code")?.Value.Kind == ValueKind.Code || !Has("name") ? Take("code") : null;

    public List<Statement> TakeAll(string field)
    {
        var all = fields.Where(f => f.Field == field).Select(f => f.Statement).ToList();
        fields.RemoveAll(f => f.Field == field);
        return all;
    }

    /// <summary>What no element of the record has taken.</summary>
    public List<Statement> Rest() => fields.ConvertAll(f => f.Statement);

    public IEnumerable<Statement> Statements => Act is null ? fields.Select(f => f.Statement) : fields.Select(f => f.Statement).Prepend(Act);

    /// <summary>The time any of its statements gives.</summary>
    public CdaValue Time => Statements.Select(s => s.Time).FirstOrDefault(t => !t.IsNothing) ?? CdaValue.Nothing;

    public IEnumerable<Participation> People => Statements.SelectMany(s => s.People).Distinct();
}
