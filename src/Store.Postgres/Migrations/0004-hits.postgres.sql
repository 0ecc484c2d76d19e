-- Hits of common terms, counted as they are written (see TermCounts).
-- Terms that are counted: from the moment it stands here every transaction says what it changes. is_ready: what there was before is counted too.
CREATE TABLE store.counted (term bigint PRIMARY KEY, is_ready boolean NOT NULL);
INSERT INTO store.setting (name, value) VALUES ('counted', '0') ON CONFLICT (name) DO NOTHING;

-- Hits by the writer who made them; w = -1: what there was before. One writer's rows are changed by no other.
CREATE TABLE store.hits (
  w smallint NOT NULL,
  term bigint NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (term, w)
) WITH (fillfactor = 50);

-- What a transaction has changed, until its writer adds it to `hits`.
CREATE TABLE store.hits_change (
  w smallint NOT NULL,
  n integer NOT NULL,
  terms bigint[] NOT NULL,
  changes integer[] NOT NULL,
  PRIMARY KEY (w, n)
);
