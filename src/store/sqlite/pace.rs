//! How much of the pace of writes is used up.

use rusqlite::{Connection, params};

use super::convert::{millis, moment};
use super::statement;
use crate::backlog::TrackerName;
use crate::store::{StoreError, WritePace};

/// Notes it for one installation.
pub(super) fn save(
    db: &Connection,
    tracker: &TrackerName,
    installation: &str,
    pace: WritePace,
) -> Result<(), StoreError> {
    statement::execute(
        db,
        "INSERT INTO pace (tracker, installation, as_of, changes_full_at, content_full_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tracker, installation) DO UPDATE SET as_of = excluded.as_of,
             changes_full_at = excluded.changes_full_at, content_full_at = excluded.content_full_at",
        params![
            tracker.as_str(),
            installation,
            millis(pace.as_of),
            millis(pace.changes_full_at),
            millis(pace.content_full_at)
        ],
        "noting the pace of writes",
    )?;
    Ok(())
}

/// What was noted of each installation.
pub(super) fn all(db: &Connection, tracker: &TrackerName) -> Result<Vec<(String, WritePace)>, StoreError> {
    let rows: Vec<(String, i64, i64, i64)> = statement::rows(
        db,
        "SELECT installation, as_of, changes_full_at, content_full_at FROM pace WHERE tracker = ?1 ORDER BY installation",
        params![tracker.as_str()],
        "reading the pace of writes",
    )?;
    let pace = |(installation, as_of, changes, content)| {
        let pace =
            WritePace { as_of: moment(as_of)?, changes_full_at: moment(changes)?, content_full_at: moment(content)? };
        Ok((installation, pace))
    };
    rows.into_iter().map(pace).collect()
}
