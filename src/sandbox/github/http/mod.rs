//! How the simulated GitHub speaks HTTP: doors, limits, pages, caches, faults.

pub(super) mod auth;
pub(super) mod call;
pub(super) mod error;
pub(super) mod faults;
pub(super) mod gate;
pub(super) mod limits;
pub(super) mod line;
pub(super) mod paging;
