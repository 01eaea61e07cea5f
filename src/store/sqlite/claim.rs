//! Hands out work: lanes in order, repositories in turn, the longest due first.
//!
//! A claim costs the same however much is dirty in one repository: the index is entered once per repository that has work
//! in the lane (a loose index scan), and never read along.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use super::convert::{self, PlaceColumns, count, from_json, maybe_moment, millis, moment, to_json};
use super::statement;
use crate::backlog::{Event, Lane, Subject};
use crate::store::{Claim, ClaimRequest, Lease, StoreError};

/// How many signals one claim carries at most; what is left makes the subject dirty again.
const SIGNALS: i64 = 1000;

/// Whether anything is due at all, a paused installation's work included. Cheap: it spares the writer idle claims.
pub(super) fn anything_due(db: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    statement::value(
        db,
        "SELECT EXISTS (SELECT 1 FROM work WHERE ready_at <= ?1)",
        params![millis(now)],
        "looking for work",
    )
}

/// Leases what is due.
pub(super) fn claim(db: &Connection, request: ClaimRequest) -> Result<Vec<Claim>, StoreError> {
    let mut claims = Vec::new();
    for lane in [Lane::People, Lane::Events, Lane::Sweeps] {
        let wanted = i64::from(request.limit).saturating_sub(i64::try_from(claims.len()).unwrap_or(i64::MAX));
        if wanted > 0 {
            let due = due_in(db, lane, request.now, wanted)?;
            take_turns(db, lane, &due)?;
            for row in due {
                claims.push(row.into_claim(lane, request.lease)?);
            }
        }
    }
    for claim in &mut claims {
        lease(db, claim, request)?;
    }
    Ok(claims)
}

/// Leases one subject if it can be claimed now. Takes nobody's turn.
pub(super) fn claim_subject(
    db: &Connection,
    subject: &Subject,
    request: ClaimRequest,
) -> Result<Option<Claim>, StoreError> {
    let due: Option<DueInLane> = statement::row(
        db,
        "SELECT work.subject, repository.tracker, repository.installation, repository.repository,
                repository.id AS repository_id, work.revision, work.attempts, work.missing_since, work.lane
         FROM work JOIN repository ON repository.id = work.repository_id
         WHERE work.subject = ?1 AND work.ready_at <= ?2
           AND NOT EXISTS (SELECT 1 FROM pause
                           WHERE pause.tracker = repository.tracker
                             AND pause.installation = repository.installation AND pause.paused_until > ?2)",
        params![subject.to_string(), millis(request.now)],
        "looking for a subject's work",
    )?;
    let Some(due) = due else { return Ok(None) };
    let mut claim = due.due.into_claim(Lane::from_rank(due.lane), request.lease)?;
    lease(db, &mut claim, request)?;
    Ok(Some(claim))
}

struct DueInLane {
    due: Due,
    lane: i64,
}

impl TryFrom<&rusqlite::Row<'_>> for DueInLane {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { due: Due::try_from(row)?, lane: row.get("lane")? })
    }
}

struct Due {
    subject: String,
    place: PlaceColumns,
    repository_id: i64,
    revision: i64,
    attempts: i64,
    missing_since: Option<i64>,
}

impl TryFrom<&rusqlite::Row<'_>> for Due {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            subject: row.get("subject")?,
            place: PlaceColumns::try_from(row)?,
            repository_id: row.get("repository_id")?,
            revision: row.get("revision")?,
            attempts: row.get("attempts")?,
            missing_since: row.get("missing_since")?,
        })
    }
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
/// Of no repository more is read than it can get when each of the others gets one.
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
        ORDER BY due.ready_at, due.subject LIMIT ?3 + 1 - (SELECT count(*) FROM next))
    ORDER BY row_number() OVER (PARTITION BY next.id ORDER BY work.ready_at, work.subject), next.served, next.id
    LIMIT ?3";

fn due_in(db: &Connection, lane: Lane, now: Timestamp, limit: i64) -> Result<Vec<Due>, StoreError> {
    statement::rows(db, DUE, params![lane.rank(), millis(now), limit], "looking for work")
}

/// Puts the repositories that were served at the end of the lane's queue, in the order in which they were.
fn take_turns(db: &Connection, lane: Lane, served: &[Due]) -> Result<(), StoreError> {
    if served.is_empty() {
        return Ok(());
    }
    let repositories: Vec<i64> = served.iter().map(|due| due.repository_id).collect();
    statement::execute(
        db,
        "INSERT INTO turn (lane, repository_id, served)
         SELECT ?1, value, (SELECT coalesce(max(served), 0) FROM turn) + 1 + max(key)
         FROM json_each(?2) WHERE true GROUP BY value
         ON CONFLICT (lane, repository_id) DO UPDATE SET served = excluded.served",
        params![lane.rank(), to_json(&repositories)?],
        "noting whose turn it was",
    )?;
    Ok(())
}

fn lease(db: &Connection, claim: &mut Claim, request: ClaimRequest) -> Result<(), StoreError> {
    statement::execute(
        db,
        "UPDATE work SET lease = ?1, ready_at = ?2 WHERE subject = ?3",
        params![request.lease.0, until(request), claim.subject.to_string()],
        "leasing work",
    )?;
    show_signals(db, claim)
}

/// When the lease runs out; a time past the end of time is the end of time.
fn until(request: ClaimRequest) -> i64 {
    millis(request.now.checked_add(request.lease_for).unwrap_or(Timestamp::MAX))
}

/// Puts into a claim what happened to its subject and has not been consumed.
fn show_signals(db: &Connection, claim: &mut Claim) -> Result<(), StoreError> {
    let rows: Vec<(i64, Option<String>, Option<String>)> = statement::rows(
        db,
        "SELECT signal.seq, signal.event, inbox.delivery
         FROM signal LEFT JOIN inbox ON inbox.seq = signal.inbox_seq
         WHERE signal.subject = ?1 ORDER BY signal.seq LIMIT ?2",
        params![claim.subject.to_string(), SIGNALS],
        "reading what happened to a subject",
    )?;
    for (seq, event, delivery) in rows {
        claim.seen = seq;
        claim.events.extend(event.as_deref().map(from_json::<Event>).transpose()?);
        // Signals of one delivery follow one another.
        if let Some(delivery) = delivery
            && claim.deliveries.last() != Some(&delivery)
        {
            claim.deliveries.push(delivery);
        }
    }
    Ok(())
}

/// Extends leases that are still held, also those that have run out and that nobody took; returns the lost ones.
pub(super) fn renew(
    db: &Connection,
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
    let renewed: Vec<(String, i64)> = statement::rows(
        db,
        "UPDATE work SET ready_at = max(work.ready_at, ?2)
         FROM (SELECT value ->> 'subject' AS subject, value ->> 'lease' AS lease FROM json_each(?1)) AS held
         WHERE work.subject = held.subject AND work.lease = held.lease
         RETURNING work.subject, work.lease",
        params![to_json(&held)?, millis(until)],
        "renewing leases",
    )?;
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
pub(super) fn next_due(db: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<i64> = statement::value(db, NEXT_DUE, [], "looking for the next work")?;
    next.map(moment).transpose()
}
