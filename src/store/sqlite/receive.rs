//! Takes a delivery: the hot path. Deliveries that come at once share a transaction ([`super::writer`]).

use rusqlite::{Connection, params};

use super::convert::{millis, to_json};
use super::dirty::{Mark, keep_signal, mark_dirty};
use super::statement;
use crate::store::{Arrival, Intake, Receipt, Signal, StoreError};

/// Writes a delivery with the work that it makes, once.
pub(super) fn receive(db: &Connection, arrival: &Arrival) -> Result<Receipt, StoreError> {
    let Some(seq) = insert(db, arrival)? else { return Ok(Receipt::Duplicate) };
    for signal in signals(arrival) {
        mark_dirty(db, &Mark::of(signal, arrival.received_at))?;
        keep_signal(db, Some(seq), &signal.subject, signal.event.as_ref())?;
    }
    Ok(Receipt::New)
}

fn signals(arrival: &Arrival) -> &[Signal] {
    match &arrival.intake {
        Intake::Ignored(_) => &[],
        Intake::Work(signals) => signals,
    }
}

/// Writes the row of the inbox. Returns its number; none if it was there before.
fn insert(db: &Connection, arrival: &Arrival) -> Result<Option<i64>, StoreError> {
    let ignored = match &arrival.intake {
        Intake::Ignored(why) => Some(why.as_str()),
        Intake::Work(_) => None,
    };
    let mut subjects: Vec<String> = signals(arrival).iter().map(|signal| signal.subject.to_string()).collect();
    subjects.dedup();
    statement::maybe_value(
        db,
        "INSERT INTO inbox (tracker, delivery, event, action, sender, received_at, ignored, subjects)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (tracker, delivery) DO NOTHING RETURNING seq",
        params![
            arrival.tracker.as_str(),
            &arrival.delivery,
            &arrival.event,
            &arrival.action,
            &arrival.sender,
            millis(arrival.received_at),
            ignored,
            to_json(&subjects)?
        ],
        "writing a delivery to the inbox",
    )
}
