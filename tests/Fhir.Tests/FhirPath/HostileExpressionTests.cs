using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.FhirPath;

/// <summary>Expressions from strangers: they may be refused or fail, but never throw, hang or eat the memory.</summary>
public sealed class HostileExpressionTests
{
    private static readonly FhirDocument Patient = FhirDocument.Read(
        Encoding.UTF8.GetBytes("""
            {"resourceType":"Patient","name":[{"use":"official","family":"a","given":["b","c"]},{"given":["d"]}],"birthDate":"1958-03",
             "contact":[{"name":{"family":"x"},"period":{"start":"2001","end":"2002-01-01T10:00:00Z"}}],"multipleBirthInteger":2}
            """),
        new FindingList());

    [Theory]
    [InlineData("repeatAll($this)")]
    [InlineData("'12345678901234567890'.toChars().aggregate($total & $total & $total & $total, 'abcdefghij')")]
    [InlineData("'a'.repeat($this + 'x')")]
    [InlineData("('a'|'b').repeatAll('a' | 'b')")]
    [InlineData("descendants().select(%context.descendants().select(%context.descendants().select(%context.descendants().select(%context.descendants().select(%context.descendants())))))")]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(?=a)(a+)+$')")]
    public void An_expression_that_would_run_away_is_stopped(string expression)
    {
        var env = new FhirPathEnvironment();
        FhirPathExpression.Compile(expression).Value.Evaluate(Patient.Root, env, new FhirPathResults()).ShouldBeFalse();
        env.Problem.ShouldNotBeNull().Code.ShouldBeOneOf("FPX014", "FPX015");
    }

    [Theory]
    [InlineData("(", 5000)]
    [InlineData("-", 5000)]
    [InlineData("a.", 5000)]
    [InlineData("a[", 5000)]
    [InlineData("iif(", 4000)]
    [InlineData("1+", 5000)]
    [InlineData("a and ", 2500)]
    [InlineData("1|", 5000)]
    [InlineData("x", 20000)]
    public void Deep_and_long_texts_are_refused_or_bounded(string part, int times)
    {
        var text = string.Concat(Enumerable.Repeat(part, times));
        foreach (var candidate in new[] { text, text + "1", text + "1" + new string(')', times) })
        {
            if (FhirPathExpression.Compile(candidate, Patient.Root.Type).Try(out var compiled, out _))
            {
                compiled.Evaluate(Patient.Root, new FhirPathEnvironment(), new FhirPathResults());
            }
        }
    }

    [Theory]
    [InlineData("(a{999}){999}")]
    [InlineData("((((a{50}){50}){50}){50})")]
    [InlineData("[")]
    [InlineData("(?<n>a)\\k<n>")]
    public void A_pattern_is_used_or_refused(string pattern)
    {
        var env = new FhirPathEnvironment();
        env.SetVariable("p", FhirPathItem.Of(pattern));
        var compiled = FhirPathExpression.Compile("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.matches(%p)").Value;
        (compiled.Evaluate(Patient.Root, env, new FhirPathResults()) || env.Problem is not null).ShouldBeTrue();
    }

    /// <summary>20,000 mutations of real expressions, the same ones in every run.</summary>
    [Fact]
    public void Mutated_expressions_give_a_result_or_a_problem()
    {
        var random = new Random(20240301);
        var seeds = R4.Facts.Constraints.Select(c => c.Expression)
            .Concat(R4.Facts.SearchParameters.Select(s => s.Expression).OfType<string>())
            .Concat(
            [
                "@2024-02-29T10:00:00.123+08:00 + 1.5 'h' > now() - 3 months",
                "name.sort(-family, given.first()).given.aggregate($total + 1, 0) div 3.5 mod 2",
                "'a,b'.split(',').join('x').replaceMatches('[a-z]+', '$0').encode('base64').decode('hex')",
                "birthDate.lowBoundary(6) | multipleBirth.highBoundary().power(0.5).ln() | 4 'g'.toQuantity('mg') * 2 'm'",
                "defineVariable('x', name.given).select(iif(%x.count() > 2, %x.skip(1).take(2), %x.toChars())).trace('t')",
                "duration(@2024, 'year') | birthDate.difference(today(), 'month') | 1.5 'wk' ~ 10 days",
            ])
            .ToArray();
        var env = new FhirPathEnvironment { MaxSteps = 20_000 };
        var results = new FhirPathResults();
        var compiledCount = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = Mutate(seeds, random);
            if (!FhirPathExpression.Compile(text, random.Next(2) == 0 ? Patient.Root.Type : null).Try(out var compiled, out var problem))
            {
                problem.Message.ShouldNotBeEmpty();
                continue;
            }

            compiledCount++;
            if (!compiled.Evaluate(Patient.Root, env, results))
            {
                env.Problem.ShouldNotBeNull(text);
            }

            foreach (ref readonly var item in results)
            {
                item.ToString().ShouldNotBeNull();
            }
        }

        compiledCount.ShouldBeGreaterThan(1000);
    }

    private static string Mutate(string[] seeds, Random random)
    {
        const string letters = "().,|&[]{}'\"`@%$+-*/<>=!~ 0129TZaL:\\";
        string[] words =
        [
            "name", "given", "$this", "%resource", "where(", "select(", "first()", "1", "2.50", "'x'", "@2024", "@T10", "is ", "as ", " and ", " in ", "{}",
            "4 'mg'", "1 year", "descendants()", "toString()", "repeat(", "-", "length()", "power(", "99999999999999999999.0",
        ];
        var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(5))
            {
                case 0 when text.Length > 0:
                    text.Remove(Math.Min(at, text.Length - 1), 1);
                    break;
                case 1:
                    text.Insert(at, letters[random.Next(letters.Length)]);
                    break;
                case 2:
                    text.Insert(at, words[random.Next(words.Length)]);
                    break;
                case 3:
                    var other = seeds[random.Next(seeds.Length)];
                    text.Insert(at, other.AsSpan(random.Next(other.Length)));
                    break;
                default:
                    text.Length = Math.Max(at, 1);
                    break;
            }
        }

        return text.ToString();
    }
}
