-- A board, owned by the one policy file that declares it. Its row outlives that: what is known of its sprints is history.
CREATE TABLE board (
    id            INTEGER PRIMARY KEY,
    subject       TEXT   NOT NULL UNIQUE,
    name          TEXT   NOT NULL,
    repository_id BIGINT REFERENCES repository (id),  -- NULL: nobody declares it any more
    tracker_id    TEXT,                               -- as events name it
    report        TEXT,                               -- the key of the item that carries the report
    look_at       BIGINT                              -- when the schedule looks at it next; NULL: at once
);
CREATE INDEX board_by_tracker_id ON board (tracker_id) WHERE tracker_id IS NOT NULL;
CREATE INDEX board_by_repository ON board (repository_id) WHERE repository_id IS NOT NULL;

-- A sprint, known by its board and its first day (YYYY-MM-DD).
CREATE TABLE sprint (
    board_id BIGINT NOT NULL REFERENCES board (id),
    start    TEXT   NOT NULL,
    last     TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    baseline TEXT,                                    -- JSON: who was in it at its start
    note     TEXT,                                    -- the tracker's id of its comment
    ended    BIGINT NOT NULL DEFAULT 0,               -- 1: its last report is written
    record   TEXT,                                    -- JSON: how it stood, or turned out
    PRIMARY KEY (board_id, start)
) WITHOUT ROWID;

-- Who was in a sprint, from when until when: trackers keep no history of that.
CREATE TABLE stay (
    board_id BIGINT NOT NULL REFERENCES board (id),
    start    TEXT   NOT NULL,
    item     TEXT   NOT NULL,                         -- a subject; the tracker's own id of a draft
    came_at  BIGINT NOT NULL,
    left_at  BIGINT,
    member   TEXT   NOT NULL,                         -- JSON: as it was last seen there
    PRIMARY KEY (board_id, start, item, came_at)
) WITHOUT ROWID;
CREATE INDEX stay_by_item ON stay (item);

-- Measures of outcomes, set by hand; the newest of a name counts.
CREATE TABLE measure (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    board_id BIGINT NOT NULL REFERENCES board (id),
    name     TEXT   NOT NULL,
    set_at   BIGINT NOT NULL,
    measure  TEXT   NOT NULL                          -- JSON
);
CREATE INDEX measure_by_board ON measure (board_id, name, seq);

-- Finds open technical items without reading the others.
CREATE INDEX item_by_side ON item (repository_id, side, state, created_at);
