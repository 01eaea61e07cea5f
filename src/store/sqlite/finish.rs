//! Ends claims. Everything that an ending writes is one transaction, and only the holder of the lease writes anything.
//!
//! Races:
//! - The lease ran out and another worker took the subject: nothing is written.
//! - The lease ran out and nobody took it: it is still ours.
//! - Something arrived meanwhile (the revision moved on): the subject stays dirty, whatever the ending says.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{maybe_moment, millis};
use super::dirty::{Mark, mark_dirty};
use super::statement;
use super::{item, record};
use crate::backlog::{Place, Subject};
use crate::store::{Claim, Disposition, Ending, Finished, StoreError};

/// Ends a claim.
pub(super) fn finish(db: &Connection, claim: &Claim, ending: &Ending, now: Timestamp) -> Result<Finished, StoreError> {
    let Some(held) = held(db, claim)? else {
        return Ok(Finished::LeaseLost);
    };
    if let Some(memory) = &ending.memory {
        item::save(db, &claim.subject, &claim.place, memory)?;
    }
    record::save(db, &ending.records)?;
    dispose(db, claim, held, &ending.disposition, now)
}

/// A row of the work table whose lease is ours.
#[derive(Clone, Copy)]
struct Held {
    /// Whether something arrived since it was claimed.
    moved_on: bool,
    attempts: i64,
    missing_since: Option<Timestamp>,
}

fn held(db: &Connection, claim: &Claim) -> Result<Option<Held>, StoreError> {
    let row: Option<(i64, i64, Option<i64>)> = statement::row(
        db,
        "SELECT revision, attempts, missing_since FROM work WHERE subject = ?1 AND lease = ?2",
        params![claim.subject.to_string(), claim.lease.0],
        "looking after a lease",
    )?;
    row.map(|(revision, attempts, missing_since)| {
        let missing_since = maybe_moment(missing_since)?;
        Ok(Held { moved_on: revision != claim.revision, attempts, missing_since })
    })
    .transpose()
}

fn dispose(
    db: &Connection,
    claim: &Claim,
    held: Held,
    disposition: &Disposition,
    now: Timestamp,
) -> Result<Finished, StoreError> {
    match disposition {
        Disposition::Done => {
            consume(db, claim)?;
            leave(db, claim, now)
        }
        Disposition::Rekeyed { to, place } if *to == claim.subject => {
            mark_dirty(db, &mark(claim, to, place, now))?;
            release(db, claim, &Release::due(now))
        }
        Disposition::Rekeyed { to, place } => {
            mark_dirty(db, &mark(claim, to, place, now))?;
            move_signals(db, claim, to)?;
            item::rekey(db, &claim.subject, to, place)?;
            leave(db, claim, now)
        }
        Disposition::Later { until, why } => {
            let later = Release { note: Some(why), ..Release::due(*until).keeping(held) };
            release(db, claim, &later)
        }
        Disposition::LookAgain { at } => {
            let missing_since = Some(held.missing_since.unwrap_or(now));
            release(db, claim, &Release { missing_since, ..Release::due(*at).keeping(held) })
        }
        Disposition::Failed { error, retry_at, max_attempts } => {
            let attempts = if held.moved_on { 0 } else { held.attempts.saturating_add(1) };
            let dead = !held.moved_on && attempts >= i64::from(*max_attempts);
            let failed = Release {
                attempts,
                note: Some(error),
                dead_at: dead.then_some(now),
                ..Release::due(*retry_at).keeping(held)
            };
            release(db, claim, &failed)
        }
        Disposition::Released => release(db, claim, &Release::due(now).keeping(held)),
    }
}

fn mark<'a>(claim: &Claim, to: &'a Subject, place: &'a Place, now: Timestamp) -> Mark<'a> {
    Mark { subject: to, place, lane: claim.lane, due_at: now, name: None }
}

/// Takes the subject out of the table, unless something arrived meanwhile or is still to be seen: then it is due now.
fn leave(db: &Connection, claim: &Claim, now: Timestamp) -> Result<Finished, StoreError> {
    let gone = statement::execute(
        db,
        "DELETE FROM work WHERE subject = ?1 AND lease = ?2 AND revision = ?3
         AND NOT EXISTS (SELECT 1 FROM signal WHERE signal.subject = work.subject)",
        params![claim.subject.to_string(), claim.lease.0, claim.revision],
        "ending work",
    )?;
    if gone > 0 {
        return Ok(Finished::Clean);
    }
    release(db, claim, &Release::due(now))
}

/// How a row goes back into the queue.
struct Release<'a> {
    due_at: Timestamp,
    attempts: i64,
    missing_since: Option<Timestamp>,
    dead_at: Option<Timestamp>,
    note: Option<&'a String>,
}

impl Release<'_> {
    /// As if it were new.
    fn due(due_at: Timestamp) -> Self {
        Self { due_at, attempts: 0, missing_since: None, dead_at: None, note: None }
    }

    /// With what was known of it.
    fn keeping(self, held: Held) -> Self {
        Self { attempts: held.attempts, missing_since: held.missing_since, ..self }
    }
}

fn release(db: &Connection, claim: &Claim, release: &Release<'_>) -> Result<Finished, StoreError> {
    statement::execute(
        db,
        "UPDATE work SET lease = NULL, due_at = ?3, ready_at = CASE WHEN ?6 IS NULL THEN ?3 END,
             attempts = ?4, missing_since = ?5, dead_at = ?6, note = ?7
         WHERE subject = ?1 AND lease = ?2",
        params![
            claim.subject.to_string(),
            claim.lease.0,
            millis(release.due_at),
            release.attempts,
            release.missing_since.map(millis),
            release.dead_at.map(millis),
            release.note
        ],
        "giving work back",
    )?;
    Ok(if release.dead_at.is_some() { Finished::Dead } else { Finished::Pending })
}

/// Forgets the signals that the claim has shown.
fn consume(db: &Connection, claim: &Claim) -> Result<(), StoreError> {
    statement::execute(
        db,
        "DELETE FROM signal WHERE subject = ?1 AND seq <= ?2",
        params![claim.subject.to_string(), claim.seen],
        "consuming events",
    )?;
    Ok(())
}

/// Gives the signals that the claim has shown to another subject, under new numbers: a claim of that one that is running
/// has not seen them and must not consume them.
fn move_signals(db: &Connection, claim: &Claim, to: &Subject) -> Result<(), StoreError> {
    statement::execute(
        db,
        "INSERT INTO signal (subject, inbox_seq, event)
         SELECT ?3, inbox_seq, event FROM signal WHERE subject = ?1 AND seq <= ?2 ORDER BY seq",
        params![claim.subject.to_string(), claim.seen, to.to_string()],
        "moving events",
    )?;
    consume(db, claim)
}
