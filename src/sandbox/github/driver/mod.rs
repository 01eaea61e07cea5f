//! What tests and the demo call: people who open, label, edit and close, and eyes that look.
//!
//! Calls that GitHub would refuse change nothing and are told by [`GitHub::violations`], so that a story reads without
//! error handling and a test's last assertion still notices.

mod deliveries;
mod github;
mod issue;
mod owners;
mod project;
mod repository;
mod views;

pub use github::{GitHub, Options, StartError, WebhookMode};
pub use issue::Issue;
pub use project::Project;
pub use repository::Repository;
pub use views::{
    CommentView, DeliveryView, IssueView, Label, ProjectItemView, PullOrIssue, ReactionView, StatusView, TimelineView,
};

use std::sync::Arc;

use super::Shared;
use super::http::error::ApiError;
use super::log::ViolationKind;
use super::state::{Account, World};

impl Shared {
    /// Lets somebody do something, who gets an account where there is none; a refusal is noted.
    fn act<T>(
        &self,
        who: &str,
        what: &str,
        act: impl FnOnce(&mut World, &Arc<Account>) -> Result<T, ApiError>,
    ) -> Option<T> {
        let done = self.with(|world| {
            let by = world.account(who);
            match act(world, &by) {
                Ok(done) => Some(done),
                Err(error) => {
                    let refused = format!("{what}: {} {}", error.status, error.body());
                    world.violation(ViolationKind::Driver, who, refused);
                    None
                }
            }
        });
        self.outgoing.notify_one();
        done
    }
}
