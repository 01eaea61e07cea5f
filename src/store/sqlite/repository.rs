//! What is known of repositories, and of their policy files.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{PlaceColumns, corrupt, maybe_moment, millis, moment};
use super::dirty::know_place;
use super::statement;
use crate::backlog::{Place, Repository, TrackerName};
use crate::store::{PolicyRow, PolicyStatus, RepositoryRow, StoreError};

/// Notes the name of today.
pub(super) fn save(db: &Connection, repository: &Repository) -> Result<(), StoreError> {
    know_place(db, &repository.place, Some(&repository.name)).map(drop)
}

/// Notes what was found of a policy file.
pub(super) fn save_policy(db: &Connection, place: &Place, policy: &PolicyRow) -> Result<(), StoreError> {
    let (status, error) = match &policy.status {
        PolicyStatus::Missing => ("missing", None),
        PolicyStatus::Good => ("good", None),
        PolicyStatus::Broken(error) => ("broken", Some(error)),
    };
    know_place(db, place, None)?;
    statement::execute(
        db,
        "UPDATE repository SET policy_status = ?4, policy_error = ?5, policy_good = ?6, policy_revision = ?7,
             policy_checked_at = ?8, policy_active_since = ?9, policy_base = ?10
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3",
        params![
            place.tracker.as_str(),
            &place.installation,
            &place.repository,
            status,
            error,
            &policy.good,
            &policy.revision,
            millis(policy.checked_at),
            policy.active_since.map(millis),
            &policy.base
        ],
        "noting a policy file",
    )?;
    Ok(())
}

/// Notes the first sight of a repository; one that was known under another installation goes on where it was, its policy
/// to be looked at again.
pub(super) fn begin_sweeps(db: &Connection, place: &Place, now: Timestamp) -> Result<(), StoreError> {
    know_place(db, place, None)?;
    statement::execute(
        db,
        "UPDATE repository SET (policy_status, policy_error, policy_good, policy_base, policy_revision,
                                policy_checked_at, policy_active_since) =
             (SELECT policy_status, policy_error, policy_good, policy_base, policy_revision, 0, policy_active_since
              FROM repository AS other
              WHERE other.tracker = ?1 AND other.installation <> ?2 AND other.repository = ?3
                AND other.policy_status IS NOT NULL
              ORDER BY other.id DESC LIMIT 1)
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3
           AND swept_until IS NULL AND policy_status IS NULL",
        params![place.tracker.as_str(), &place.installation, &place.repository],
        "taking a repository's policy along",
    )?;
    statement::execute(
        db,
        "UPDATE work SET repository_id = here.id
         FROM repository AS here JOIN repository AS other
             ON other.tracker = here.tracker AND other.repository = here.repository AND other.id <> here.id
         WHERE here.tracker = ?1 AND here.installation = ?2 AND here.repository = ?3 AND here.swept_until IS NULL
           AND work.repository_id = other.id AND work.lease IS NULL",
        params![place.tracker.as_str(), &place.installation, &place.repository],
        "taking a repository's work along",
    )?;
    statement::execute(
        db,
        "UPDATE repository SET swept_until = coalesce(
             (SELECT max(other.swept_until) FROM repository AS other
              WHERE other.tracker = ?1 AND other.installation <> ?2 AND other.repository = ?3), ?4)
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3 AND swept_until IS NULL",
        params![place.tracker.as_str(), &place.installation, &place.repository, millis(now)],
        "noting a repository's first sight",
    )?;
    Ok(())
}

/// Notes how far it was swept, unless it is out of reach.
pub(super) fn save_swept(db: &Connection, place: &Place, until: Timestamp) -> Result<(), StoreError> {
    statement::execute(
        db,
        "UPDATE repository SET swept_until = ?4
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3 AND swept_until IS NOT NULL",
        params![place.tracker.as_str(), &place.installation, &place.repository, millis(until)],
        "noting how far a repository was swept",
    )?;
    Ok(())
}

/// Forgets a repository that is out of reach, its work that nobody has in hand, and that it declares boards.
pub(super) fn lose(db: &Connection, place: &Place) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM signal WHERE subject IN (
             SELECT work.subject FROM work JOIN repository ON repository.id = work.repository_id
             WHERE tracker = ?1 AND installation = ?2 AND repository = ?3 AND work.lease IS NULL)",
        "DELETE FROM work WHERE lease IS NULL AND repository_id =
             (SELECT id FROM repository WHERE tracker = ?1 AND installation = ?2 AND repository = ?3)",
        "UPDATE board SET repository_id = NULL WHERE repository_id =
             (SELECT id FROM repository WHERE tracker = ?1 AND installation = ?2 AND repository = ?3)",
        "UPDATE repository SET name = NULL, swept_until = NULL, policy_status = NULL, policy_error = NULL,
             policy_good = NULL, policy_base = NULL, policy_revision = NULL, policy_checked_at = NULL,
             policy_active_since = NULL
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3",
    ] {
        statement::execute(
            db,
            statement,
            params![place.tracker.as_str(), &place.installation, &place.repository],
            "forgetting a repository that is out of reach",
        )?;
    }
    Ok(())
}

