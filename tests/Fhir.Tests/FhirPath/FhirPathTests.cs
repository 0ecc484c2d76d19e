using System.Text;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.FhirPath;

/// <summary>What expressions mean, where a clinician or a profile's author would notice a difference.</summary>
public sealed class FhirPathTests
{
    private static readonly FhirDocument Patient = Read("""
        {"resourceType":"Patient","id":"p1",
         "contained":[{"resourceType":"Organization","id":"o1","name":"康桥医院"}],
         "extension":[{"url":"http://example.org/age","valueAge":{"value":67,"system":"http://unitsofmeasure.org","code":"a","unit":"岁"}}],
         "name":[{"use":"official","text":"王小明","family":"王","given":["小明"]},{"use":"nickname","given":["明明","小王"]}],
         "gender":"male","birthDate":"1958-03","_birthDate":{"extension":[{"url":"http://example.org/source","valueCode":"self"}]},
         "deceasedBoolean":false,
         "managingOrganization":{"reference":"#o1"},
         "generalPractitioner":[{"reference":"Practitioner/7"},{"reference":"http://other.org/fhir/Organization/9/_history/2"}]}
        """);

    private static readonly FhirDocument Bundle = Read("""
        {"resourceType":"Bundle","type":"document","entry":[
         {"fullUrl":"http://hospital.cn/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","active":true}},
         {"fullUrl":"http://hospital.cn/fhir/Observation/2","resource":{"resourceType":"Observation","id":"2","status":"final",
          "code":{"text":"血压"},"subject":{"reference":"Patient/1"},
          "valueQuantity":{"value":120.0,"system":"http://unitsofmeasure.org","code":"mm[Hg]","unit":"mmHg"}}}]}
        """);

