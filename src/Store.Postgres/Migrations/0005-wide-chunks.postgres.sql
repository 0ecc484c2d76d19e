-- Chunks lie in wide chunks of sixteen, whose name stands among their records' terms too, before the chunk's. wide: that name; 0 where the
-- records have none, because they were written before there were any.
ALTER TABLE store.chunk ADD COLUMN wide bigint NOT NULL DEFAULT 0;
