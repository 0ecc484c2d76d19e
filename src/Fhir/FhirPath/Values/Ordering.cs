namespace Kangqiao.Fhir.FhirPath;

/// <summary>Order between values (http://hl7.org/fhirpath/#comparison).</summary>
internal static class Ordering
{
    /// <summary>False with a problem for values that have no order between them; the order is null where it cannot be told.</summary>
    public static bool TryCompare(FhirPathEnvironment env, in FhirPathItem left, in FhirPathItem right, string where, out int? order)
    {
        order = null;
        if (!env.Spend(1))
        {
            return false;
        }

        switch (left.Kind, right.Kind)
        {
            case (ItemKind.String, ItemKind.String):
                order = string.CompareOrdinal(left.String, right.String);
                return true;
            case (ItemKind.Integer or ItemKind.Long or ItemKind.Decimal, ItemKind.Integer or ItemKind.Long or ItemKind.Decimal):
                order = left.Decimal.CompareTo(right.Decimal);
                return true;
            case (ItemKind.Quantity, ItemKind.Quantity):
                order = Quantities.Compare(left, right);
                return true;
            case (ItemKind.Quantity, ItemKind.Integer or ItemKind.Long or ItemKind.Decimal):
                order = Quantities.Compare(left, Quantities.OfNumber(right.Decimal));
                return true;
            case (ItemKind.Integer or ItemKind.Long or ItemKind.Decimal, ItemKind.Quantity):
                order = Quantities.Compare(Quantities.OfNumber(left.Decimal), right);
                return true;
            case (ItemKind.Date or ItemKind.DateTime, ItemKind.Date or ItemKind.DateTime):
            case (ItemKind.Time, ItemKind.Time):
                order = Temporal.Compare(left.Temporal, right.Temporal);
                return true;
            default:
                return env.Fail(FhirPathProblems.Unsuitable(
                    where, "two values with an order", $"{Singletons.Describe(left)} and {Singletons.Describe(right)}"));
        }
    }
}
