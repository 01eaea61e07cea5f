-- Times are milliseconds since 1970-01-01T00:00:00Z. A subject is written TRACKER:KIND:ID.

-- A repository or project by its stable ids, with what is known of it. `name` is what the tracker's addresses are built from.
CREATE TABLE repository (
    id                  INTEGER PRIMARY KEY,
    tracker             TEXT   NOT NULL,
    installation        TEXT   NOT NULL,
    repository          TEXT   NOT NULL,
    name                TEXT,
    policy_status       TEXT,              -- missing, good, broken; NULL: never looked for
    policy_error        TEXT,
    policy_good         TEXT,
    policy_revision     TEXT,
    policy_checked_at   BIGINT,
    policy_active_since BIGINT,
    UNIQUE (tracker, installation, repository)
);

-- Every delivery, once. Its row outlives its payload, so that a late redelivery is still known.
CREATE TABLE inbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    tracker     TEXT   NOT NULL,
    delivery    TEXT   NOT NULL,
    event       TEXT   NOT NULL,
    action      TEXT,
    sender      TEXT,
    received_at BIGINT NOT NULL,
    ignored     TEXT,
    subjects    TEXT   NOT NULL,           -- JSON array
    payload     BLOB,                      -- NULL once pruned
    UNIQUE (tracker, delivery)
);
CREATE INDEX inbox_with_payload ON inbox (received_at) WHERE payload IS NOT NULL;

-- What a subject's handler has not consumed yet. `seq` is never reused: a claim remembers how far it has seen.
CREATE TABLE signal (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    subject   TEXT   NOT NULL,
    inbox_seq BIGINT REFERENCES inbox (seq),
    event     TEXT                         -- JSON; NULL: it only makes the subject dirty
);
CREATE INDEX signal_by_subject ON signal (subject, seq);

-- What is dirty: one row per subject.
CREATE TABLE work (
    subject       TEXT   NOT NULL PRIMARY KEY,
    repository_id BIGINT NOT NULL REFERENCES repository (id),
    kind          TEXT   NOT NULL,
    lane          BIGINT NOT NULL,         -- 0 people, 1 events, 2 sweeps
    revision      BIGINT NOT NULL,         -- how often it was made dirty
    due_at        BIGINT NOT NULL,
    attempts      BIGINT NOT NULL DEFAULT 0,
    lease         BIGINT,
    -- From when on it may be claimed: when it is due, or when its lease runs out, or never (dead).
    ready_at      BIGINT,
    dead_at       BIGINT,
    missing_since BIGINT,
    note          TEXT,                    -- why it waits or died
    CHECK ((ready_at IS NULL) = (dead_at IS NOT NULL)),
    CHECK (dead_at IS NULL OR lease IS NULL),
    CHECK (lease IS NOT NULL OR ready_at = due_at)
) WITHOUT ROWID;
-- Finds the repositories of a lane one by one, and within each the longest due.
CREATE INDEX work_by_repository ON work (lane, repository_id, ready_at) WHERE ready_at IS NOT NULL;
-- Tells at once that nothing is due.
CREATE INDEX work_by_time ON work (ready_at) WHERE ready_at IS NOT NULL;

-- When a repository was last served in a lane, as a running number: the lowest is next.
CREATE TABLE turn (
    lane          BIGINT NOT NULL,
    repository_id BIGINT NOT NULL REFERENCES repository (id),
    served        BIGINT NOT NULL,
    PRIMARY KEY (lane, repository_id)
) WITHOUT ROWID;
CREATE INDEX turn_by_number ON turn (served);

CREATE TABLE pause (
    tracker      TEXT   NOT NULL,
    installation TEXT   NOT NULL,
    paused_until BIGINT NOT NULL,
    why          TEXT   NOT NULL,
    PRIMARY KEY (tracker, installation)
) WITHOUT ROWID;

CREATE TABLE tick (
    schedule TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (schedule, at)
) WITHOUT ROWID;

-- What is remembered of an item: `memory` is all of it (JSON); the columns beside it are what reports ask for.
CREATE TABLE item (
    subject       TEXT   NOT NULL PRIMARY KEY,
    repository_id BIGINT NOT NULL REFERENCES repository (id),
    state         TEXT   NOT NULL,         -- open, closed
    category      TEXT,
    side          TEXT,
    decided_by    TEXT   NOT NULL,         -- person, bot, nobody
    created_at    BIGINT,
    seen_at       BIGINT NOT NULL,
    memory        TEXT   NOT NULL
);
CREATE INDEX item_by_age ON item (coalesce(created_at, seen_at));
CREATE INDEX item_by_repository ON item (repository_id, created_at);

-- What was done, or decided without being done, and why.
CREATE TABLE record (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    at             BIGINT NOT NULL,
    subject        TEXT   NOT NULL,
    action         TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    evidence       TEXT   NOT NULL,        -- JSON array
    model_version  TEXT   NOT NULL,
    policy_version TEXT   NOT NULL,
    result         TEXT   NOT NULL
);
CREATE INDEX record_by_subject ON record (subject, seq);
