//! A simulated GitHub: its REST API and its webhooks over one state, on a port of 127.0.0.1.
//!
//! ```no_run
//! # async fn story() -> Result<(), Box<dyn std::error::Error>> {
//! use plimsoll::sandbox::github::{GitHub, Options};
//!
//! let github = GitHub::start(Options::default()).await?;
//! github.send_webhooks_to("http://127.0.0.1:8080/webhooks/github");
//! let repo = github.repository("acme/shop");
//! repo.commit_file(".github/plimsoll.yml", "version: 1\n");
//! let issue = repo.open("alice", "Checkout fails", "It says 500.");
//! issue.label("alice", "bug");
//! github.deliver_all().await;
//! assert!(github.violations().is_empty());
//! # Ok(()) }
//! ```
//!
//! Rooms, from the bottom: `state` (what is remembered), `render` (state as JSON), `change` (every change: state, history,
//! webhooks), `hooks` (deliveries and how badly they travel), `http` (doors, limits, pages, faults), `routes` (addresses), `graphql` (queries),
//! `driver` (what tests and the demo call). API and driver go through the same changes, so the bot's own writes come back
//! to it as events.
//!
//! Known differences from GitHub: an installation's token sees nothing outside its installation, public repositories
//! included; git has one branch and names commits by SHA-256 cut to forty digits; limits other than the hourly one are
//! watched, not enforced; GraphQL knows the types and fields that the bot asks for, refuses all others, and does not check
//! types of variables (`tests/contract/check graphql` does).
//!
//! Races: requests and driver calls take one lock each, so a change and its webhooks are one step. A delivery is taken
//! from the outbox before it is sent; two senders at once never send the same one, but may arrive in either order.

mod app;
mod change;
mod driver;
mod graphql;
mod hooks;
mod http;
mod log;
mod render;
mod routes;
mod state;

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

pub use app::App;
pub use driver::{
    CommentView, DeliveryView, GitHub, Issue, IssueView, Label, Options, Project, ProjectItemView, PullOrIssue,
    ReactionView, Repository, StartError, StatusView, TimelineView, WebhookMode,
};
pub use hooks::Weather;
pub use http::faults::Fault;
pub use log::{Request, Violation, ViolationKind};

/// What routes, sender and driver share.
struct Shared {
    world: Mutex<state::World>,
    sender: hooks::Sender,
    /// Rings when there may be something to send.
    outgoing: Notify,
    /// Rings when a request hangs for good.
    hung: Notify,
}

impl Shared {
    /// Looks at or changes the world. Never held across an await.
    fn with<T>(&self, visit: impl FnOnce(&mut state::World) -> T) -> T {
        visit(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