    [Theory]
    [InlineData("birthDate = @1958-03", "true")]
    [InlineData("birthDate = @1958-03-01", "")]
    [InlineData("birthDate = @1958", "")]
    [InlineData("birthDate < @1958-04-01", "true")]
    [InlineData("birthDate > @1957", "true")]
    [InlineData("birthDate ~ @1958-03-01", "false")]
    [InlineData("birthDate + 11 months", "1959-02")]
    [InlineData("birthDate + 40 days", "1958-04")]
    [InlineData("@2024-01-31 + 1 month", "2024-02-29")]
    [InlineData("@2024-02-29 - 1 year", "2023-02-28")]
    [InlineData("@9999-12-31 + 1 day", "")]
    [InlineData("@T23:30 + 45 minutes", "00:15")]
    [InlineData("@2024-03-01T10:00:00+08:00 = @2024-03-01T02:00:00Z", "true")]
    [InlineData("@2024-03-01T10:00:00+08:00 > @2024-02-27T10:00:00", "true")]
    [InlineData("@2024-03-01T10:00:00+08:00 > @2024-03-01T09:00:00", "")]
    [InlineData("@2015.lowBoundary(8)", "2015-01-01")]
    [InlineData("@2024-02.highBoundary()", "2024-02-29")]
    public void A_partial_date_answers_only_what_it_states(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Theory]
    [InlineData("name.given", "小明 明明 小王")]
    [InlineData("Patient.name.where(use = 'official').family", "王")]
    [InlineData("Observation.status", "")]
    [InlineData("Resource.id", "p1")]
    [InlineData("name[1].given[1]", "小王")]
    [InlineData("name[5].given", "")]
    [InlineData("deceased is boolean", "true")]
    [InlineData("deceased", "false")]
    [InlineData("birthDate.extension('http://example.org/source').value", "self")]
    [InlineData("birthDate.value.type().name", "Date")]
    [InlineData("birthDate.type().name", "date")]
    [InlineData("gender.hasValue()", "true")]
    [InlineData("name.select($index)", "0 1")]
    [InlineData("name.given.aggregate($total & $this, '')", "小明明明小王")]
    [InlineData("extension.value is Age", "true")]
    [InlineData("extension.value is Quantity", "true")]
    [InlineData("extension.value > 60 'a'", "true")]
    [InlineData("extension.value > 60 years", "true")]
    [InlineData("@1958-03-01 + extension.value", "2025-03-01")]
    [InlineData("%resource.id", "p1")]
    [InlineData("%context.gender", "male")]
    [InlineData("%`vs-administrative-gender`", "http://hl7.org/fhir/ValueSet/administrative-gender")]
    public void A_path_reaches_what_the_record_holds(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Theory]
    [InlineData("1 + 2 * 3 - 4", "3")]
    [InlineData("-2.power(2)", "-4")]
    [InlineData("7 div 2", "3")]
    [InlineData("-7 mod 3", "-1")]
    [InlineData("2147483647 + 1", "")]
    [InlineData("1.00 + 1", "2.00")]
    [InlineData("10000000000.0 * 10000000000.0 * 10000000000.0", "")]
    [InlineData("0.1 + 0.2 = 0.3", "true")]
    [InlineData("1 'kg' = 1000 'g'", "true")]
    [InlineData("1 'kg' > 2 'm'", "")]
    [InlineData("1 year = 12 months", "true")]
    [InlineData("1 year = 1 'a'", "")]
    [InlineData("1 year ~ 1 'a'", "true")]
    [InlineData("3 'min' + 30 's'", "210 's'")]
    [InlineData("120 'mm[Hg]' / 2", "60 'mm[Hg]'")]
    [InlineData("'10 \\'mg\\''.toQuantity().value", "10")]
    [InlineData("1 'g'.toQuantity('mg')", "1000 'mg'")]
    [InlineData("(1 | 2 | 3).sum()", "6")]
    [InlineData("(1.0 | 2 | 4).avg().round(2)", "2.33")]
    [InlineData("(3 | 1 | 2).max()", "3")]
    [InlineData("('b' | 'a').min()", "a")]
    [InlineData("{}.sum()", "")]
    [InlineData("5000000000L + 1", "5000000001")]
    public void Numbers_and_quantities_are_exact_or_empty(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Theory]
    [InlineData("{} and false", "false")]
    [InlineData("{} or true", "true")]
    [InlineData("{} implies true", "true")]
    [InlineData("true implies {}", "")]
    [InlineData("{} = 1", "")]
    [InlineData("{} ~ {}", "true")]
    [InlineData("name.exists() and link.empty()", "true")]
    [InlineData("(1 | 2).exists($this > 1)", "true")]
    [InlineData("{}.all(false)", "true")]
    [InlineData("gender in ('male' | 'female')", "true")]
    [InlineData("{} in ('male' | 'female')", "")]
    [InlineData("coalesce({}, {}, 'x', 'y')", "x")]
    [InlineData("iif(gender = 'male', '男', '女')", "男")]
    public void What_is_missing_makes_an_answer_unknown_rather_than_false(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Theory]
    [InlineData("'abc'.substring(1, 1) + 'x'.upper()", "bX")]
    [InlineData("'a-b-c'.split('-').join('+')", "a+b+c")]
    [InlineData("'王小明'.toChars().count()", "3")]
    [InlineData("'𠮷野'.toChars().first()", "𠮷")]
    [InlineData("'abcb'.lastIndexOf('b')", "3")]
    [InlineData("'370102195803070014'.matches('^[0-9]{17}[0-9X]$')", "true")]
    [InlineData("'１２３'.matches('\\\\d+')", "false")]
    [InlineData("'12-3'.matchesFull('[\\\\d-]+')", "true")]
    [InlineData("'x1y2'.replaceMatches('[0-9]', '#')", "x#y#")]
    [InlineData("'2024-13-01'.toDate().empty()", "true")]
    [InlineData("'yes'.toBoolean()", "true")]
    [InlineData("'Ａbc  d' ~ 'ＡBC d'", "true")]
    [InlineData("'a' < 'b'", "true")]
    [InlineData("'<b>'.escape('html')", "&lt;b&gt;")]
    public void Text_is_cut_joined_and_compared(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Theory]
    [InlineData("defineVariable('n', name.first()).select(%n.family)", "王")]
    [InlineData("name.defineVariable('all').first().select(%all.count())", "2")]
    [InlineData("name.defineVariable('second', skip(1).first()).first().select(%second.given)", "明明 小王")]
    [InlineData("'aaa'.replace(defineVariable('p', 'aaa').select(%p), defineVariable('p', 'bbb').select(%p))", "bbb")]
    [InlineData("defineVariable('r', 'r-').select(defineVariable('v', 'v1').select(%v)).select(%r & $this)", "r-v1")]
    public void A_variable_is_seen_down_the_chain_that_defines_it(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Theory]
    [InlineData("defineVariable('v', 1) | select(%v)")]
    [InlineData("select(defineVariable('v', 1)).select(%v)")]
    [InlineData("defineVariable('v').defineVariable('v')")]
    [InlineData("defineVariable('resource', 1)")]
    [InlineData("%nowhere")]
    [InlineData("name.single()")]
    [InlineData("name.given.substring(1)")]
    [InlineData("1 + 'a'")]
    [InlineData("'a' > 1")]
    [InlineData("(name as HumanName).use")]
    [InlineData("birthDate + 1 'mo'")]
    [InlineData("conformsTo('http://example.org/unknown')")]
    [InlineData("'a'.matches('(')")]
    [InlineData("name.startsWith('x')")]
    public void What_makes_no_sense_is_a_problem_not_an_answer(string expression)
    {
        var env = new FhirPathEnvironment();
        FhirPathExpression.Compile(expression).Value.Evaluate(Patient.Root, env, new FhirPathResults()).ShouldBeFalse();
        env.Problem.ShouldNotBeNull().Code.ShouldStartWith("FPX01");
    }

