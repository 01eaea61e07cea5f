//! The work table beside claims: schedules, rests, retries, and what people see of it.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{self, PlaceColumns, count, millis, moment};
use super::dirty::enqueue;
use super::statement;
use crate::backlog::{Lane, Subject, TrackerName};
use crate::store::{Signal, StoreError, WorkRow, WorkState};

/// Takes a tick; whoever is first enqueues.
pub(super) fn tick(db: &Connection, schedule: &str, at: Timestamp, signals: &[Signal]) -> Result<bool, StoreError> {
    let first = statement::execute(
        db,
        "INSERT INTO tick (schedule, at) VALUES (?1, ?2) ON CONFLICT (schedule, at) DO NOTHING",
        params![schedule, millis(at)],
        "taking a tick",
    )? > 0;
    if first {
        enqueue(db, signals, at)?;
    }
    Ok(first)
}

/// Forgets ticks and requests for redelivery from before this moment; returns how many.
pub(super) fn prune_ticks(db: &Connection, before: Timestamp) -> Result<u64, StoreError> {
    let mut pruned = 0;
    for sql in ["DELETE FROM tick WHERE at < ?1", "DELETE FROM redelivery WHERE asked_at < ?1"] {
        pruned += statement::execute(db, sql, params![millis(before)], "pruning ticks")?;
    }
    Ok(pruned)
}

/// Lets an installation rest, at least until then.
pub(super) fn pause(
    db: &Connection,
    tracker: &TrackerName,
    installation: &str,
    until: Timestamp,
    why: &str,
) -> Result<(), StoreError> {
    statement::execute(
        db,
        "INSERT INTO pause (tracker, installation, paused_until, why) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tracker, installation) DO UPDATE SET paused_until = excluded.paused_until, why = excluded.why
         WHERE excluded.paused_until > pause.paused_until",
        params![tracker.as_str(), installation, millis(until), why],
        "pausing an installation",
    )?;
    Ok(())
}

/// Makes a subject due now as if nothing had failed. One that is being worked on is run once more afterwards.
pub(super) fn retry(db: &Connection, subject: &Subject, now: Timestamp) -> Result<bool, StoreError> {
    let rows = statement::execute(
        db,
        "UPDATE work SET revision = revision + 1,
             due_at = ?2, ready_at = CASE WHEN lease IS NULL THEN ?2 ELSE ready_at END,
             attempts = 0, dead_at = NULL, missing_since = NULL, note = NULL
         WHERE subject = ?1",
        params![subject.to_string(), millis(now)],
        "trying work again",
    )?;
    Ok(rows > 0)
}

/// Makes everything that is dead due now as if it had not failed.
pub(super) fn retry_dead(db: &Connection, now: Timestamp) -> Result<u64, StoreError> {
    statement::execute(
        db,
        "UPDATE work SET revision = revision + 1, due_at = ?1, ready_at = ?1,
             attempts = 0, dead_at = NULL, missing_since = NULL, note = NULL
         WHERE dead_at IS NOT NULL",
        params![millis(now)],
        "trying dead work again",
    )
}

pub(super) fn take_back_leases(db: &Connection) -> Result<u64, StoreError> {
    statement::execute(
        db,
        "UPDATE work SET lease = NULL, ready_at = due_at WHERE lease IS NOT NULL",
        [],
        "taking back what was in hand",
    )
}

struct Row {
    subject: String,
    place: PlaceColumns,
    lane: i64,
    due_at: i64,
    attempts: i64,
    leased: bool,
    dead: bool,
    note: Option<String>,
}

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            subject: row.get("subject")?,
            place: PlaceColumns::try_from(row)?,
            lane: row.get("lane")?,
            due_at: row.get("due_at")?,
            attempts: row.get("attempts")?,
            leased: row.get("leased")?,
            dead: row.get("dead")?,
            note: row.get("note")?,
        })
    }
}

impl Row {
    fn into_work(self) -> Result<WorkRow, StoreError> {
        Ok(WorkRow {
            subject: convert::subject(&self.subject)?,
            place: self.place.into(),
            lane: Lane::from_rank(self.lane),
            state: match (self.dead, self.leased) {
                (true, _) => WorkState::Dead,
                (false, true) => WorkState::Leased,
                (false, false) => WorkState::Waiting,
            },
            due_at: moment(self.due_at)?,
            attempts: count(self.attempts),
            note: self.note,
        })
    }
}

/// What people see of a row.
const ROWS: &str = "SELECT work.subject, repository.tracker, repository.installation, repository.repository, work.lane,
        work.due_at, work.attempts, work.lease IS NOT NULL AS leased, work.dead_at IS NOT NULL AS dead, work.note
    FROM work JOIN repository ON repository.id = work.repository_id";

/// The row of one subject.
pub(super) fn work_on(db: &Connection, subject: &Subject) -> Result<Option<WorkRow>, StoreError> {
    let row: Option<Row> = statement::row(
        db,
        &format!("{ROWS} WHERE work.subject = ?1"),
        params![subject.to_string()],
        "reading the work table",
    )?;
    row.map(Row::into_work).transpose()
}

/// The work table, dead rows first, then by due time.
pub(super) fn work(db: &Connection, limit: u32) -> Result<Vec<WorkRow>, StoreError> {
    let rows: Vec<Row> = statement::rows(
        db,
        &format!("{ROWS} ORDER BY dead DESC, work.due_at, work.subject LIMIT ?1"),
        params![limit],
        "reading the work table",
    )?;
    rows.into_iter().map(Row::into_work).collect()
}
