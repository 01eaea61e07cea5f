//! The database file: how it is opened, brought up to date, and kept from a second `serve`.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::convert::{Doing as _, database};
use crate::store::StoreError;

/// What changed the tables, in order. The file's `user_version` says how many of them it has had; what was released stays
/// as it is.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_corrections.sql"),
    include_str!("migrations/0005_catching_up.sql"),
    include_str!("migrations/0006_boards.sql"),
    include_str!("migrations/0010_pace.sql"),
    include_str!("migrations/0011_no_bodies.sql"),
    include_str!("migrations/0012_fewer_indexes.sql"),
];

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// How many pages the log may gather before they are moved into the database: 8 MiB. Whoever waits for a commit waits for
/// that, too: with 64 MiB it was a tenth of a second, with 8 MiB it is a few milliseconds.
const LOG_PAGES: i64 = 2_048;
/// To what size a log that had to grow beyond that is cut again.
const LOG_BYTES: i64 = 67_108_864;
/// How much the writer keeps in memory, in KiB (written as a negative number): the upper parts of its indexes.
const CACHE: i64 = -2048;
/// How much each reader keeps: most of what is read is a row that an index finds.
const READER_CACHE: i64 = -512;
/// How many statements stay prepared.
const STATEMENTS: usize = 128;

/// How connections that write are opened: every commit is on the disk when it returns, unless the writer says otherwise.
/// They do not create the file: one that is taken away under a running service is an error, and not an empty database.
pub(super) struct Opening {
    file: PathBuf,
    busy: Duration,
}

impl Opening {
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), busy: BUSY }
    }

    #[cfg(test)]
    pub(super) fn waiting_for(self, busy: Duration) -> Self {
        Self { busy, ..self }
    }

    /// Opens the file as it is for writing.
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        let doing = opening(&self.file);
        let connection = connection(&self.file, self.busy)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let set = |name: &str, value: &dyn rusqlite::ToSql| connection.pragma_update(None, name, value).doing(&doing);
        self.log_ahead(&connection).doing(&doing)?;
        set("synchronous", &"FULL")?;
        set("foreign_keys", &true)?;
        set("wal_autocheckpoint", &LOG_PAGES)?;
        set("journal_size_limit", &LOG_BYTES)?;
        set("cache_size", &CACHE)?;
        set("temp_store", &"MEMORY")?;
        Ok(connection)
    }

    /// Switches a new file to its log. Whoever else opens it at this moment is in the way, and `SQLite` does not wait for
    /// that by itself: two that waited for each other would wait for ever.
    fn log_ahead(&self, connection: &Connection) -> rusqlite::Result<()> {
        const STEP: Duration = Duration::from_millis(5);
        let begun = Instant::now();
        loop {
            match connection.pragma_update(None, "journal_mode", "WAL") {
                Err(error)
                    if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < self.busy =>
                {
                    std::thread::sleep(STEP);
                }
                done => return done,
            }
        }
    }
}

/// A connection that only reads.
pub(super) fn reading(file: &Path) -> Result<Connection, StoreError> {
    let connection = connection(file, BUSY)?;
    connection.pragma_update(None, "query_only", true).doing(&opening(file))?;
    connection.pragma_update(None, "cache_size", READER_CACHE).doing(&opening(file))?;
    Ok(connection)
}

fn connection(file: &Path, busy: Duration) -> Result<Connection, StoreError> {
    let doing = opening(file);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).doing(&doing)?;
    connection.busy_timeout(busy).doing(&doing)?;
    // Plans that do not depend on what is bound: a statement with a bound LIMIT would be prepared again at each use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).doing(&doing)?;
    Ok(connection)
}

/// A connection that reads a file which must be there and have the tables of this build. Nothing in it is touched.
pub(super) fn check_existing(file: &Path) -> Result<(), StoreError> {
    if !file.try_exists().map_err(|error| database(&opening(file), &error))? {
        return Err(StoreError::Missing(full(file)));
    }
    match pending(&reading(file)?).doing(&opening(file))? {
        None => Err(StoreError::Newer(full(file))),
        Some([]) => Ok(()),
        Some(_) => Err(StoreError::Older(full(file))),
    }
}

/// The migrations that a database has not had; none if it has had more than there are.
fn pending(connection: &Connection) -> rusqlite::Result<Option<&'static [&'static str]>> {
    let had: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(had).ok().and_then(|had| MIGRATIONS.get(had..)))
}

fn opening(file: &Path) -> String {
    format!("opening the database {}", file.display())
}

/// The path from the root, for whoever is in the wrong directory.
fn full(file: &Path) -> String {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned()).display().to_string()
}

/// Opens the file for writing, creates it if need be, and brings its tables up to date.
pub(super) fn open(file: &Path) -> Result<Connection, StoreError> {
    let doing = opening(file);
    create_private(file).map_err(|error| database(&doing, &error))?;
    let mut connection = Opening::of(file).connect()?;
    let Some(()) = migrate(&mut connection).doing(&doing)? else { return Err(StoreError::Newer(full(file))) };
    Ok(connection)
}

/// One transaction around all, so that two processes that open a new file at once do not both create the tables. None: the
/// file has had migrations that this build does not know.
fn migrate(connection: &mut Connection) -> rusqlite::Result<Option<()>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(pending) = pending(&transaction)? else { return Ok(None) };
    for migration in pending {
        transaction.execute_batch(migration)?;
    }
    if !pending.is_empty() {
        let had = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", had)?;
    }
    transaction.commit()?;
    Ok(Some(()))
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
