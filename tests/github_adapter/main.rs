//! The GitHub adapter against a scripted server on the loopback: which requests it makes, and what it makes of answers.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of tests fails like a test")]

mod auth;
mod boards;
mod errors;
mod items;
mod labels;
mod limits;
mod listing;
mod notes;
mod policies;
mod policy;
mod server;

use std::sync::Arc;

use jiff::Timestamp;
use plimsoll::backlog::{Lane, Place, Repository};
use plimsoll::clock::ManualClock;
use plimsoll::tracker::Errand;
use plimsoll::tracker::github::{BaseUrl, Credentials, GitHub, Settings, TRACKER, item_subject};

use server::Server;

/// Noon, 15 January 2027.
const NOW: i64 = 1_800_014_400;
const REPOSITORY_ID: u64 = 5;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn place() -> Place {
    Place { tracker: TRACKER, installation: "42".into(), repository: REPOSITORY_ID.to_string() }
}

fn repository() -> Repository {
    Repository { place: place(), name: "acme/shop".into() }
}

fn errand() -> Errand {
    errand_at(now())
}

fn errand_at(now: Timestamp) -> Errand {
    Errand { subject: item_subject(REPOSITORY_ID, 7), lane: Lane::Events, now }
}

fn token_settings(url: &str) -> Settings {
    settings(url, Credentials::Token("ghp_hunter2".into()))
}

/// Where it is always [`now`].
fn settings(url: &str, credentials: Credentials) -> Settings {
    Settings { clock: Arc::new(ManualClock::new(now())), ..Settings::new(BaseUrl::new(url).unwrap(), credentials) }
}

fn with_token(server: &Server) -> GitHub {
    GitHub::new(&token_settings(&server.url)).unwrap()
}

fn with_app(server: &Server) -> GitHub {
    let private_key = include_str!("throwaway-app-key.pem").into();
    GitHub::new(&settings(&server.url, Credentials::App { id: 99, private_key })).unwrap()
}
