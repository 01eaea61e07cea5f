//! What is known of repositories, and of their policy files.

use sqlx::{SqliteConnection, SqlitePool};

use super::convert::{Doing as _, corrupt, maybe_moment, millis, moment};
use super::dirty::know_places;
use crate::backlog::{Place, Repository};
use crate::store::{PolicyRow, PolicyStatus, RepositoryRow, StoreError};

/// Notes the name of today.
pub(super) async fn save(connection: &mut SqliteConnection, repository: &Repository) -> Result<(), StoreError> {
    know_places(connection, std::iter::once((&repository.place, Some(repository.name.as_str())))).await
}

/// Notes what was found of a policy file.
pub(super) async fn save_policy(
    connection: &mut SqliteConnection,
    place: &Place,
    policy: &PolicyRow,
) -> Result<(), StoreError> {
    let (status, error) = match &policy.status {
        PolicyStatus::Missing => ("missing", None),
        PolicyStatus::Good => ("good", None),
        PolicyStatus::Broken(error) => ("broken", Some(error)),
    };
    know_places(connection, std::iter::once((place, None))).await?;
    sqlx::query(
        "UPDATE repository SET policy_status = ?4, policy_error = ?5, policy_good = ?6, policy_revision = ?7,
             policy_checked_at = ?8, policy_active_since = ?9
         WHERE tracker = ?1 AND installation = ?2 AND repository = ?3",
    )
    .bind(place.tracker.as_str())
    .bind(&place.installation)
    .bind(&place.repository)
    .bind(status)
    .bind(error)
    .bind(&policy.good)
    .bind(&policy.revision)
    .bind(millis(policy.checked_at))
    .bind(policy.active_since.map(millis))
    .execute(connection)
    .await
    .doing("noting a policy file")?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    policy_status: Option<String>,
    policy_error: Option<String>,
    policy_good: Option<String>,
    policy_revision: Option<String>,
    policy_checked_at: Option<i64>,
    policy_active_since: Option<i64>,
}

impl Row {
    fn into_policy(self) -> Result<Option<PolicyRow>, StoreError> {
        let (Some(status), Some(checked_at)) = (self.policy_status, self.policy_checked_at) else {
            return Ok(None);
        };
        let status = match status.as_str() {
            "missing" => PolicyStatus::Missing,
            "good" => PolicyStatus::Good,
            "broken" => PolicyStatus::Broken(self.policy_error.unwrap_or_default()),
            other => return Err(corrupt("reading how a policy file was", other)),
        };
        Ok(Some(PolicyRow {
            good: self.policy_good,
            status,
            revision: self.policy_revision,
            checked_at: moment(checked_at)?,
            active_since: maybe_moment(self.policy_active_since)?,
        }))
    }
}

/// What is known of a repository; none until its name is.
pub(super) async fn load(readers: &SqlitePool, place: &Place) -> Result<Option<RepositoryRow>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT name, policy_status, policy_error, policy_good, policy_revision, policy_checked_at, policy_active_since
         FROM repository WHERE tracker = ?1 AND installation = ?2 AND repository = ?3 AND name IS NOT NULL",
    )
    .bind(place.tracker.as_str())
    .bind(&place.installation)
    .bind(&place.repository)
    .fetch_optional(readers)
    .await
    .doing("reading what is known of a repository")?;
    row.map(|row| {
        let repository = Repository { place: place.clone(), name: row.name.clone() };
        Ok(RepositoryRow { repository, policy: row.into_policy()? })
    })
    .transpose()
}