    [Theory]
    [InlineData("", "FPX001")]
    [InlineData("name.", "FPX001")]
    [InlineData("name..given", "FPX001")]
    [InlineData("'open", "FPX001")]
    [InlineData("@2024-13", "FPX001")]
    [InlineData("name[0", "FPX001")]
    [InlineData("1 2", "FPX001")]
    [InlineData("nonsense()", "FPX004")]
    [InlineData("first(1)", "FPX005")]
    [InlineData("name is Nonsense", "FPX006")]
    public void A_faulty_text_is_refused_with_the_place(string expression, string code)
    {
        var problem = FhirPathExpression.Compile(expression).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe(code);
        problem.Message.ShouldContain("character");
    }

    [Theory]
    [InlineData("name.given1", "FPX007")]
    [InlineData("Encounter.status", "FPX007")]
    [InlineData("deceasedBoolean", "FPX007")]
    [InlineData("name.where(givn = 'x')", "FPX007")]
    [InlineData("birthDate + 7", "FPX008")]
    [InlineData("name.upper()", "FPX008")]
    [InlineData("children().first()", "FPX008")]
    [InlineData("iif('x', 1, 2)", "FPX008")]
    public void Checking_against_a_type_finds_what_can_never_be(string expression, string code) =>
        FhirPathExpression.Compile(expression, Patient.Root.Type).Problem.ShouldNotBeNull().Code.ShouldBe(code);

    [Fact]
    public void Expressions_of_the_specification_pass_the_check_against_their_own_types()
    {
        foreach (var parameter in R4.Facts.SearchParameters)
        {
            if (parameter.Expression is { } text && parameter.Bases is [{ IsAbstract: false } only])
            {
                FhirPathExpression.Compile(text, only).Problem.ShouldBeNull($"{parameter.Code}: {text}");
            }
        }
    }

    [Theory]
    [InlineData("managingOrganization.resolve().name", "康桥医院")]
    [InlineData("generalPractitioner.resolve()", "")]
    [InlineData("contained.where(%rootResource.id = 'p1').name", "康桥医院")]
    public void References_inside_the_record_are_followed(string expression, string expected) =>
        Show(expression).ShouldBe(expected);

