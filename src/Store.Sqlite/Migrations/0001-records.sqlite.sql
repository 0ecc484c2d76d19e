-- Resource types and senders by number.
CREATE TABLE name (n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

-- One row a record, for life. h: RecordKey.Hash, not unique. id: 16 bytes for a UUID, else text.
-- seq: its current version. state: 0 live, 1 deleted, 2 purged (only the key is left, so that followers can forget too).
CREATE TABLE record (
  r INTEGER PRIMARY KEY,
  h INTEGER NOT NULL,
  type INTEGER NOT NULL,
  id ANY NOT NULL,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  state INTEGER NOT NULL,
  shard INTEGER NOT NULL
) STRICT;
CREATE INDEX record_h ON record (h);

-- Every version of every record, in the order of commit: the history and the change feed.
-- prev: the version before it of the same record, so that an instance's history needs no index.
-- at: milliseconds of Unix time. kind: 0 created, 1 updated, 2 deleted, 3 purged. g, slot: where its body is.
CREATE TABLE version (
  seq INTEGER PRIMARY KEY,
  r INTEGER NOT NULL,
  type INTEGER NOT NULL,
  version INTEGER NOT NULL,
  prev INTEGER,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  sender INTEGER NOT NULL,
  g INTEGER,
  slot INTEGER
) STRICT;
CREATE INDEX version_type ON version (type);

-- Bodies of up to sixteen versions of one commit, compressed together.
CREATE TABLE body (g INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;

-- The inverted index: rowid is the record's number. The tokenizer leaves [0-9a-z] and bytes from 0x80 whole.
CREATE VIRTUAL TABLE term USING fts5(t, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- Business identifiers. i: record number times 64 plus a count, so that a record's own are found without an index.
CREATE TABLE identity (i INTEGER PRIMARY KEY, high INTEGER NOT NULL, low INTEGER NOT NULL) STRICT;
CREATE INDEX identity_key ON identity (high, low);

-- Kept in the same transaction as what it counts.
CREATE TABLE tally (type INTEGER PRIMARY KEY, live INTEGER NOT NULL, deleted INTEGER NOT NULL, versions INTEGER NOT NULL) STRICT;

CREATE TABLE follower (name TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE parameter (type TEXT NOT NULL, name TEXT NOT NULL, code INTEGER NOT NULL UNIQUE, PRIMARY KEY (type, name)) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  parameters TEXT NOT NULL,
  state INTEGER NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  checkpoint TEXT NOT NULL,
  result TEXT NOT NULL,
  cancel INTEGER NOT NULL,
  claim INTEGER NOT NULL,
  lease_ends INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX job_open ON job (state, n) WHERE state < 2;
