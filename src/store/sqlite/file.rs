//! The database file: how it is opened, brought up to date, and kept from a second `serve`.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool};

use super::convert::{Doing as _, corrupt, database};
use crate::store::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/sqlite/migrations");

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// How many pages the log may gather before they are moved into the database: 64 MiB.
const LOG_PAGES: &str = "16384";
/// To what size a log that had to grow beyond that is cut again.
const LOG_BYTES: &str = "67108864";
/// How much the writer keeps in memory, in KiB (written as a negative number): the upper parts of its indexes.
const CACHE: &str = "-8192";
/// How many statements stay prepared: the inbox has one for each number of rows up to 64.
const STATEMENTS: usize = 128;
/// How many connections read.
const READERS: u32 = 3;

/// How connections that write are opened: every commit is on the disk when it returns. They do not create the file: one
/// that is taken away under a running service is an error, and not an empty database.
pub(super) fn writing(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("cache_size", CACHE)
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(1024)
        .disable_statement_logging()
}

/// Connections that only read.
pub(super) async fn readers(file: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(BUSY)
        .pragma("query_only", "ON")
        .row_buffer_size(1024)
        .disable_statement_logging();
    SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await.doing(&opening(file))
}

/// Connections that read a file which must be there and have the tables of this build. Nothing in it is touched.
pub(super) async fn existing(file: &Path) -> Result<SqlitePool, StoreError> {
    if !file.try_exists().map_err(|error| database(&opening(file), &error))? {
        return Err(StoreError::Missing(full(file)));
    }
    let readers = readers(file).await?;
    let applied = applied(&readers).await.doing(&opening(file))?;
    let is_ours = |(version, checksum): &(i64, Vec<u8>)| {
        MIGRATIONS.iter().any(|migration| migration.version == *version && *migration.checksum == **checksum)
    };
    if !applied.iter().all(is_ours) {
        return Err(StoreError::Newer(full(file)));
    }
    if applied.len() < MIGRATIONS.iter().count() {
        return Err(StoreError::Older(full(file)));
    }
    Ok(readers)
}

/// The migrations that a database has had, as sqlx notes them: version and checksum. None where there are no tables yet.
async fn applied(readers: &SqlitePool) -> sqlx::Result<Vec<(i64, Vec<u8>)>> {
    let noted = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    if sqlx::query_scalar::<_, i64>(noted).fetch_one(readers).await? == 0 {
        return Ok(Vec::new());
    }
    sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success").fetch_all(readers).await
}

/// Opens the file as it is for writing.
pub(super) async fn connect(file: &Path) -> Result<SqliteConnection, StoreError> {
    writing(file).connect().await.doing(&opening(file))
}

fn opening(file: &Path) -> String {
    format!("opening the database {}", file.display())
}

/// The path from the root, for whoever is in the wrong directory.
fn full(file: &Path) -> String {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned()).display().to_string()
}

/// Opens the file for writing, creates it if need be, and brings its tables up to date.
pub(super) async fn open(file: &Path) -> Result<SqliteConnection, StoreError> {
    let doing = opening(file);
    create_private(file).map_err(|error| database(&doing, &error))?;
    let mut connection = connect(file).await?;
    // One transaction around all, so that two processes that open a new file at once do not both create the tables.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.doing(&doing)?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(|error| not_migrated(&doing, &error))?;
    transaction.commit().await.doing(&doing)?;
    Ok(connection)
}

fn not_migrated(doing: &str, error: &MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => corrupt(doing, error),
        error => database(doing, error),
    }
}

/// A new file is for its owner only: it holds what is in private repositories.
fn create_private(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Keeps other `plimsoll serve` processes off the database for as long as it lives; the operating system lets go of it
/// with the process, however that ends.
#[derive(Debug)]
#[must_use = "dropping it lets others in"]
pub struct ServeLock {
    _file: File,
}

/// Takes the lock.
pub(super) fn lock(file: &Path) -> Result<ServeLock, StoreError> {
    let path = lock_path(file);
    let doing = || format!("locking {}", path.display());
    create_private(&path).map_err(|error| database(&doing(), &error))?;
    let lock = OpenOptions::new().write(true).open(&path).map_err(|error| database(&doing(), &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(ServeLock { _file: lock }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(file.display().to_string())),
        Err(TryLockError::Error(error)) => Err(database(&doing(), &error)),
    }
}

/// Beside the file itself, also where a symbolic link leads to it.
fn lock_path(file: &Path) -> PathBuf {
    let mut path = file.canonicalize().unwrap_or_else(|_| file.to_owned()).into_os_string();
    path.push(".lock");
    path.into()
}
