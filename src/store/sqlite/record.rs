//! What was done and why.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{from_json, millis, moment, to_json};
use super::inbox::PRUNED_AT_ONCE;
use super::statement;
use crate::backlog::Subject;
use crate::classify::Evidence;
use crate::store::{Record, StoreError};

/// Adds to the history.
pub(super) fn save(db: &Connection, records: &[Record]) -> Result<(), StoreError> {
    for record in records {
        statement::execute(
            db,
            "INSERT INTO record (at, subject, action, reason, evidence, model_version, policy_version, result)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                millis(record.at),
                &record.subject,
                &record.action,
                &record.reason,
                to_json(&record.evidence)?,
                &record.model_version,
                &record.policy_version,
                &record.result
            ],
            "recording what was done",
        )?;
    }
    Ok(())
}

/// Forgets those of the oldest records that are from before this moment; returns how many.
pub(super) fn prune_some(db: &Connection, before: Timestamp) -> Result<u64, StoreError> {
    statement::execute(
        db,
        "DELETE FROM record WHERE seq IN (
             SELECT seq FROM (SELECT seq, at FROM record ORDER BY seq LIMIT ?2) WHERE at < ?1)",
        params![millis(before), PRUNED_AT_ONCE],
        "pruning records",
    )
}

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

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            at: row.get("at")?,
            subject: row.get("subject")?,
            action: row.get("action")?,
            reason: row.get("reason")?,
            evidence: row.get("evidence")?,
            model_version: row.get("model_version")?,
            policy_version: row.get("policy_version")?,
            result: row.get("result")?,
        })
    }
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
pub(super) fn newest(db: &Connection, subject: Option<&Subject>, limit: u32) -> Result<Vec<Record>, StoreError> {
    let doing = "reading what was done";
    let rows: Vec<Row> = if let Some(subject) = subject {
        let sql = "SELECT at, subject, action, reason, evidence, model_version, policy_version, result
                   FROM record WHERE subject = ?2 ORDER BY seq DESC LIMIT ?1";
        statement::rows(db, sql, params![limit, subject.to_string()], doing)?
    } else {
        let sql = "SELECT at, subject, action, reason, evidence, model_version, policy_version, result
                   FROM record ORDER BY seq DESC LIMIT ?1";
        statement::rows(db, sql, params![limit], doing)?
    };
    rows.into_iter().map(Row::into_record).collect()
}
