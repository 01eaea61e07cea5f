//! Connections that read, each by one reader at a time.
//!
//! What reads many rows does so off the threads that answer requests. What an index finds at once is read right there: a
//! change of threads costs more than such a read, and readers never wait for the writer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{blocking, file};
use crate::store::StoreError;

/// How many read at once; others wait.
const READERS: usize = 3;

/// Connections that read.
pub(super) struct Readers {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
}

struct Shared {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens one; more are opened when they are needed.
    pub(super) fn open(file: PathBuf) -> Result<Self, StoreError> {
        let first = file::reading(&file)?;
        let shared = Arc::new(Shared { file, idle: Mutex::new(vec![first]) });
        Ok(Self { shared, room: Arc::new(Semaphore::new(READERS)) })
    }

    /// Reads. A caller that stops waiting does not stop the work that was begun.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let place = Arc::clone(&self.room).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            let connection = shared.take()?;
            let result = work(&connection);
            shared.put_back(connection);
            drop(place);
            result
        })
        .await
    }

    /// Reads what an index finds at once: a row or a few. Whatever may read more belongs into [`read`](Self::read).
    pub(super) async fn glance<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _place = self.room.acquire().await.map_err(|_| StoreError::Closed)?;
        let connection = self.shared.take()?;
        let result = work(&connection);
        self.shared.put_back(connection);
        result
    }

    /// Closes them once what was begun is read; later reads are refused.
    pub(super) async fn close(&self) {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let rest = self.room.acquire_many(all).await;
        self.room.close();
        self.shared.idle().clear();
        drop(rest);
    }
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(|| file::reading(&self.file), Ok)
    }

    fn put_back(&self, connection: Connection) {
        self.idle().push(connection);
    }
}
