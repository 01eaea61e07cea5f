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
    /// There is no such database, and it was not asked for a new one.
    #[error(
        "there is no database {0}: run this where `plimsoll serve` runs, or name the database that it uses (PLIMSOLL_DATABASE_URL)"
    )]
    Missing(String),
    /// The database is not up to date, and it was not asked to change that.
    #[error(
        "the database {0} is not up to date for this build of plimsoll (or is none of its databases): use the build that serves it, or start `plimsoll serve` of this one, which brings it up to date"
    )]
    Older(String),
    /// The database was brought up to date by another build.
    #[error("the database {0} was written by a newer or different build of plimsoll: use that one")]
    Newer(String),
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
