//! How much of the pace of writes is used up.

use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{Doing as _, millis, moment};
use crate::backlog::TrackerName;
use crate::store::{StoreError, WritePace};

/// Notes it for one installation.
pub(super) async fn save(
    connection: &mut SqliteConnection,
    tracker: &TrackerName,
    installation: &str,
    pace: WritePace,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO pace (tracker, installation, as_of, changes_full_at, content_full_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tracker, installation) DO UPDATE SET as_of = excluded.as_of,
             changes_full_at = excluded.changes_full_at, content_full_at = excluded.content_full_at",
    )
    .bind(tracker.as_str())
    .bind(installation)
    .bind(millis(pace.as_of))
    .bind(millis(pace.changes_full_at))
    .bind(millis(pace.content_full_at))
    .execute(connection)
    .await
    .doing("noting the pace of writes")?;
    Ok(())
}

/// What was noted of each installation.
pub(super) async fn all(readers: &SqlitePool, tracker: &TrackerName) -> Result<Vec<(String, WritePace)>, StoreError> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT installation, as_of, changes_full_at, content_full_at FROM pace WHERE tracker = ?1 ORDER BY installation",
    )
    .bind(tracker.as_str())
    .fetch_all(readers)
    .await
    .doing("reading the pace of writes")?;
    let pace = |(installation, as_of, changes, content)| {
        let pace =
            WritePace { as_of: moment(as_of)?, changes_full_at: moment(changes)?, content_full_at: moment(content)? };
        Ok((installation, pace))
    };
    rows.into_iter().map(pace).collect()
}
