//! The conformance suite on `SQLite`, and what only concerns a database that is a file.

use std::sync::Arc;

use async_trait::async_trait;
use plimsoll::store::{Store, StoreError, lock_for_serving, open, open_existing};
use tempfile::TempDir;

use crate::conformance::{Backend, conformance};
use crate::fixtures::*;

pub(crate) struct Sqlite(TempDir);

impl Sqlite {
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.path().join("plimsoll.db").display())
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn open(&self) -> Arc<dyn Store> {
        open(&self.url()).await.expect("the database opens")
    }
}

pub(crate) fn sqlite() -> Sqlite {
    Sqlite(tempfile::tempdir().expect("a directory"))
}

conformance!(crate::sqlite::sqlite);

#[tokio::test]
async fn a_second_serve_is_refused_and_a_short_command_is_not() {
    let backend = sqlite();
    let lock = lock_for_serving(&backend.url()).unwrap();
    let serving = backend.open().await;
    let refused = lock_for_serving(&backend.url()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse(_)));
    assert!(refused.to_string().contains("plimsoll.db is in use by another `plimsoll serve`"), "{refused}");
    serving.enqueue(signal("acme", 1), at(100)).await.unwrap();
    let command = backend.open().await;
    assert!(command.retry(&item("acme", 1), at(0)).await.unwrap());
    command.close().await;
    claim_one(&*serving, at(0)).await;
    drop(lock);
    drop(lock_for_serving(&backend.url()).unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn the_lock_follows_a_symbolic_link() {
    let backend = sqlite();
    backend.open().await.close().await;
    let link = backend.0.path().join("link.db");
    std::os::unix::fs::symlink(backend.0.path().join("plimsoll.db"), &link).unwrap();
    let _lock = lock_for_serving(&backend.url()).unwrap();
    let refused = lock_for_serving(&format!("sqlite://{}", link.display())).unwrap_err();
    assert!(matches!(refused, StoreError::InUse(_)), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let backend = sqlite();
    receive(&*backend.open().await, "d1", at(0), vec![signal("acme", 1)]).await;
    for entry in std::fs::read_dir(backend.0.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let backend = sqlite();
    let Err(error) = open(&format!("sqlite://{}/none/a.db", backend.0.path().display())).await else {
        panic!("a directory that is not there was opened");
    };
    assert!(error.to_string().contains("none/a.db"), "{error}");
    assert!(lock_for_serving(&format!("sqlite://{}/none/a.db", backend.0.path().display())).is_err());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let backend = sqlite();
    std::fs::write(backend.0.path().join("plimsoll.db"), "not a database, but a letter\n".repeat(50)).unwrap();
    let Err(error) = open(&backend.url()).await else { panic!("a letter was opened") };
    assert!(error.to_string().contains("not a database"), "{error}");
}

/// Why an existing database was not opened.
async fn refusal(backend: &Sqlite) -> StoreError {
    let Err(error) = open_existing(&backend.url()).await else { panic!("it was opened") };
    error
}

/// Changes a database without the store.
fn change(backend: &Sqlite, sql: &str) {
    let connection = rusqlite::Connection::open(backend.0.path().join("plimsoll.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_short_command_creates_no_database() {
    let backend = sqlite();
    let error = refusal(&backend).await;
    assert!(matches!(error, StoreError::Missing(_)), "{error}");
    let path = backend.0.path().join("plimsoll.db");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert!(error.to_string().contains("PLIMSOLL_DATABASE_URL"), "{error}");
    assert_eq!(std::fs::read_dir(backend.0.path()).unwrap().count(), 0, "nothing was created");
}

#[tokio::test]
async fn a_short_command_reads_and_writes_beside_a_serve() {
    let backend = sqlite();
    let serving = backend.open().await;
    serving.enqueue(signal("acme", 1), at(100)).await.unwrap();
    let command = open_existing(&backend.url()).await.unwrap();
    assert_eq!(only_row(&*command).await.due_at, at(100));
    assert!(command.retry(&item("acme", 1), at(0)).await.unwrap());
    claim_one(&*serving, at(0)).await;
}

#[tokio::test]
async fn a_short_command_leaves_a_database_of_another_build_alone() {
    let empty = sqlite();
    change(&empty, "CREATE TABLE recipe (name TEXT)");
    let before = std::fs::read(empty.0.path().join("plimsoll.db")).unwrap();
    let error = refusal(&empty).await;
    assert!(matches!(error, StoreError::Older(_)), "{error}");
    assert_eq!(std::fs::read(empty.0.path().join("plimsoll.db")).unwrap(), before);

    let newer = sqlite();
    newer.open().await.close().await;
    change(&newer, "PRAGMA user_version = 4711");
    let error = refusal(&newer).await;
    assert!(matches!(error, StoreError::Newer(_)), "{error}");
    let Err(error) = open(&newer.url()).await else { panic!("a newer database was opened") };
    assert!(matches!(error, StoreError::Newer(_)), "{error}");
}
