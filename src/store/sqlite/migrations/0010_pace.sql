-- How much of an installation's pace of writes is used up, so that a restart gives none of it back.
CREATE TABLE pace (
    tracker         TEXT   NOT NULL,
    installation    TEXT   NOT NULL,
    as_of           BIGINT NOT NULL,
    changes_full_at BIGINT NOT NULL,
    content_full_at BIGINT NOT NULL,
    PRIMARY KEY (tracker, installation)
) WITHOUT ROWID;
