//! What can go wrong with a store.

/// Why the store could not do what was asked. The whole operation was rolled back.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("{doing}: {message}")]
    Database {
        /// What was being done.
        doing: String,
        /// What the database said.
        message: String,
    },
    /// Another `plimsoll serve` works on the same database.
    #[error(
        "the database {0} is in use by another `plimsoll serve`: stop that one, or give this one a database of its own (PLIMSOLL_DATABASE_URL)"
    )]
    InUse(String),
    /// The database URL is none that this build understands.
    #[error("cannot use the database URL `{0}`: expected sqlite://FILE, e.g. sqlite://plimsoll.db")]
    UnknownUrl(String),
    /// What was read does not have the form that this version writes.
    #[error("{doing}: stored data is not as expected ({message}); was it written by a newer version?")]
    Corrupt {
        /// What was being read.
        doing: String,
        /// What is wrong with it.
        message: String,
    },
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
}
