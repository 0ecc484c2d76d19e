-- Versions that came late. told: milliseconds of Unix time at which the source made the version; null where it did not say.
-- kind 4: older than the one that was current when it came; it hangs in the chain of prev right behind that one and was never
-- current itself. record.version is the last number given to a version of the record, late ones included; that of the
-- current version stands in its own row.
ALTER TABLE version ADD COLUMN told INTEGER;
