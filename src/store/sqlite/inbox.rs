//! What came in, read again and pruned.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{self, from_json, millis, moment};
use super::statement;
use crate::store::{DeliveryRow, StoreError};

/// How many rows one transaction prunes, so that deliveries need not wait long for it.
pub(super) const PRUNED_AT_ONCE: i64 = 200;

struct Row {
    tracker: String,
    delivery: String,
    event: String,
    action: Option<String>,
    received_at: i64,
    ignored: Option<String>,
    subjects: String,
}

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            tracker: row.get("tracker")?,
            delivery: row.get("delivery")?,
            event: row.get("event")?,
            action: row.get("action")?,
            received_at: row.get("received_at")?,
            ignored: row.get("ignored")?,
            subjects: row.get("subjects")?,
        })
    }
}

impl Row {
    fn into_delivery(self) -> Result<DeliveryRow, StoreError> {
        let subjects: Vec<String> = from_json(&self.subjects)?;
        Ok(DeliveryRow {
            tracker: self.tracker.into(),
            delivery: self.delivery,
            event: self.event,
            action: self.action,
            received_at: moment(self.received_at)?,
            ignored: self.ignored,
            subjects: subjects.iter().map(|subject| convert::subject(subject)).collect::<Result<_, _>>()?,
        })
    }
}

/// The newest deliveries, newest first.
pub(super) fn deliveries(db: &Connection, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
    let rows: Vec<Row> = statement::rows(
        db,
        "SELECT tracker, delivery, event, action, received_at, ignored, subjects
         FROM inbox ORDER BY seq DESC LIMIT ?1",
        params![limit],
        "reading the inbox",
    )?;
    rows.into_iter().map(Row::into_delivery).collect()
}

/// Forgets those of the oldest deliveries that came before this moment and before the oldest whose signals wait; returns how many.
pub(super) fn forget_some(db: &Connection, before: Timestamp) -> Result<u64, StoreError> {
    statement::execute(
        db,
        "DELETE FROM inbox WHERE seq IN (
             SELECT seq FROM (SELECT seq, received_at FROM inbox ORDER BY seq LIMIT ?2)
             WHERE received_at < ?1 AND seq < coalesce((SELECT min(inbox_seq) FROM signal), 9223372036854775807))",
        params![millis(before), PRUNED_AT_ONCE],
        "forgetting deliveries",
    )
}
