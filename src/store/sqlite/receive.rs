//! Takes deliveries, many at a time: the hot path. A handful of statements, however many there are.

use std::collections::HashMap;
use std::fmt::Write as _;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::convert::{millis, to_json};
use super::dirty::{Mark, Sign, keep_signals, mark_dirty};
use super::statement;
use crate::store::{Arrival, Intake, Receipt, Signal, StoreError};

/// How many rows one INSERT takes at most: each number of rows is a statement of its own that stays prepared.
const ROWS: usize = 64;
/// How many values each of them has.
const COLUMNS: usize = 8;

/// Writes deliveries with the work that the new ones make. Answers in their order; of two that are the same, the first is
/// the new one.
pub(super) fn receive(db: &Connection, arrivals: &[&Arrival]) -> Result<Vec<Receipt>, StoreError> {
    let mut new = insert(db, arrivals)?;
    // Taken out when first met, so that its twin in the same batch finds nothing.
    let seqs: Vec<Option<i64>> = arrivals.iter().map(|arrival| new.remove(&owned_key(arrival))).collect();
    make_work(db, arrivals.iter().zip(&seqs).filter_map(|(arrival, seq)| Some((*arrival, (*seq)?))))?;
    Ok(seqs.iter().map(|seq| if seq.is_some() { Receipt::New } else { Receipt::Duplicate }).collect())
}

fn owned_key(arrival: &Arrival) -> (String, String) {
    (arrival.tracker.as_str().to_owned(), arrival.delivery.clone())
}

fn signals(arrival: &Arrival) -> &[Signal] {
    match &arrival.intake {
        Intake::Ignored(_) => &[],
        Intake::Work(signals) => signals,
    }
}

fn make_work<'a>(db: &Connection, arrivals: impl Iterator<Item = (&'a Arrival, i64)>) -> Result<(), StoreError> {
    let mut marks = Vec::new();
    let mut signs = Vec::new();
    for (arrival, seq) in arrivals {
        for signal in signals(arrival) {
            marks.push(Mark::of(signal, arrival.received_at));
            signs.push(Sign { inbox: Some(seq), subject: signal.subject.to_string(), event: signal.event.as_ref() });
        }
    }
    mark_dirty(db, &marks)?;
    keep_signals(db, &signs)
}

/// Writes the rows of the inbox. Returns the numbers of those that were not there before.
fn insert(db: &Connection, arrivals: &[&Arrival]) -> Result<HashMap<(String, String), i64>, StoreError> {
    let mut new = HashMap::with_capacity(arrivals.len());
    for chunk in arrivals.chunks(ROWS) {
        for (seq, tracker, delivery) in insert_rows(db, chunk)? {
            new.insert((tracker, delivery), seq);
        }
    }
    Ok(new)
}

fn insert_rows(db: &Connection, arrivals: &[&Arrival]) -> Result<Vec<(i64, String, String)>, StoreError> {
    let mut values: Vec<Value> = Vec::with_capacity(arrivals.len() * COLUMNS);
    for arrival in arrivals {
        let ignored = match &arrival.intake {
            Intake::Ignored(why) => Some(why.as_str()),
            Intake::Work(_) => None,
        };
        let mut subjects: Vec<String> = signals(arrival).iter().map(|signal| signal.subject.to_string()).collect();
        subjects.dedup();
        let row: [Value; COLUMNS] = [
            arrival.tracker.as_str().to_owned().into(),
            arrival.delivery.clone().into(),
            arrival.event.clone().into(),
            arrival.action.clone().into(),
            arrival.sender.clone().into(),
            millis(arrival.received_at).into(),
            ignored.map(str::to_owned).into(),
            to_json(&subjects)?.into(),
        ];
        values.extend(row);
    }
    let sql = insert_statement(arrivals.len());
    statement::rows(db, &sql, params_from_iter(values), "writing a delivery to the inbox")
}

fn insert_statement(rows: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO inbox (tracker, delivery, event, action, sender, received_at, ignored, subjects) VALUES ",
    );
    for row in 0..rows {
        let comma = if row == 0 { "" } else { "," };
        write!(sql, "{comma}(?,?,?,?,?,?,?,?)").ok();
    }
    sql.push_str(" ON CONFLICT (tracker, delivery) DO NOTHING RETURNING seq, tracker, delivery");
    sql
}
