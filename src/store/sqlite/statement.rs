//! Runs one statement. Each stays prepared with its connection; what comes from outside is bound, never written into it.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::convert::Doing as _;
use crate::store::StoreError;

/// What a row becomes: a tuple in the order of the columns, or a type that reads them by name.
pub(super) trait FromRow: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}

impl<T> FromRow for T where T: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}

/// Changes something; returns how many rows it concerned.
pub(super) fn execute(db: &Connection, sql: &str, params: impl Params, doing: &str) -> Result<u64, StoreError> {
    let rows = db.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).doing(doing)?;
    Ok(u64::try_from(rows).unwrap_or(u64::MAX))
}

/// All rows.
pub(super) fn rows<T: FromRow>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    doing: &str,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare_cached(sql).doing(doing)?;
    let rows = statement.query_map(params, |row| T::try_from(row)).doing(doing)?;
    rows.collect::<Result<_, _>>().doing(doing)
}

/// The first row, where there is one.
pub(super) fn row<T: FromRow>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    doing: &str,
) -> Result<Option<T>, StoreError> {
    let mut statement = db.prepare_cached(sql).doing(doing)?;
    statement.query_row(params, |row| T::try_from(row)).optional().doing(doing)
}

/// The first column of every row.
pub(super) fn values<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    doing: &str,
) -> Result<Vec<T>, StoreError> {
    Ok(rows::<(T,)>(db, sql, params, doing)?.into_iter().map(|(value,)| value).collect())
}

/// The first column of the one row.
pub(super) fn value<T: FromSql>(db: &Connection, sql: &str, params: impl Params, doing: &str) -> Result<T, StoreError> {
    let mut statement = db.prepare_cached(sql).doing(doing)?;
    statement.query_row(params, |row| row.get(0)).doing(doing)
}

/// The first column of the first row, where there is one.
pub(super) fn maybe_value<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    doing: &str,
) -> Result<Option<T>, StoreError> {
    Ok(row::<(T,)>(db, sql, params, doing)?.map(|(value,)| value))
}
