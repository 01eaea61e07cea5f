//! Hands out work: lanes in order, repositories in turn, the longest due first.
//!
//! A claim costs the same however much is dirty in one repository: the index is entered once per repository that has work
//! in the lane (a loose index scan), and never read along.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{self, Doing as _, PlaceColumns, count, from_json, maybe_moment, millis, moment, to_json};
use crate::backlog::{Event, Lane, Subject};
use crate::store::{Claim, ClaimRequest, Lease, StoreError};

/// How many signals one claim carries at most; what is left makes the subject dirty again.
const SIGNALS: i64 = 1000;

/// Whether anything is due at all, a paused installation's work included. Cheap: it spares the writer idle claims.
pub(super) async fn anything_due(readers: &SqlitePool, now: Timestamp) -> Result<bool, StoreError> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM work WHERE ready_at <= ?1)")
        .bind(millis(now))
        .fetch_one(readers)
        .await
        .doing("looking for work")
}

/// Leases what is due.
pub(super) async fn claim(connection: &mut SqliteConnection, request: ClaimRequest) -> Result<Vec<Claim>, StoreError> {
    let mut claims = Vec::new();
    for lane in [Lane::People, Lane::Events, Lane::Sweeps] {
        let wanted = i64::from(request.limit).saturating_sub(i64::try_from(claims.len()).unwrap_or(i64::MAX));
        if wanted > 0 {
            let due = due_in(connection, lane, request.now, wanted).await?;
            take_turns(connection, lane, &due).await?;
            for row in due {
                claims.push(row.into_claim(lane, request.lease)?);
            }
        }
    }
    if !claims.is_empty() {
        lease(connection, &claims, request).await?;
        show_signals(connection, &mut claims).await?;
    }
    Ok(claims)
}

/// Leases one subject if it can be claimed now. Takes nobody's turn.
pub(super) async fn claim_subject(
    connection: &mut SqliteConnection,
    subject: &Subject,
    request: ClaimRequest,
) -> Result<Option<Claim>, StoreError> {
    let due: Option<DueInLane> = sqlx::query_as(
        "SELECT work.subject, repository.tracker, repository.installation, repository.repository,
                repository.id AS repository_id, work.revision, work.attempts, work.missing_since, work.lane
         FROM work JOIN repository ON repository.id = work.repository_id
         WHERE work.subject = ?1 AND work.ready_at <= ?2
           AND NOT EXISTS (SELECT 1 FROM pause
                           WHERE pause.tracker = repository.tracker
                             AND pause.installation = repository.installation AND pause.paused_until > ?2)",
    )
    .bind(subject.to_string())
    .bind(millis(request.now))
    .fetch_optional(&mut *connection)
    .await
    .doing("looking for a subject's work")?;
    let Some(due) = due else { return Ok(None) };
    let mut claims = vec![due.due.into_claim(Lane::from_rank(due.lane), request.lease)?];
    lease(connection, &claims, request).await?;
    show_signals(connection, &mut claims).await?;
    Ok(claims.pop())
}

#[derive(sqlx::FromRow)]
struct DueInLane {
    #[sqlx(flatten)]
    due: Due,
    lane: i64,
}

#[derive(sqlx::FromRow)]
struct Due {
    subject: String,
    #[sqlx(flatten)]
    place: PlaceColumns,
    repository_id: i64,
    revision: i64,
    attempts: i64,
    missing_since: Option<i64>,
}

impl Due {
    fn into_claim(self, lane: Lane, lease: Lease) -> Result<Claim, StoreError> {
        Ok(Claim {
            subject: convert::subject(&self.subject)?,
            place: self.place.into(),
            lane,
            lease,
            revision: self.revision,
            attempts: count(self.attempts),
            missing_since: maybe_moment(self.missing_since)?,
            events: Vec::new(),
            deliveries: Vec::new(),
            seen: 0,
        })
    }
}

