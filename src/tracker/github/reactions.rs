//! Acknowledgements as reactions. GitHub keeps each of them once, however often it is asked for.
//!
//! What was put is remembered: work that begins anew because its writes are paced would otherwise spend each turn on the
//! same reaction. Races: a person may take nothing away that is the bot's; after a restart one is asked for once more.

use std::sync::{Mutex, PoisonError};

use http::Method;
use serde_json::json;

use crate::backlog::Acknowledgement;
use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::ids::review_comment;
use super::pacing::Write;
use super::recent::Recent;

/// So many reactions are remembered.
const MAX_REMEMBERED: usize = 4_000;

/// The reactions that were put lately: where, and which.
#[derive(Debug)]
pub(super) struct Reactions(Mutex<Recent<(String, &'static str), ()>>);

impl Default for Reactions {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(MAX_REMEMBERED)))
    }
}

impl Reactions {
    fn has(&self, reaction: &(String, &'static str)) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(reaction).is_some()
    }

    fn keep(&self, reaction: (String, &'static str)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(reaction, (), 1);
    }
}

impl GitHub {
    pub(super) async fn react(
        &self,
        desk: &Desk<'_>,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError> {
        let item = desk.item()?;
        let (path, what) = match comment {
            Some(id) => {
                let (kind, number) = review_comment(id).map_or(("issues", id), |number| ("pulls", number));
                let path = format!("{}/{kind}/comments/{}/reactions", desk.path, segment(number));
                (path, format!("comment {} on {}", brief(id), item.name))
            }
            None => (format!("{}/reactions", item.path), item.name),
        };
        let purpose = Purpose { doing: format!("reacting to {what}"), missing: Missing::Below, needs: "issues: write" };
        let reaction = (path, content(how));
        if self.reactions.has(&reaction) {
            return Ok(());
        }
        let body = Some(json!({ "content": reaction.1 }));
        self.client.write(desk.caller(), Write::Creation, Method::POST, &reaction.0, body, &purpose).await?;
        self.reactions.keep(reaction);
        Ok(())
    }
}

const fn content(how: Acknowledgement) -> &'static str {
    match how {
        Acknowledgement::Taken => "eyes",
        Acknowledgement::Done => "+1",
        Acknowledgement::Problem => "confused",
    }
}
