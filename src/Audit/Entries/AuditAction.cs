namespace Kangqiao.Audit.Entries;

/// <summary>What was done. The numbers stand in the trail for ever: new ones go to the end of their group.</summary>
public enum AuditAction : byte
{
    Read = 1,
    VersionRead = 2,
    Search = 3,
    History = 4,
    Operation = 5,

    /// <summary>Records went into a file, or the file was fetched.</summary>
    Export = 6,

    /// <summary>A masked field was shown in full.</summary>
    Reveal = 7,

    Create = 20,
    Update = 21,
    Patch = 22,
    Delete = 23,

    /// <summary>An institution handed something in at the door.</summary>
    Submit = 24,

    SignIn = 40,
    SignOut = 41,

    /// <summary>A token was made.</summary>
    Token = 42,

    /// <summary>Access without the usual right, in an emergency.</summary>
    BreakGlass = 43,

    /// <summary>Accounts, rights, keys, settings were changed.</summary>
    Administer = 60,

    /// <summary>A process began to write its part of the trail.</summary>
    Start = 61,

    Stop = 62,

    /// <summary>A rule found something that somebody should look at.</summary>
    Warning = 63,

    /// <summary>A person was put under special watch.</summary>
    Watch = 64,

    Unwatch = 65,

    /// <summary>Parts of the trail whose time was over were deleted.</summary>
    Retire = 66,
}

/// <summary>How it ended; the numbers are those of http://hl7.org/fhir/audit-event-outcome.</summary>
public enum AuditOutcome : byte
{
    Success = 0,

    /// <summary>Refused, or not there.</summary>
    Refused = 4,

    /// <summary>It failed on our side.</summary>
    Failed = 8,
}
