//! What was done and why.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{Doing as _, from_json, millis, moment, to_json};
use super::inbox::PRUNED_AT_ONCE;
use crate::backlog::Subject;
use crate::classify::Evidence;
use crate::store::{Record, StoreError};

/// Adds to the history.
pub(super) async fn save(connection: &mut SqliteConnection, records: &[Record]) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        millis: i64,
        #[serde(flatten)]
        record: &'a Record,
    }
    if records.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row<'_>> = records.iter().map(|record| Row { millis: millis(record.at), record }).collect();
    sqlx::query(
        "INSERT INTO record (at, subject, action, reason, evidence, model_version, policy_version, result)
         SELECT value ->> 'millis', value ->> 'subject', value ->> 'action', value ->> 'reason', value ->> 'evidence',
                value ->> 'model_version', value ->> 'policy_version', value ->> 'result'
         FROM json_each(?1) ORDER BY key",
    )
    .bind(to_json(&rows)?)
    .execute(connection)
    .await
    .doing("recording what was done")?;
    Ok(())
}

/// Forgets some of the records from before this moment; returns how many.
pub(super) async fn prune_some(connection: &mut SqliteConnection, before: Timestamp) -> Result<u64, StoreError> {
    let rows =
        sqlx::query("DELETE FROM record WHERE seq IN (SELECT seq FROM record WHERE at < ?1 ORDER BY at LIMIT ?2)")
            .bind(millis(before))
            .bind(i64::try_from(PRUNED_AT_ONCE).unwrap_or(i64::MAX))
            .execute(connection)
            .await
            .doing("pruning records")?;
    Ok(rows.rows_affected())
}

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    subject: String,
    action: String,
    reason: String,
    evidence: String,
    model_version: String,
    policy_version: String,
    result: String,
}

impl Row {
    fn into_record(self) -> Result<Record, StoreError> {
        Ok(Record {
            at: moment(self.at)?,
            subject: self.subject,
            action: self.action,
            reason: self.reason,
            evidence: from_json::<Vec<Evidence>>(&self.evidence)?,
            model_version: self.model_version,
            policy_version: self.policy_version,
            result: self.result,
        })
    }
}

/// The newest records first, of one subject or of all.
pub(super) async fn newest(
    readers: &SqlitePool,
    subject: Option<&Subject>,
    limit: u32,
) -> Result<Vec<Record>, StoreError> {
    let query = match subject {
        Some(subject) => sqlx::query_as(
            "SELECT at, subject, action, reason, evidence, model_version, policy_version, result
             FROM record WHERE subject = ?2 ORDER BY seq DESC LIMIT ?1",
        )
        .bind(limit)
        .bind(subject.to_string()),
        None => sqlx::query_as(
            "SELECT at, subject, action, reason, evidence, model_version, policy_version, result
             FROM record ORDER BY seq DESC LIMIT ?1",
        )
        .bind(limit),
    };
    let rows: Vec<Row> = query.fetch_all(readers).await.doing("reading what was done")?;
    rows.into_iter().map(Row::into_record).collect()
}
