//! What is remembered of items.

use rusqlite::{Connection, params};

use super::convert::{self, from_json, millis, to_json};
use super::dirty::know_place;
use super::statement;
use crate::backlog::{CategoryName, ItemState, Place, Side, Subject};
use crate::decide::{ItemMemory, Verdict};
use crate::store::StoreError;

/// Remembers an item as it is now.
pub(super) fn save(db: &Connection, subject: &Subject, place: &Place, memory: &ItemMemory) -> Result<(), StoreError> {
    let (decided_by, category) = decision(&memory.verdict);
    let repository = know_place(db, place, None)?;
    statement::execute(
        db,
        "INSERT INTO item (subject, repository_id, state, category, side, decided_by, created_at, seen_at, memory,
             own_word, corrected_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (subject) DO UPDATE SET repository_id = excluded.repository_id, state = excluded.state,
             category = excluded.category, side = excluded.side, decided_by = excluded.decided_by,
             created_at = excluded.created_at, seen_at = excluded.seen_at, memory = excluded.memory,
             own_word = excluded.own_word, corrected_at = excluded.corrected_at",
        params![
            subject.to_string(),
            repository,
            state(memory.item.state),
            category.map(CategoryName::as_str),
            memory.side.map(Side::name),
            decided_by,
            memory.item.created_at.map(millis),
            millis(memory.seen_at),
            to_json(memory)?,
            memory.own_word.as_ref().map(CategoryName::as_str),
            memory.correction().map(|correction| millis(correction.at))
        ],
        "remembering an item",
    )?;
    Ok(())
}

fn decision(verdict: &Verdict) -> (&'static str, Option<&CategoryName>) {
    match verdict {
        Verdict::Person { category, .. } => ("person", Some(category)),
        Verdict::Bot { category } => ("bot", Some(category)),
        Verdict::Nobody => ("nobody", None),
    }
}

fn state(state: ItemState) -> &'static str {
    match state {
        ItemState::Open => "open",
        ItemState::Closed(_) => "closed",
    }
}

/// Moves what is remembered to a subject's new name, unless something is remembered under that one already.
pub(super) fn rekey(db: &Connection, from: &Subject, to: &Subject, place: &Place) -> Result<(), StoreError> {
    statement::execute(
        db,
        "UPDATE item SET subject = ?2, repository_id =
             (SELECT id FROM repository WHERE tracker = ?3 AND installation = ?4 AND repository = ?5)
         WHERE subject = ?1 AND NOT EXISTS (SELECT 1 FROM item WHERE subject = ?2)",
        params![from.to_string(), to.to_string(), place.tracker.as_str(), &place.installation, &place.repository],
        "moving what is remembered of an item",
    )?;
    statement::execute(
        db,
        "UPDATE OR IGNORE stay SET item = ?2 WHERE item = ?1",
        params![from.to_string(), to.to_string()],
        "moving an item's stays in sprints",
    )?;
    statement::execute(
        db,
        "DELETE FROM item WHERE subject = ?1",
        params![from.to_string()],
        "moving what is remembered of an item",
    )?;
    Ok(())
}

/// What is remembered of an item.
pub(super) fn load(db: &Connection, subject: &Subject) -> Result<Option<ItemMemory>, StoreError> {
    let memory: Option<String> = statement::maybe_value(
        db,
        "SELECT memory FROM item WHERE subject = ?1",
        params![subject.to_string()],
        "reading what is remembered of an item",
    )?;
    memory.as_deref().map(from_json).transpose()
}

/// The newest items; one whose age is unknown counts from when it was seen.
pub(super) fn newest(db: &Connection, limit: u32) -> Result<Vec<(Subject, ItemMemory)>, StoreError> {
    let rows: Vec<(String, String)> = statement::rows(
        db,
        "SELECT subject, memory FROM item ORDER BY coalesce(created_at, seen_at) DESC, subject LIMIT ?1",
        params![limit],
        "reading what is remembered of items",
    )?;
    rows.iter().map(|(subject, memory)| Ok((convert::subject(subject)?, from_json(memory)?))).collect()
}

/// The newest items of one repository.
pub(super) fn newest_in(db: &Connection, place: &Place, limit: u32) -> Result<Vec<ItemMemory>, StoreError> {
    let rows: Vec<String> = statement::values(
        db,
        "SELECT memory FROM item JOIN repository ON repository.id = item.repository_id
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3
         ORDER BY item.created_at DESC, subject LIMIT ?4",
        params![place.tracker.as_str(), &place.installation, &place.repository, limit],
        "reading what is remembered of a repository's items",
    )?;
    rows.iter().map(|memory| from_json(memory)).collect()
}
