-- Messages that wait for a receiver. last: number of the last one ever added. state: the owner's own.
CREATE TABLE store.outbox (name text PRIMARY KEY, last bigint NOT NULL, state text NOT NULL);
CREATE TABLE store.outbox_message (
  name text NOT NULL,
  number bigint NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (name, number)
);
