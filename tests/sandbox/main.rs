//! The simulated GitHub held against what GitHub documents, over real HTTP.

mod auth;
mod faults;
mod issues;
mod labels;
mod limits;
mod moved;
mod repository;
mod support;
mod webhooks;
