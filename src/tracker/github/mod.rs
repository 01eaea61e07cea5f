//! GitHub, github.com or Enterprise Server, behind the tracker's port.
//!
//! octocrab carries requests and credentials; what is read are own thin types, so that a new action, type or field of
//! GitHub's does no harm. Marks are labels, notes are comments with a hidden marker.
//!
//! Races that are known and harmless:
//! - The cached set of labels may be some minutes old. A label that vanished meanwhile is created anew by GitHub when it
//!   is put, in a default colour; before one is created on purpose the set is read again.
//! - Two processes may both write a first note; the older one is edited from then on.

mod account;
mod adapter;
mod answer;
mod auth;
mod base_url;
mod believed;
mod boards;
mod client;
mod closing;
mod creation;
mod deliveries;
mod editors;
mod etag;
mod fields;
mod graphql;
mod history;
mod ids;
mod installations;
mod items;
mod labels;
mod limits;
mod listing;
mod notes;
mod pacing;
mod pages;
mod parents;
mod policies;
mod policy_file;
mod reactions;
mod recent;
mod redirect;
mod remarks;
pub mod rest;
mod rights;
mod settings;
mod teams;
mod turns;
mod webhook;

pub use adapter::GitHub;
pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use ids::{TRACKER, installation_subject, item_address, item_subject, repository_subject};
pub use pacing::WriteLimits;
pub use settings::{Credentials, Settings, SettingsError};
pub use webhook::{GitHubWebhooks, NotJson, Translation, translate, verify};
