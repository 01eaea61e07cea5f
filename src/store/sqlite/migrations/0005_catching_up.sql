-- The owner's shared policy that lies under `policy_good`.
ALTER TABLE repository ADD COLUMN policy_base TEXT;
-- Up to when changes of its items were looked at, by the tracker's clock; NULL: it was never seen, or is out of reach.
ALTER TABLE repository ADD COLUMN swept_until BIGINT;

-- Deliveries that never arrived and that were asked for again. `attempt` is the one that had failed by then.
CREATE TABLE redelivery (
    tracker  TEXT   NOT NULL,
    delivery TEXT   NOT NULL,
    attempt  TEXT   NOT NULL,
    asked_at BIGINT NOT NULL,
    times    BIGINT NOT NULL,
    PRIMARY KEY (tracker, delivery)
) WITHOUT ROWID;

CREATE INDEX record_by_time ON record (at);
