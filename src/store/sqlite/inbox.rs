//! What came in, read again and pruned.

use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{self, Doing as _, from_json, millis, moment};
use crate::store::{DeliveryRow, StoreError};

/// How many rows one transaction prunes, so that deliveries need not wait long for it.
pub(super) const PRUNED_AT_ONCE: u64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    tracker: String,
    delivery: String,
    event: String,
    action: Option<String>,
    received_at: i64,
    ignored: Option<String>,
    subjects: String,
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
pub(super) async fn deliveries(readers: &SqlitePool, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT tracker, delivery, event, action, received_at, ignored, subjects
         FROM inbox ORDER BY seq DESC LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("reading the inbox")?;
    rows.into_iter().map(Row::into_delivery).collect()
}

/// Empties some of the payloads that came before this moment; returns how many.
pub(super) async fn prune_some(connection: &mut SqliteConnection, before: Timestamp) -> Result<u64, StoreError> {
    let rows = sqlx::query(
        "UPDATE inbox SET payload = NULL WHERE seq IN (
             SELECT seq FROM inbox WHERE received_at < ?1 AND payload IS NOT NULL ORDER BY received_at LIMIT ?2)",
    )
    .bind(millis(before))
    .bind(i64::try_from(PRUNED_AT_ONCE).unwrap_or(i64::MAX))
    .execute(connection)
    .await
    .doing("pruning payloads")?
    .rows_affected();
    Ok(rows)
}

/// Forgets some of the deliveries that came before this moment and before the oldest whose signals wait; returns how many.
pub(super) async fn forget_some(connection: &mut SqliteConnection, before: Timestamp) -> Result<u64, StoreError> {
    let rows = sqlx::query(
        "DELETE FROM inbox WHERE seq IN (
             SELECT seq FROM inbox
             WHERE received_at < ?1 AND seq < coalesce((SELECT min(inbox_seq) FROM signal), 9223372036854775807)
             ORDER BY seq LIMIT ?2)",
    )
    .bind(millis(before))
    .bind(i64::try_from(PRUNED_AT_ONCE).unwrap_or(i64::MAX))
    .execute(connection)
    .await
    .doing("forgetting deliveries")?
    .rows_affected();
    Ok(rows)
}
