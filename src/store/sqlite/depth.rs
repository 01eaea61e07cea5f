//! How much is to be done. Reads the whole work table: asked for every quarter of a minute, not per request.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{maybe_moment, millis};
use super::statement;
use crate::backlog::Lane;
use crate::store::{LaneDepth, QueueDepth, StoreError};

struct Row {
    lane: i64,
    waiting: i64,
    due: i64,
    leased: i64,
    dead: i64,
    due_since: Option<i64>,
}

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            lane: row.get("lane")?,
            waiting: row.get("waiting")?,
            due: row.get("due")?,
            leased: row.get("leased")?,
            dead: row.get("dead")?,
            due_since: row.get("due_since")?,
        })
    }
}

impl Row {
    fn into_depth(self) -> Result<LaneDepth, StoreError> {
        Ok(LaneDepth {
            lane: Lane::from_rank(self.lane),
            waiting: self.waiting.unsigned_abs(),
            due: self.due.unsigned_abs(),
            leased: self.leased.unsigned_abs(),
            dead: self.dead.unsigned_abs(),
            due_since: maybe_moment(self.due_since)?,
        })
    }
}

/// What waits, is due, in hand and dead in each lane, and how many installations rest.
pub(super) fn queue_depth(db: &Connection, now: Timestamp) -> Result<QueueDepth, StoreError> {
    let rows: Vec<Row> = statement::rows(
        db,
        "SELECT lane, count(*) FILTER (WHERE is_free AND due_at > ?1) AS waiting,
                count(*) FILTER (WHERE is_free AND due_at <= ?1) AS due, count(lease) AS leased, count(dead_at) AS dead,
                min(due_at) FILTER (WHERE is_free AND due_at <= ?1) AS due_since
         FROM (SELECT *, lease IS NULL AND dead_at IS NULL AS is_free FROM work) GROUP BY lane ORDER BY lane",
        params![millis(now)],
        "measuring the queue",
    )?;
    let resting: i64 = statement::value(
        db,
        "SELECT count(*) FROM pause WHERE paused_until > ?1",
        params![millis(now)],
        "counting resting installations",
    )?;
    let lanes = rows.into_iter().map(Row::into_depth).collect::<Result<_, _>>()?;
    Ok(QueueDepth { lanes, resting: resting.unsigned_abs() })
}
