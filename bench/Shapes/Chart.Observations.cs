namespace Kangqiao.Bench.Shapes;

internal sealed partial class Chart
{
    private static ReadOnlySpan<byte> VitalSigns =>
        "{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"vital-signs\",\"display\":\"Vital Signs\"}]}"u8;

    private static ReadOnlySpan<byte> Laboratory =>
        "{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\",\"display\":\"Laboratory\"}]}"u8;

    private static ReadOnlySpan<byte> Survey =>
        "{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"survey\",\"display\":\"Survey\"}]}"u8;

    /// <summary>Blood pressure at every second examination makes one code about 5 % of all observations.</summary>
    private void WriteVitalSigns()
    {
        if (random.Chance(500))
        {
            WriteBloodPressure();
        }

        var count = random.Between(2, 6);
        var first = random.Below(Vocabulary.VitalSigns.Length);
        for (var i = 0; i < count; i++)
        {
            WriteMeasure(VitalSigns, Vocabulary.VitalSigns[(first + i) % Vocabulary.VitalSigns.Length]);
        }

        if (random.Chance(800))
        {
            var question = Vocabulary.Survey[Vocabulary.SurveyUse.Pick(ref random)];
            var link = BeginObservation(Survey, question);
            writer.Write($$$"""
                "valueCodeableConcept":{{{One(Vocabulary.Answers)}}}}
                """);
            End(link);
        }
    }

    private void WriteSingleLaboratoryValue() =>
        WriteMeasure(Laboratory, Vocabulary.Laboratory[Vocabulary.LaboratoryUse.Pick(ref random)]);

    private void WritePanel()
    {
        var panel = Vocabulary.Panels[Vocabulary.PanelUse.Pick(ref random)];
        Span<Guid> results = stackalloc Guid[panel.Count];
        for (var i = 0; i < panel.Count; i++)
        {
            results[i] = WriteMeasure(Laboratory, Vocabulary.Laboratory[panel.First + i]).Id;
        }

        var link = Begin(ShapeType.DiagnosticReport);
        writer.Write($$$"""
            "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"LAB","display":"Laboratory"}]}],"code":{{{panel.Code}}},"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"effectiveDateTime":"{{{visit.Start}}}","issued":"{{{visit.End}}}","performer":[{"reference":"{{{visit.Organization}}}"}],"result":[
            """);
        for (var i = 0; i < panel.Count; i++)
        {
            writer.Comma(i == 0);
            writer.Write($$$"""{"reference":"{{{new Link(ShapeType.Observation, results[i])}}}","display":"{{{Vocabulary.Laboratory[panel.First + i].Code.Display}}}"}""");
        }

        writer.Utf8("]}"u8);
        End(link);
        reports.Add((link, panel.Code));
    }

    private Link WriteMeasure(ReadOnlySpan<byte> category, Measure measure)
    {
        var link = BeginObservation(category, measure.Code);
        writer.Write($$$"""
            "valueQuantity":{"value":{{{measure.Value(ref random)}}}{{{measure.Unit}}}}
            """);
        End(link);
        return link;
    }

    private void WriteBloodPressure()
    {
        var link = BeginObservation(VitalSigns, Vocabulary.BloodPressure);
        writer.Write($$$"""
            "component":[{"code":{{{Vocabulary.Diastolic}}},"valueQuantity":{"value":{{{new Figure(random.Between(580, 1050), 1)}}},"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{{{Vocabulary.Systolic}}},"valueQuantity":{"value":{{{new Figure(random.Between(950, 1820), 1)}}},"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}
            """);
        End(link);
    }

    private Link BeginObservation(ReadOnlySpan<byte> category, Concept code)
    {
        var link = Begin(ShapeType.Observation);
        writer.Write($$$"""
            "status":"final","category":[{{{category}}}],"code":{{{code}}},"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"effectiveDateTime":"{{{visit.Start}}}","issued":"{{{visit.End}}}",
            """);
        return link;
    }
}
