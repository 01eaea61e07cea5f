//! Where people said otherwise than the bot, read from what is remembered of items.

use rusqlite::{Connection, params};

use super::convert::{self, from_json};
use super::statement;
use crate::decide::ItemMemory;
use crate::store::{CorrectionRow, CorrectionsOf, StoreError};

/// The newest corrections.
pub(super) fn newest(db: &Connection, limit: u32) -> Result<Vec<CorrectionRow>, StoreError> {
    let rows: Vec<(String, Option<String>, String)> = statement::rows(db, "SELECT item.subject, repository.name, item.memory FROM item JOIN repository ON repository.id = item.repository_id
         WHERE corrected_at IS NOT NULL ORDER BY corrected_at DESC, subject LIMIT ?1", params![limit], "reading corrections")?;
    let read = |(subject, repository, memory): &(String, Option<String>, String)| {
        let memory: ItemMemory = from_json(memory)?;
        let subject = convert::subject(subject)?;
        let (key, title) = (memory.item.key.clone(), memory.item.title.clone());
        Ok(memory.correction().map(|correction| CorrectionRow {
            subject,
            repository: repository.clone(),
            key,
            title,
            correction,
        }))
    };
    rows.iter().filter_map(|row| read(row).transpose()).collect()
}

/// How often the bot put a category by itself, and how often that was corrected, by repository.
pub(super) fn counts(db: &Connection) -> Result<Vec<CorrectionsOf>, StoreError> {
    let rows: Vec<(String, Option<String>, i64, i64)> = statement::rows(
        db,
        "SELECT repository.repository, repository.name, count(*), count(corrected_at)
         FROM item JOIN repository ON repository.id = item.repository_id
         WHERE own_word IS NOT NULL GROUP BY repository.id ORDER BY repository.name, repository.id",
        [],
        "counting corrections",
    )?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let read = |(id, name, labelled, corrected): (String, Option<String>, i64, i64)| CorrectionsOf {
        repository: name.unwrap_or(id),
        labelled: count(labelled),
        corrected: count(corrected),
    };
    Ok(rows.into_iter().map(read).collect())
}
