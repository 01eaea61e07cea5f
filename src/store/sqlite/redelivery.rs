//! Deliveries that never arrived: which are to be asked for again, and which were.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use super::convert::{millis, to_json};
use super::statement;
use crate::backlog::TrackerName;
use crate::store::{FailedDelivery, StoreError};

/// How long to wait after a redelivery that was in vain, in milliseconds; twice as long after each further one.
const FIRST_WAIT: i64 = 10 * 60 * 1000;
/// Doublings of it, at most: about two days. What is older is not asked for.
const DOUBLINGS: i64 = 8;

/// Those that did not arrive and whose time has come, in the order given.
pub(super) fn to_ask_again(
    db: &Connection,
    tracker: &TrackerName,
    failed: Vec<FailedDelivery>,
    now: Timestamp,
) -> Result<Vec<FailedDelivery>, StoreError> {
    #[derive(Serialize)]
    struct Row<'a> {
        delivery: &'a str,
        attempt: &'a str,
    }
    if failed.is_empty() {
        return Ok(failed);
    }
    let rows: Vec<Row<'_>> = failed.iter().map(|one| Row { delivery: &one.delivery, attempt: &one.attempt }).collect();
    let wanted: Vec<(String, String)> = statement::rows(
        db,
        "SELECT failed.value ->> 'delivery', failed.value ->> 'attempt'
         FROM json_each(?1) AS failed
         LEFT JOIN inbox ON inbox.tracker = ?2 AND inbox.delivery = failed.value ->> 'delivery'
         LEFT JOIN redelivery ON redelivery.tracker = ?2 AND redelivery.delivery = failed.value ->> 'delivery'
         WHERE inbox.seq IS NULL
           AND (redelivery.delivery IS NULL
                OR (redelivery.attempt <> failed.value ->> 'attempt'
                    AND redelivery.asked_at + (?3 << min(redelivery.times - 1, ?4)) <= ?5))
         ORDER BY failed.key",
        params![to_json(&rows)?, tracker.as_str(), FIRST_WAIT, DOUBLINGS, millis(now)],
        "looking which deliveries never arrived",
    )?;
    Ok(wanted.into_iter().map(|(delivery, attempt)| FailedDelivery { delivery, attempt }).collect())
}

/// Notes that it was asked for.
pub(super) fn note(
    db: &Connection,
    tracker: &TrackerName,
    failed: &FailedDelivery,
    now: Timestamp,
) -> Result<(), StoreError> {
    statement::execute(
        db,
        "INSERT INTO redelivery (tracker, delivery, attempt, asked_at, times) VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT (tracker, delivery) DO UPDATE SET
             attempt = excluded.attempt, asked_at = excluded.asked_at, times = redelivery.times + 1",
        params![tracker.as_str(), &failed.delivery, &failed.attempt, millis(now)],
        "noting a delivery that was asked for again",
    )?;
    Ok(())
}
