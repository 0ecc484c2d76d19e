-- Versions that came late. told: milliseconds of Unix time at which the source made the version; 0 where it did not say.
-- kind 4: older than the one that was current when it came; it was never current itself. record.late: how many came since the current version; the next one's number goes on behind them.
ALTER TABLE store.version ADD COLUMN told bigint NOT NULL DEFAULT 0;
ALTER TABLE store.record ADD COLUMN told bigint NOT NULL DEFAULT 0, ADD COLUMN late smallint NOT NULL DEFAULT 0;
