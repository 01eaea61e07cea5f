//! Makes subjects dirty: what every way into the work table shares.
//!
//! The work row is written before its signals. In a database with concurrent writers that row's lock orders the signals of
//! one subject, so that none can appear below what a claim has already seen.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{millis, to_json};
use super::statement;
use crate::backlog::{Event, Lane, Place, Subject};
use crate::store::{Signal, StoreError};

/// One reason why a subject is dirty.
pub(super) struct Mark<'a> {
    pub(super) subject: &'a Subject,
    pub(super) place: &'a Place,
    pub(super) lane: Lane,
    pub(super) due_at: Timestamp,
    /// What the repository is called today, if this tells it.
    pub(super) name: Option<&'a str>,
}

impl<'a> Mark<'a> {
    pub(super) fn of(signal: &'a Signal, due_at: Timestamp) -> Self {
        Self {
            subject: &signal.subject,
            place: &signal.place,
            lane: signal.lane,
            due_at,
            name: signal.repository_name.as_deref(),
        }
    }
}

/// Makes a subject dirty: it has one row, however often it is marked; the most urgent lane and the earliest time count, and
/// what was dead lives again.
pub(super) fn mark_dirty(db: &Connection, mark: &Mark<'_>) -> Result<(), StoreError> {
    let repository = know_place(db, mark.place, mark.name)?;
    statement::execute(
        db,
        "INSERT INTO work (subject, repository_id, kind, lane, revision, due_at, ready_at)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)
         ON CONFLICT (subject) DO UPDATE SET
             repository_id = excluded.repository_id,
             lane = min(work.lane, excluded.lane),
             revision = work.revision + 1,
             due_at = min(work.due_at, excluded.due_at),
             ready_at = CASE WHEN work.lease IS NULL THEN min(work.due_at, excluded.due_at) ELSE work.ready_at END,
             attempts = 0, dead_at = NULL, missing_since = NULL, note = NULL",
        params![mark.subject.to_string(), repository, mark.subject.kind.name(), mark.lane.rank(), millis(mark.due_at)],
        "writing to the work table",
    )?;
    Ok(())
}

/// The row of a place, which is made if there is none; a name that is new is noted.
pub(super) fn know_place(db: &Connection, place: &Place, name: Option<&str>) -> Result<i64, StoreError> {
    let known: Option<(i64, Option<String>)> = statement::row(
        db,
        "SELECT id, name FROM repository WHERE tracker = ?1 AND installation = ?2 AND repository = ?3",
        params![place.tracker.as_str(), &place.installation, &place.repository],
        "looking up a repository",
    )?;
    let Some((id, known)) = known else {
        return statement::value(
            db,
            "INSERT INTO repository (tracker, installation, repository, name) VALUES (?1, ?2, ?3, ?4) RETURNING id",
            params![place.tracker.as_str(), &place.installation, &place.repository, name],
            "noting a repository",
        );
    };
    if name.is_some() && known.as_deref() != name {
        let sql = "UPDATE repository SET name = ?2 WHERE id = ?1";
        statement::execute(db, sql, params![id, name], "noting a repository's name")?;
    }
    Ok(id)
}

/// Keeps something until its subject's handler has seen it, with the number of the delivery that brought it.
pub(super) fn keep_signal(
    db: &Connection,
    inbox: Option<i64>,
    subject: &Subject,
    event: Option<&Event>,
) -> Result<(), StoreError> {
    statement::execute(
        db,
        "INSERT INTO signal (subject, inbox_seq, event) VALUES (?1, ?2, ?3)",
        params![subject.to_string(), inbox, event.map(to_json).transpose()?],
        "keeping an event",
    )?;
    Ok(())
}

/// Makes subjects dirty without a delivery. A signal without an event leaves nothing to consume.
pub(super) fn enqueue(db: &Connection, signals: &[Signal], due_at: Timestamp) -> Result<(), StoreError> {
    for signal in signals {
        mark_dirty(db, &Mark::of(signal, due_at))?;
        if let Some(event) = &signal.event {
            keep_signal(db, None, &signal.subject, Some(event))?;
        }
    }
    Ok(())
}
