//! What is remembered of items.

use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{self, Doing as _, from_json, millis, to_json};
use super::dirty::know_places;
use crate::backlog::{CategoryName, ItemState, Place, Side, Subject};
use crate::decide::{ItemMemory, Verdict};
use crate::store::StoreError;

/// Remembers an item as it is now.
pub(super) async fn save(
    connection: &mut SqliteConnection,
    subject: &Subject,
    place: &Place,
    memory: &ItemMemory,
) -> Result<(), StoreError> {
    let (decided_by, category) = decision(&memory.verdict);
    know_places(connection, std::iter::once((place, None))).await?;
    sqlx::query(
        "INSERT INTO item (subject, repository_id, state, category, side, decided_by, created_at, seen_at, memory,
             own_word, corrected_at)
         SELECT ?1, id, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM repository
         WHERE tracker = ?2 AND installation = ?3 AND repository = ?4
         ON CONFLICT (subject) DO UPDATE SET repository_id = excluded.repository_id, state = excluded.state,
             category = excluded.category, side = excluded.side, decided_by = excluded.decided_by,
             created_at = excluded.created_at, seen_at = excluded.seen_at, memory = excluded.memory,
             own_word = excluded.own_word, corrected_at = excluded.corrected_at",
    )
    .bind(subject.to_string())
    .bind(place.tracker.as_str())
    .bind(&place.installation)
    .bind(&place.repository)
    .bind(state(memory.item.state))
    .bind(category.map(CategoryName::as_str))
    .bind(memory.side.map(Side::name))
    .bind(decided_by)
    .bind(memory.item.created_at.map(millis))
    .bind(millis(memory.seen_at))
    .bind(to_json(memory)?)
    .bind(memory.own_word.as_ref().map(CategoryName::as_str))
    .bind(memory.correction().map(|correction| millis(correction.at)))
    .execute(connection)
    .await
    .doing("remembering an item")?;
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
pub(super) async fn rekey(
    connection: &mut SqliteConnection,
    from: &Subject,
    to: &Subject,
    place: &Place,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE item SET subject = ?2, repository_id =
             (SELECT id FROM repository WHERE tracker = ?3 AND installation = ?4 AND repository = ?5)
         WHERE subject = ?1 AND NOT EXISTS (SELECT 1 FROM item WHERE subject = ?2)",
    )
    .bind(from.to_string())
    .bind(to.to_string())
    .bind(place.tracker.as_str())
    .bind(&place.installation)
    .bind(&place.repository)
    .execute(&mut *connection)
    .await
    .doing("moving what is remembered of an item")?;
    sqlx::query("UPDATE OR IGNORE stay SET item = ?2 WHERE item = ?1")
        .bind(from.to_string())
        .bind(to.to_string())
        .execute(&mut *connection)
        .await
        .doing("moving an item's stays in sprints")?;
    sqlx::query("DELETE FROM item WHERE subject = ?1")
        .bind(from.to_string())
        .execute(connection)
        .await
        .doing("moving what is remembered of an item")?;
    Ok(())
}

/// What is remembered of an item.
pub(super) async fn load(readers: &SqlitePool, subject: &Subject) -> Result<Option<ItemMemory>, StoreError> {
    let memory: Option<String> = sqlx::query_scalar("SELECT memory FROM item WHERE subject = ?1")
        .bind(subject.to_string())
        .fetch_optional(readers)
        .await
        .doing("reading what is remembered of an item")?;
    memory.as_deref().map(from_json).transpose()
}

/// The newest items; one whose age is unknown counts from when it was seen.
pub(super) async fn newest(readers: &SqlitePool, limit: u32) -> Result<Vec<(Subject, ItemMemory)>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT subject, memory FROM item ORDER BY coalesce(created_at, seen_at) DESC, subject LIMIT ?1",
    )
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("reading what is remembered of items")?;
    rows.iter().map(|(subject, memory)| Ok((convert::subject(subject)?, from_json(memory)?))).collect()
}

/// The newest items of one repository.
pub(super) async fn newest_in(readers: &SqlitePool, place: &Place, limit: u32) -> Result<Vec<ItemMemory>, StoreError> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT memory FROM item JOIN repository ON repository.id = item.repository_id
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3
         ORDER BY item.created_at DESC, subject LIMIT ?4",
    )
    .bind(place.tracker.as_str())
    .bind(&place.installation)
    .bind(&place.repository)
    .bind(limit)
    .fetch_all(readers)
    .await
    .doing("reading what is remembered of a repository's items")?;
    rows.iter().map(|memory| from_json(memory)).collect()
}
