namespace Kangqiao.Analytics.Views;

/// <summary>Where something stands in the file of a view.</summary>
/// <param name="Path">"select[0].column[1].path".</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in bytes.</param>
internal readonly record struct Place(string Path, int Line, int Column);

/// <summary>A text with its place.</summary>
internal sealed record Written(string Text, Place Place);

/// <summary>A view as it is written (https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html), its shape checked, its expressions not yet.</summary>
/// <param name="Name">Null where it has none.</param>
internal sealed record ViewDefinition(
    string? Name, Written Resource, ConstantDefinition[] Constants, SelectDefinition[] Selects, Written[] Where);

/// <param name="Type">The FHIR type of its value[x]: "string".</param>
internal sealed record ConstantDefinition(Written Name, string Type, Written Value);

/// <summary>One select: over the items of at most one of forEach, forEachOrNull and repeat, its columns beside its selects beside its unions.</summary>
/// <param name="ForEach">forEach or forEachOrNull.</param>
internal sealed record SelectDefinition(
    Place Place, Written? ForEach, bool IsOrNull, Written[] Repeat, ColumnDefinition[] Columns, SelectDefinition[] Selects, SelectDefinition[] Unions);

/// <param name="SqlType">What a tag "ansi/type" says.</param>
internal sealed record ColumnDefinition(Written Name, Written Path, bool IsCollection, Written? Type, Written? SqlType);
