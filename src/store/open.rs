//! Which store a database URL names.

use std::path::Path;
use std::sync::Arc;

use super::sqlite::{ServeLock, SqliteStore};
use super::{Store, StoreError};

/// Opens the store that a URL names, e.g. `sqlite://plimsoll.db` or `sqlite:///var/lib/plimsoll/plimsoll.db`, and brings
/// its tables up to date. What follows `sqlite://` is the file's path as it stands; it is created if it is not there.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open(sqlite_file(url)?).await?))
}

/// Opens the store that a URL names as it is, for a short command beside a `serve` that may be of another build: nothing
/// is created and no table changed.
///
/// # Errors
/// [`StoreError::Missing`] where there is none; [`StoreError::Older`] or [`StoreError::Newer`] where its tables are not
/// those of this build.
pub async fn open_existing(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open_existing(sqlite_file(url)?).await?))
}

/// Takes the right to serve from the database, held until the lock is dropped or the process ends. A second `serve` is
/// refused with [`StoreError::InUse`]; short commands work beside it without it.
pub fn lock_for_serving(url: &str) -> Result<ServeLock, StoreError> {
    SqliteStore::lock(sqlite_file(url)?)
}

fn sqlite_file(url: &str) -> Result<&Path, StoreError> {
    let path = url.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    match path {
        Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => Ok(Path::new(path)),
        _ => Err(StoreError::UnknownUrl(without_secrets(url))),
    }
}

/// A URL as it may be shown: of one that names no file, only the scheme, for the rest may hold a password.
fn without_secrets(url: &str) -> String {
    match url.split_once(':') {
        Some(("sqlite", _)) => url.to_owned(),
        Some((scheme, _)) => format!("{scheme}:…"),
        None => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_follows_the_scheme() {
        for (url, file) in [
            ("sqlite://plimsoll.db", "plimsoll.db"),
            ("sqlite:plimsoll.db", "plimsoll.db"),
            ("sqlite:///var/lib/a b.db", "/var/lib/a b.db"),
        ] {
            assert_eq!(sqlite_file(url).unwrap(), Path::new(file));
        }
    }

    #[test]
    fn any_other_url_is_refused_without_showing_its_password() {
        for url in
            ["postgres://me:hunter2@db/plimsoll", "hunter2", "sqlite://", "sqlite::memory:", "sqlite://a?mode=ro"]
        {
            let error = sqlite_file(url).unwrap_err();
            assert!(matches!(error, StoreError::UnknownUrl(_)), "{url}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