/// What is served next in a lane: the repositories that waited longest for their turn, one subject of each, then a second
/// of each, and so on.
///
/// Whether a repository has something due is asked by `min`, not by `EXISTS`: `SQLite` 3.51 makes a join of that, which under
/// this `ORDER BY … LIMIT` reads all that is due in a repository whose turn is far off.
pub(super) const DUE: &str = "WITH RECURSIVE
    present (id) AS (
        SELECT min(repository_id) FROM work WHERE lane = ?1 AND ready_at IS NOT NULL
        UNION ALL
        SELECT (SELECT min(work.repository_id) FROM work
                WHERE work.lane = ?1 AND work.ready_at IS NOT NULL AND work.repository_id > present.id)
        FROM present WHERE present.id IS NOT NULL
    ),
    next AS MATERIALIZED (
        SELECT repository.id, repository.tracker, repository.installation, repository.repository,
               coalesce(turn.served, 0) AS served
        FROM present
        JOIN repository ON repository.id = present.id
        LEFT JOIN turn ON turn.lane = ?1 AND turn.repository_id = present.id
        WHERE (SELECT min(work.ready_at) FROM work
               WHERE work.lane = ?1 AND work.repository_id = present.id AND work.ready_at IS NOT NULL) <= ?2
          AND NOT EXISTS (SELECT 1 FROM pause
                          WHERE pause.tracker = repository.tracker
                            AND pause.installation = repository.installation AND pause.paused_until > ?2)
        ORDER BY served, repository.id
        LIMIT ?3
    )
    SELECT work.subject, next.tracker, next.installation, next.repository, next.id AS repository_id,
           work.revision, work.attempts, work.missing_since
    FROM next
    JOIN work ON work.subject IN (
        SELECT due.subject FROM work AS due
        WHERE due.lane = ?1 AND due.repository_id = next.id AND due.ready_at <= ?2
        ORDER BY due.ready_at, due.subject LIMIT ?3)
    ORDER BY row_number() OVER (PARTITION BY next.id ORDER BY work.ready_at, work.subject), next.served, next.id
    LIMIT ?3";

async fn due_in(
    connection: &mut SqliteConnection,
    lane: Lane,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    sqlx::query_as(DUE)
        .bind(lane.rank())
        .bind(millis(now))
        .bind(limit)
        .fetch_all(connection)
        .await
        .doing("looking for work")
}

/// Puts the repositories that were served at the end of the lane's queue, in the order in which they were.
async fn take_turns(connection: &mut SqliteConnection, lane: Lane, served: &[Due]) -> Result<(), StoreError> {
    if served.is_empty() {
        return Ok(());
    }
    let repositories: Vec<i64> = served.iter().map(|due| due.repository_id).collect();
    sqlx::query(
        "INSERT INTO turn (lane, repository_id, served)
         SELECT ?1, value, (SELECT coalesce(max(served), 0) FROM turn) + 1 + max(key)
         FROM json_each(?2) WHERE true GROUP BY value
         ON CONFLICT (lane, repository_id) DO UPDATE SET served = excluded.served",
    )
    .bind(lane.rank())
    .bind(to_json(&repositories)?)
    .execute(connection)
    .await
    .doing("noting whose turn it was")?;
    Ok(())
}

async fn lease(connection: &mut SqliteConnection, claims: &[Claim], request: ClaimRequest) -> Result<(), StoreError> {
    sqlx::query("UPDATE work SET lease = ?1, ready_at = ?2 WHERE subject IN (SELECT value FROM json_each(?3))")
        .bind(request.lease.0)
        .bind(until(request))
        .bind(subjects(claims)?)
        .execute(connection)
        .await
        .doing("leasing work")?;
    Ok(())
}

/// When the lease runs out; a time past the end of time is the end of time.
fn until(request: ClaimRequest) -> i64 {
    millis(request.now.checked_add(request.lease_for).unwrap_or(Timestamp::MAX))
}

fn subjects(claims: &[Claim]) -> Result<String, StoreError> {
    to_json(&claims.iter().map(|claim| claim.subject.to_string()).collect::<Vec<_>>())
}

#[derive(sqlx::FromRow)]
struct Kept {
    subject: String,
    seq: i64,
    event: Option<String>,
    delivery: Option<String>,
}

