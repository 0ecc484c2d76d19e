-- Messages that wait for a receiver. last: number of the last one ever added. state: the owner's own.
CREATE TABLE outbox (name TEXT PRIMARY KEY, last INTEGER NOT NULL, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE outbox_message (
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (name, number)
) STRICT, WITHOUT ROWID;
