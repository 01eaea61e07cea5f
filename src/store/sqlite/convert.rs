//! Between the domain's words and what the columns hold.
//!
//! Times are kept in whole milliseconds, cut off towards the past: a moment compares with its stored self as equal once
//! both were cut, and everything that is compared in SQL was.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backlog::{Place, Subject};
use crate::store::StoreError;

/// Says what was being done when the database failed.
pub(super) trait Doing<T> {
    /// Turns the error into the port's.
    fn doing(self, doing: &str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &str) -> Result<T, StoreError> {
        self.map_err(|error| match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::InvalidColumnName(_)
            | rusqlite::Error::QueryReturnedNoRows => corrupt(doing, &error),
            rusqlite::Error::SqliteFailure(_, Some(message)) => database(doing, &message),
            error => database(doing, &error),
        })
    }
}

/// The database refused.
pub(super) fn database(doing: &str, message: &(impl ToString + ?Sized)) -> StoreError {
    StoreError::Database { doing: doing.to_owned(), message: message.to_string() }
}

/// What was read is not what this version writes.
pub(super) fn corrupt(doing: &str, message: &(impl ToString + ?Sized)) -> StoreError {
    StoreError::Corrupt { doing: doing.to_owned(), message: message.to_string() }
}

/// A time as its column holds it.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A time as it was written.
pub(super) fn moment(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|error| corrupt("reading a time", &error))
}

/// A time that may be missing.
pub(super) fn maybe_moment(millis: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    millis.map(moment).transpose()
}

/// A subject as it was written.
pub(super) fn subject(text: &str) -> Result<Subject, StoreError> {
    text.parse().map_err(|error| corrupt("reading a subject", &error))
}

/// A small number as it was written; one that does not fit is as good as the largest.
pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

/// Several rows or a value with parts, as JSON.
pub(super) fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| database("writing JSON", &error))
}

/// What [`to_json`] wrote.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt("reading JSON", &error))
}

/// A place as the `repository` table holds it.
pub(super) struct PlaceColumns {
    tracker: String,
    installation: String,
    repository: String,
}

impl TryFrom<&rusqlite::Row<'_>> for PlaceColumns {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            tracker: row.get("tracker")?,
            installation: row.get("installation")?,
            repository: row.get("repository")?,
        })
    }
}

impl From<PlaceColumns> for Place {
    fn from(columns: PlaceColumns) -> Self {
        Self { tracker: columns.tracker.into(), installation: columns.installation, repository: columns.repository }
    }
}