    [Fact]
    public void A_reference_in_a_document_leads_to_the_entry_of_that_address()
    {
        var env = new FhirPathEnvironment();
        Show("entry[1].resource.subject.resolve().active", Bundle, env).ShouldBe("true");
        Show("entry[1].resource.value > 100 'mm[Hg]'", Bundle, env).ShouldBe("true");
    }

    [Fact]
    public void A_target_that_is_not_at_hand_is_known_by_its_type_where_that_is_asked_for()
    {
        var env = new FhirPathEnvironment { AssumesTargets = true };
        Show("generalPractitioner.where(resolve() is Practitioner).reference", Patient, env).ShouldBe("Practitioner/7");
        Show("generalPractitioner.where(resolve() is Organization).count()", Patient, env).ShouldBe("1");
    }

    [Fact]
    public void Terminology_answers_for_memberOf_and_its_silence_is_empty()
    {
        var env = new FhirPathEnvironment();
        Show("gender.memberOf('http://example.org/vs')", Patient, env).ShouldBe(string.Empty);
        env.Terminology = new OnlyMale();
        Show("gender.memberOf('http://example.org/vs')", Patient, env).ShouldBe("true");
        Show("gender.memberOf('http://example.org/other')", Patient, env).ShouldBe(string.Empty);
    }

    [Fact]
    public void Now_is_one_instant_throughout_an_evaluation()
    {
        var env = new FhirPathEnvironment { Time = new Passing() };
        Show("now() = now() and today() <= now().toDate()", Patient, env).ShouldBe("true");
        Show("today()", Patient, env).ShouldBe("2024-03-01");
    }

    [Fact]
    public void An_invariant_without_an_answer_does_not_hold()
    {
        var env = new FhirPathEnvironment();
        var empty = FhirPathExpression.Compile("link.type = 'seealso'").Value;
        empty.IsTrue(Patient.Root, env).ShouldBeFalse();
        empty.Ask(Patient.Root, env).ShouldBeNull();
        env.Problem.ShouldBeNull();
        FhirPathExpression.Compile("name.exists()").Value.Ask(Patient.Root, env).ShouldBe(true);
    }

    [Fact]
    public void Variables_of_the_caller_are_seen()
    {
        var env = new FhirPathEnvironment();
        env.SetVariable("wanted", FhirPathItem.Of("nickname"));
        Show("name.where(use = %wanted).given.first()", Patient, env).ShouldBe("明明");
    }

    private static string Show(string expression) => Show(expression, Patient, new FhirPathEnvironment());

    private static string Show(string expression, FhirDocument document, FhirPathEnvironment env)
    {
        var results = new FhirPathResults();
        var compiled = FhirPathExpression.Compile(expression);
        compiled.Problem.ShouldBeNull();
        compiled.Value.Evaluate(document.Root, env, results).ShouldBeTrue(env.Problem?.Message);
        var texts = new List<string>();
        foreach (ref readonly var item in results)
        {
            texts.Add(item.ToString());
        }

        return string.Join(' ', texts);
    }

    private static FhirDocument Read(string json)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(Encoding.UTF8.GetBytes(json), findings);
        findings.HasErrors.ShouldBeFalse(string.Join('\n', findings.Items));
        return document;
    }

    private sealed class OnlyMale : ITerminology
    {
        public Membership IsMember(string valueSet, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) =>
            valueSet != "http://example.org/vs" ? Membership.Unknown
            : code.SequenceEqual("male"u8) ? Membership.Member
            : Membership.NotMember;

        public Membership IsDefined(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) => Membership.Unknown;

        public bool? Subsumes(string system, string parent, string child) => null;
    }

    /// <summary>A clock that is never asked twice without having moved.</summary>
    private sealed class Passing : TimeProvider
    {
        private DateTimeOffset at = new(2024, 3, 1, 8, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => at = at.AddSeconds(1);
    }
}