struct Row {
    place: PlaceColumns,
    name: String,
    policy_status: Option<String>,
    policy_error: Option<String>,
    policy_good: Option<String>,
    policy_base: Option<String>,
    policy_revision: Option<String>,
    policy_checked_at: Option<i64>,
    policy_active_since: Option<i64>,
    swept_until: Option<i64>,
}

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            place: PlaceColumns::try_from(row)?,
            name: row.get("name")?,
            policy_status: row.get("policy_status")?,
            policy_error: row.get("policy_error")?,
            policy_good: row.get("policy_good")?,
            policy_base: row.get("policy_base")?,
            policy_revision: row.get("policy_revision")?,
            policy_checked_at: row.get("policy_checked_at")?,
            policy_active_since: row.get("policy_active_since")?,
            swept_until: row.get("swept_until")?,
        })
    }
}

impl Row {
    fn into_repository(mut self) -> Result<RepositoryRow, StoreError> {
        let swept_until = maybe_moment(self.swept_until)?;
        let name = std::mem::take(&mut self.name);
        let (place, policy) = self.into_policy()?;
        Ok(RepositoryRow { repository: Repository { place, name }, policy, swept_until })
    }

    fn into_policy(self) -> Result<(Place, Option<PolicyRow>), StoreError> {
        let place = Place::from(self.place);
        let (Some(status), Some(checked_at)) = (self.policy_status, self.policy_checked_at) else {
            return Ok((place, None));
        };
        let status = match status.as_str() {
            "missing" => PolicyStatus::Missing,
            "good" => PolicyStatus::Good,
            "broken" => PolicyStatus::Broken(self.policy_error.unwrap_or_default()),
            other => return Err(corrupt("reading how a policy file was", other)),
        };
        let policy = PolicyRow {
            good: self.policy_good,
            base: self.policy_base,
            status,
            revision: self.policy_revision,
            checked_at: moment(checked_at)?,
            active_since: maybe_moment(self.policy_active_since)?,
        };
        Ok((place, Some(policy)))
    }
}

/// What is known of a repository; none until its name is.
pub(super) fn load(db: &Connection, place: &Place) -> Result<Option<RepositoryRow>, StoreError> {
    let row: Option<Row> = statement::row(
        db,
        "SELECT tracker, installation, repository, name, policy_status, policy_error, policy_good, policy_base,
                policy_revision, policy_checked_at, policy_active_since, swept_until
         FROM repository WHERE tracker = ?1 AND installation = ?2 AND repository = ?3 AND name IS NOT NULL",
        params![place.tracker.as_str(), &place.installation, &place.repository],
        "reading what is known of a repository",
    )?;
    row.map(Row::into_repository).transpose()
}

/// The repository of an installation that goes by this name.
pub(super) fn named(
    db: &Connection,
    tracker: &TrackerName,
    installation: &str,
    name: &str,
) -> Result<Option<RepositoryRow>, StoreError> {
    let row: Option<Row> = statement::row(db, "SELECT tracker, installation, repository, name, policy_status, policy_error, policy_good, policy_base,
                policy_revision, policy_checked_at, policy_active_since, swept_until
         FROM repository WHERE tracker = ?1 AND installation = ?2 AND name = ?3 COLLATE NOCASE ORDER BY id DESC LIMIT 1", params![tracker.as_str(), installation, name], "finding a repository by its name")?;
    row.map(Row::into_repository).transpose()
}

/// Every repository of a tracker whose name is known.
pub(super) fn all(db: &Connection, tracker: &TrackerName) -> Result<Vec<RepositoryRow>, StoreError> {
    let rows: Vec<Row> = statement::rows(
        db,
        "SELECT tracker, installation, repository, name, policy_status, policy_error, policy_good, policy_base,
                policy_revision, policy_checked_at, policy_active_since, swept_until
         FROM repository WHERE tracker = ?1 AND name IS NOT NULL ORDER BY id",
        params![tracker.as_str()],
        "reading which repositories are known",
    )?;
    rows.into_iter().map(Row::into_repository).collect()
}
