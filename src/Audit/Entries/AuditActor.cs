namespace Kangqiao.Audit.Entries;

/// <summary>Who did it, as the sign-in says. Texts longer than 200 characters are cut.</summary>
/// <param name="Role">Empty for somebody who is not signed in.</param>
public sealed record AuditActor(string Role)
{
    /// <summary>The account.</summary>
    public string? User { get; init; }

    /// <summary>The application or system that asked.</summary>
    public string? Client { get; init; }

    public string? Institution { get; init; }

    /// <summary>Id of the Practitioner.</summary>
    public string? Practitioner { get; init; }

    /// <summary>Id of the Person who looks at their own.</summary>
    public string? Resident { get; init; }

    public string? Region { get; init; }

    /// <summary>Why, as a code of purpose of use.</summary>
    public string? Purpose { get; init; }

    /// <summary>Where from.</summary>
    public string? Address { get; init; }

    /// <summary>The one name that stands for the actor: the account, else the practitioner, the resident, the application, the institution, the role.</summary>
    public string Name => User ?? (Practitioner is { } p ? "Practitioner/" + p : Resident is { } r ? "Person/" + r : Client ?? Institution ?? Role);
}
