using Kangqiao.City.Places;

namespace Kangqiao.City.Facilities;

/// <summary>Something measured at a place rather than on a person: weights of medical waste, water, days of stock.</summary>
/// <param name="Point">Of the place, in the registry.</param>
/// <param name="Of">What of: a kind of waste, a parameter, a drug.</param>
internal sealed record Reading(Institution Sender, string Point, string PointName, string Kind, string KindName, string Of, decimal Value, string Unit, DateTime At, string Number);
