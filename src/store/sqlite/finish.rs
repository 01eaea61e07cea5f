//! Ends claims. Everything that an ending writes is one transaction, and only the holder of the lease writes anything.
//!
//! Races:
//! - The lease ran out and another worker took the subject: nothing is written.
//! - The lease ran out and nobody took it: it is still ours.
//! - Something arrived meanwhile (the revision moved on): the subject stays dirty, whatever the ending says.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::convert::{Doing as _, maybe_moment, millis};
use super::dirty::{Mark, mark_dirty};
use super::{item, record};
use crate::backlog::{Place, Subject};
use crate::store::{Claim, Disposition, Ending, Finished, StoreError};

/// Ends a claim.
pub(super) async fn finish(
    connection: &mut SqliteConnection,
    claim: &Claim,
    ending: &Ending,
    now: Timestamp,
) -> Result<Finished, StoreError> {
    let Some(held) = held(connection, claim).await? else {
        return Ok(Finished::LeaseLost);
    };
    if let Some(memory) = &ending.memory {
        item::save(connection, &claim.subject, &claim.place, memory).await?;
    }
    record::save(connection, &ending.records).await?;
    dispose(connection, claim, held, &ending.disposition, now).await
}

/// A row of the work table whose lease is ours.
#[derive(Clone, Copy)]
struct Held {
    /// Whether something arrived since it was claimed.
    moved_on: bool,
    attempts: i64,
    missing_since: Option<Timestamp>,
}

async fn held(connection: &mut SqliteConnection, claim: &Claim) -> Result<Option<Held>, StoreError> {
    let row: Option<(i64, i64, Option<i64>)> =
        sqlx::query_as("SELECT revision, attempts, missing_since FROM work WHERE subject = ?1 AND lease = ?2")
            .bind(claim.subject.to_string())
            .bind(claim.lease.0)
            .fetch_optional(connection)
            .await
            .doing("looking after a lease")?;
    row.map(|(revision, attempts, missing_since)| {
        let missing_since = maybe_moment(missing_since)?;
        Ok(Held { moved_on: revision != claim.revision, attempts, missing_since })
    })
    .transpose()
}

async fn dispose(
    connection: &mut SqliteConnection,
    claim: &Claim,
    held: Held,
    disposition: &Disposition,
    now: Timestamp,
) -> Result<Finished, StoreError> {
    match disposition {
        Disposition::Done => {
            consume(connection, claim).await?;
            leave(connection, claim, now).await
        }
        Disposition::Rekeyed { to, place } if *to == claim.subject => {
            mark_dirty(connection, &[mark(claim, to, place, now)]).await?;
            release(connection, claim, Release::due(now)).await
        }
        Disposition::Rekeyed { to, place } => {
            mark_dirty(connection, &[mark(claim, to, place, now)]).await?;
            move_signals(connection, claim, to).await?;
            item::rekey(connection, &claim.subject, to, place).await?;
            leave(connection, claim, now).await
        }
        Disposition::Later { until, why } => {
            let later = Release { note: Some(why), ..Release::due(*until).keeping(held) };
            release(connection, claim, later).await
        }
        Disposition::LookAgain { at } => {
            let missing_since = Some(held.missing_since.unwrap_or(now));
            release(connection, claim, Release { missing_since, ..Release::due(*at).keeping(held) }).await
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
            release(connection, claim, failed).await
        }
        Disposition::Released => release(connection, claim, Release::due(now).keeping(held)).await,
    }
}

fn mark<'a>(claim: &Claim, to: &'a Subject, place: &'a Place, now: Timestamp) -> Mark<'a> {
    Mark { subject: to, place, lane: claim.lane, due_at: now, name: None }
}

/// Takes the subject out of the table, unless something arrived meanwhile or is still to be seen: then it is due now.
async fn leave(connection: &mut SqliteConnection, claim: &Claim, now: Timestamp) -> Result<Finished, StoreError> {
    let gone = sqlx::query(
        "DELETE FROM work WHERE subject = ?1 AND lease = ?2 AND revision = ?3
         AND NOT EXISTS (SELECT 1 FROM signal WHERE signal.subject = work.subject)",
    )
    .bind(claim.subject.to_string())
    .bind(claim.lease.0)
    .bind(claim.revision)
    .execute(&mut *connection)
    .await
    .doing("ending work")?;
    if gone.rows_affected() > 0 {
        return Ok(Finished::Clean);
    }
    release(connection, claim, Release::due(now)).await
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

async fn release(
    connection: &mut SqliteConnection,
    claim: &Claim,
    release: Release<'_>,
) -> Result<Finished, StoreError> {
    sqlx::query(
        "UPDATE work SET lease = NULL, due_at = ?3, ready_at = CASE WHEN ?6 IS NULL THEN ?3 END,
             attempts = ?4, missing_since = ?5, dead_at = ?6, note = ?7
         WHERE subject = ?1 AND lease = ?2",
    )
    .bind(claim.subject.to_string())
    .bind(claim.lease.0)
    .bind(millis(release.due_at))
    .bind(release.attempts)
    .bind(release.missing_since.map(millis))
    .bind(release.dead_at.map(millis))
    .bind(release.note)
    .execute(connection)
    .await
    .doing("giving work back")?;
    Ok(if release.dead_at.is_some() { Finished::Dead } else { Finished::Pending })
}

/// Forgets the signals that the claim has shown.
async fn consume(connection: &mut SqliteConnection, claim: &Claim) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM signal WHERE subject = ?1 AND seq <= ?2")
        .bind(claim.subject.to_string())
        .bind(claim.seen)
        .execute(connection)
        .await
        .doing("consuming events")?;
    Ok(())
}

/// Gives the signals that the claim has shown to another subject, under new numbers: a claim of that one that is running
/// has not seen them and must not consume them.
async fn move_signals(connection: &mut SqliteConnection, claim: &Claim, to: &Subject) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO signal (subject, inbox_seq, event)
         SELECT ?3, inbox_seq, event FROM signal WHERE subject = ?1 AND seq <= ?2 ORDER BY seq",
    )
    .bind(claim.subject.to_string())
    .bind(claim.seen)
    .bind(to.to_string())
    .execute(&mut *connection)
    .await
    .doing("moving events")?;
    consume(connection, claim).await
}
