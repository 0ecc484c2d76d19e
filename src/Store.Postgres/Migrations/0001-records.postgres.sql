-- Every table of records carries `place`, the bucket of the record's shard key (docs/decisions/0004): it is 0 in a database
-- that is gathered on one server, and the distribution column in one that is spread over several.
CREATE SCHEMA IF NOT EXISTS store;

-- What holds for the whole database, for ever: how many places there are.
CREATE TABLE store.setting (name text PRIMARY KEY, value text NOT NULL);

-- Resource types and senders by number.
CREATE TABLE store.name (n smallint PRIMARY KEY, text text NOT NULL UNIQUE);

-- One row a record, for life, with its current version and its terms.
-- number: the first version's seq. h: RecordKey.Hash; n counts those that share it, so that (h, n) is unique.
-- id: KeyBytes. kind: of the current version: 0 created, 1 updated, 2 deleted, 3 purged (only the key is left, so that
-- followers can forget too). g, slot: where its body is; 0 for none. identities: 16 bytes each, as in `identity`.
CREATE TABLE store.record (
  number bigint NOT NULL,
  h bigint NOT NULL,
  seq bigint NOT NULL,
  g bigint NOT NULL,
  shard bigint NOT NULL,
  version integer NOT NULL,
  flags integer NOT NULL,
  place smallint NOT NULL,
  n smallint NOT NULL,
  type smallint NOT NULL,
  kind smallint NOT NULL,
  sender smallint NOT NULL,
  slot smallint NOT NULL,
  id bytea NOT NULL,
  identities bytea NOT NULL,
  x bigint[] NOT NULL,
  t tsvector NOT NULL,
  PRIMARY KEY (number, place)
);
CREATE UNIQUE INDEX record_key ON store.record (h, n, place);
-- The inverted index of both columns of terms (see TermColumns). New terms wait in its pending list, which a background call
-- empties (PendingTerms), long before the 32 MB at which a writer would have to do it and stall.
CREATE INDEX record_terms ON store.record USING gin (x, t) WITH (fastupdate = on, gin_pending_list_limit = 32768);
-- No plan depends on how common a term is (see Searcher), so nobody needs to know: samples of terms cost more than all else
-- that is sampled.
ALTER TABLE store.record ALTER COLUMN x SET STATISTICS 0, ALTER COLUMN t SET STATISTICS 0;
-- Vacuum early: a count reads no row of a page that vacuum has seen.
ALTER TABLE store.record SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);

-- The order of current versions (see Moment): a record that never changed has its number for seq, so only the others are here.
CREATE INDEX record_changed ON store.record (seq, place) WHERE seq <> number;
-- The history of a type.
CREATE INDEX record_type ON store.record (type, seq);

-- Versions that are no longer current. With the current ones they are the history and the change feed, in the order of seq.
CREATE TABLE store.version (
  seq bigint NOT NULL,
  number bigint NOT NULL,
  g bigint NOT NULL,
  version integer NOT NULL,
  flags integer NOT NULL,
  place smallint NOT NULL,
  type smallint NOT NULL,
  kind smallint NOT NULL,
  sender smallint NOT NULL,
  slot smallint NOT NULL,
  PRIMARY KEY (seq, place)
);
CREATE INDEX version_number ON store.version (number, version);
CREATE INDEX version_type ON store.version (type, seq);

-- Bodies of up to sixteen versions of one commit and one place, compressed together. Kept in the row up to 8 kB: a group is
-- read whole, and a detour over the TOAST table would double the pages.
CREATE TABLE store.body (
  g bigint NOT NULL,
  place smallint NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (g, place)
) WITH (toast_tuple_target = 8160);
ALTER TABLE store.body ALTER COLUMN data SET STORAGE EXTERNAL;

-- Business identifiers, found by their hash alone: distributed by it.
CREATE TABLE store.identity (
  high bigint NOT NULL,
  low bigint NOT NULL,
  number bigint NOT NULL,
  PRIMARY KEY (high, low, number)
);

-- Where a key's record is, for whoever does not know its place: distributed by the key's hash. Empty while gathered, when
-- record_key does the same.
CREATE TABLE store.locator (
  h bigint NOT NULL,
  n smallint NOT NULL,
  place smallint NOT NULL,
  number bigint NOT NULL,
  PRIMARY KEY (h, n)
);

-- What writer w has committed, as spans of seq: all of them between first and last are there. A span is widened in place
-- (its index does not change) until it is long, then the next begins.
CREATE TABLE store.span (
  w smallint NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (w, first)
) WITH (fillfactor = 50);

-- Counts by type, a row of its own for each writer, so that none waits for another; kept in the transaction that it counts.
CREATE TABLE store.tally (
  w smallint NOT NULL,
  type smallint NOT NULL,
  live bigint NOT NULL,
  deleted bigint NOT NULL,
  versions bigint NOT NULL,
  PRIMARY KEY (w, type)
) WITH (fillfactor = 50);

-- What writer w has created, in chunks of 4,096 records, named by their first number (see Chunks). Empty where records are spread.
CREATE TABLE store.chunk (
  w smallint NOT NULL,
  first bigint NOT NULL,
  PRIMARY KEY (w, first)
);

CREATE TABLE store.follower (name text PRIMARY KEY, position text NOT NULL);

CREATE TABLE store.parameter (code integer PRIMARY KEY, type text NOT NULL, name text NOT NULL, UNIQUE (type, name));

CREATE TABLE store.job (
  id text PRIMARY KEY,
  n bigint NOT NULL,
  kind text NOT NULL,
  parameters text NOT NULL,
  state integer NOT NULL,
  done bigint NOT NULL,
  total bigint NOT NULL,
  checkpoint text NOT NULL,
  result text NOT NULL,
  cancel boolean NOT NULL,
  claim bigint NOT NULL,
  lease_ends bigint NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);

-- Writers there have ever been: the partitions of the feed.
-- chunks: how many each has begun.
CREATE TABLE store.writer (w smallint PRIMARY KEY, chunks bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