/// Puts into each claim what happened to its subject and has not been consumed.
async fn show_signals(connection: &mut SqliteConnection, claims: &mut [Claim]) -> Result<(), StoreError> {
    let rows: Vec<Kept> = sqlx::query_as(
        "WITH kept AS (
             SELECT signal.subject, signal.seq, signal.event, signal.inbox_seq,
                    row_number() OVER (PARTITION BY signal.subject ORDER BY signal.seq) AS place
             FROM json_each(?1) AS claimed JOIN signal ON signal.subject = claimed.value
         )
         SELECT kept.subject, kept.seq, kept.event, inbox.delivery
         FROM kept LEFT JOIN inbox ON inbox.seq = kept.inbox_seq
         WHERE kept.place <= ?2 ORDER BY kept.seq",
    )
    .bind(subjects(claims)?)
    .bind(SIGNALS)
    .fetch_all(connection)
    .await
    .doing("reading what happened to a subject")?;
    let mut by_subject: HashMap<String, &mut Claim> =
        claims.iter_mut().map(|claim| (claim.subject.to_string(), claim)).collect();
    for row in rows {
        if let Some(claim) = by_subject.get_mut(&row.subject) {
            claim.seen = row.seq;
            claim.events.extend(row.event.as_deref().map(from_json::<Event>).transpose()?);
            // Signals of one delivery follow one another.
            if let Some(delivery) = row.delivery
                && claim.deliveries.last() != Some(&delivery)
            {
                claim.deliveries.push(delivery);
            }
        }
    }
    Ok(())
}

/// Extends leases that are still held, also those that have run out and that nobody took; returns the lost ones.
pub(super) async fn renew(
    connection: &mut SqliteConnection,
    leases: &[(Subject, Lease)],
    until: Timestamp,
) -> Result<Vec<(Subject, Lease)>, StoreError> {
    #[derive(Serialize)]
    struct Held {
        subject: String,
        lease: i64,
    }
    let held: Vec<Held> =
        leases.iter().map(|(subject, lease)| Held { subject: subject.to_string(), lease: lease.0 }).collect();
    let renewed: Vec<(String, i64)> = sqlx::query_as(
        "UPDATE work SET ready_at = max(work.ready_at, ?2)
         FROM (SELECT value ->> 'subject' AS subject, value ->> 'lease' AS lease FROM json_each(?1)) AS held
         WHERE work.subject = held.subject AND work.lease = held.lease
         RETURNING work.subject, work.lease",
    )
    .bind(to_json(&held)?)
    .bind(millis(until))
    .fetch_all(connection)
    .await
    .doing("renewing leases")?;
    let is_lost = |(subject, lease): &&(Subject, Lease)| {
        let subject = subject.to_string();
        !renewed.iter().any(|row| row.0 == subject && row.1 == lease.0)
    };
    Ok(leases.iter().filter(is_lost).cloned().collect())
}

/// The earliest time at which something can be claimed, over all lanes and repositories.
pub(super) const NEXT_DUE: &str = "WITH RECURSIVE
    lane (rank) AS (VALUES (0), (1), (2)),
    present (lane, id) AS (
        SELECT lane.rank, (SELECT min(work.repository_id) FROM work
                           WHERE work.lane = lane.rank AND work.ready_at IS NOT NULL)
        FROM lane
        UNION ALL
        SELECT present.lane, (SELECT min(work.repository_id) FROM work
                              WHERE work.lane = present.lane AND work.ready_at IS NOT NULL
                                AND work.repository_id > present.id)
        FROM present WHERE present.id IS NOT NULL
    )
    SELECT min(max(
        (SELECT min(work.ready_at) FROM work
         WHERE work.lane = present.lane AND work.repository_id = present.id AND work.ready_at IS NOT NULL),
        coalesce(pause.paused_until, 0)))
    FROM present
    JOIN repository ON repository.id = present.id
    LEFT JOIN pause ON pause.tracker = repository.tracker AND pause.installation = repository.installation";

/// When the next subject can be claimed. What rests with its installation is due when that may go on.
pub(super) async fn next_due(readers: &SqlitePool) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<i64> = sqlx::query_scalar(NEXT_DUE).fetch_one(readers).await.doing("looking for the next work")?;
    next.map(moment).transpose()
}
