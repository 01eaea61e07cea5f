//! Makes subjects dirty: what every way into the work table shares.
//!
//! The work row is written before its signals. In a database with concurrent writers that row's lock orders the signals of
//! one subject, so that none can appear below what a claim has already seen.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

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

/// Makes subjects dirty: one row each, however many marks it has; the most urgent lane and the earliest time count, and
/// what was dead lives again.
pub(super) fn mark_dirty(db: &Connection, marks: &[Mark<'_>]) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    know_places(db, marks.iter().map(|mark| (mark.place, mark.name)))?;
    statement::execute(
        db,
        "INSERT INTO work (subject, repository_id, kind, lane, revision, due_at, ready_at)
         SELECT dirty.value ->> 'subject', repository.id, dirty.value ->> 'kind', dirty.value ->> 'lane', 1,
                dirty.value ->> 'due_at', dirty.value ->> 'due_at'
         FROM json_each(?1) AS dirty
         JOIN repository ON repository.tracker = dirty.value ->> 'tracker'
             AND repository.installation = dirty.value ->> 'installation'
             AND repository.repository = dirty.value ->> 'repository'
         WHERE true
         ON CONFLICT (subject) DO UPDATE SET
             repository_id = excluded.repository_id,
             lane = min(work.lane, excluded.lane),
             revision = work.revision + 1,
             due_at = min(work.due_at, excluded.due_at),
             ready_at = CASE WHEN work.lease IS NULL THEN min(work.due_at, excluded.due_at) ELSE work.ready_at END,
             attempts = 0, dead_at = NULL, missing_since = NULL, note = NULL",
        params![to_json(&one_row_each(marks))?],
        "writing to the work table",
    )?;
    Ok(())
}

#[derive(Serialize)]
struct Row<'a> {
    subject: String,
    #[serde(flatten)]
    place: &'a Place,
    kind: &'static str,
    lane: i64,
    due_at: i64,
}

fn one_row_each<'a>(marks: &[Mark<'a>]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(marks.len());
    let mut known: HashMap<&Subject, usize> = HashMap::with_capacity(marks.len());
    for mark in marks {
        let (lane, due_at) = (mark.lane.rank(), millis(mark.due_at));
        if let Some(row) = known.get(mark.subject).and_then(|index| rows.get_mut(*index)) {
            row.place = mark.place;
            row.lane = row.lane.min(lane);
            row.due_at = row.due_at.min(due_at);
        } else {
            known.insert(mark.subject, rows.len());
            let subject = mark.subject.to_string();
            rows.push(Row { subject, place: mark.place, kind: mark.subject.kind.name(), lane, due_at });
        }
    }
    rows
}

/// Sees to it that these places have a row, and notes a name that is new.
pub(super) fn know_places<'a>(
    db: &Connection,
    places: impl Iterator<Item = (&'a Place, Option<&'a str>)>,
) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Known<'a> {
        #[serde(flatten)]
        place: &'a Place,
        name: Option<&'a str>,
    }
    let mut rows: Vec<Known<'_>> = Vec::new();
    let mut known: HashMap<&Place, usize> = HashMap::new();
    for (place, name) in places {
        if let Some(row) = known.get(place).and_then(|index| rows.get_mut(*index)) {
            row.name = name.or(row.name);
        } else {
            known.insert(place, rows.len());
            rows.push(Known { place, name });
        }
    }
    statement::execute(
        db,
        "INSERT INTO repository (tracker, installation, repository, name)
         SELECT value ->> 'tracker', value ->> 'installation', value ->> 'repository', value ->> 'name'
         FROM json_each(?1) WHERE true ORDER BY key
         ON CONFLICT (tracker, installation, repository) DO UPDATE SET name = excluded.name
         WHERE excluded.name IS NOT NULL AND repository.name IS DISTINCT FROM excluded.name",
        params![to_json(&rows)?],
        "noting a repository's name",
    )?;
    Ok(())
}

/// Something for a subject's handler to see.
#[derive(Serialize)]
pub(super) struct Sign<'a> {
    /// The delivery that brought it.
    pub(super) inbox: Option<i64>,
    pub(super) subject: String,
    pub(super) event: Option<&'a Event>,
}

/// Keeps signals until their subject's handler has consumed them, in this order.
pub(super) fn keep_signals(db: &Connection, signs: &[Sign<'_>]) -> Result<(), StoreError> {
    if signs.is_empty() {
        return Ok(());
    }
    statement::execute(
        db,
        "INSERT INTO signal (subject, inbox_seq, event)
         SELECT value ->> 'subject', value ->> 'inbox', value ->> 'event' FROM json_each(?1) ORDER BY key",
        params![to_json(signs)?],
        "keeping an event",
    )?;
    Ok(())
}

/// Makes subjects dirty without a delivery. A signal without an event leaves nothing to consume.
pub(super) fn enqueue(db: &Connection, signals: &[Signal], due_at: Timestamp) -> Result<(), StoreError> {
    let marks: Vec<Mark<'_>> = signals.iter().map(|signal| Mark::of(signal, due_at)).collect();
    mark_dirty(db, &marks)?;
    let signs: Vec<Sign<'_>> = signals
        .iter()
        .filter_map(|signal| {
            let event = signal.event.as_ref()?;
            Some(Sign { inbox: None, subject: signal.subject.to_string(), event: Some(event) })
        })
        .collect();
    keep_signals(db, &signs)
}
