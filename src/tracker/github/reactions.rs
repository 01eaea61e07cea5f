//! Acknowledgements as reactions. GitHub keeps each of them once, however often it is asked for.
//!
//! What was put is remembered: work that begins anew because its writes are paced would otherwise spend each turn on the
//! same reaction. Races: a person may take nothing away that is the bot's; after a restart one is asked for once more.

use std::sync::{Mutex, PoisonError};

use http::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::backlog::{Acknowledgement, Actor};
use crate::tracker::{Missing, TrackerError};

use super::account::Account;
use super::adapter::{Desk, GitHub};
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::ids::{review, review_comment};
use super::pacing::Write;
use super::recent::Recent;

const ADD: &str = include_str!("add_reaction.graphql");
const REMOVE: &str = include_str!("remove_reaction.graphql");

/// So many reactions are remembered.
const MAX_REMEMBERED: usize = 4_000;
/// Pages of a hundred reactions that are searched for the bot's own.
const MAX_PAGES: usize = 3;

/// The reactions that were put lately: where, and which.
#[derive(Debug)]
pub(super) struct Reactions(Mutex<Recent<(Spot, &'static str), ()>>);

impl Default for Reactions {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(MAX_REMEMBERED)))
    }
}

impl Reactions {
    fn has(&self, reaction: &(Spot, &'static str)) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(reaction).is_some()
    }

    fn keep(&self, reaction: (Spot, &'static str)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(reaction, (), 1);
    }

    fn forget(&self, reaction: &(Spot, &'static str)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(reaction);
    }
}

/// What is reacted to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Spot {
    /// The reactions at this address.
    Path(String),
    /// A review: known to GraphQL alone, by this name.
    Node(String),
}

#[derive(Deserialize)]
struct Reaction {
    id: u64,
    user: Option<Account>,
}

impl GitHub {
    pub(super) async fn react(
        &self,
        desk: &Desk<'_>,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError> {
        let (spot, what) = spot(desk, comment)?;
        let purpose = Purpose { doing: format!("reacting to {what}"), missing: Missing::Below, needs: needs(&spot) };
        let reaction = (spot, content(how));
        if self.reactions.has(&reaction) {
            return Ok(());
        }
        match &reaction.0 {
            Spot::Path(path) => {
                let body = Some(json!({ "content": reaction.1 }));
                self.client.write(desk.caller(), Write::Creation, Method::POST, path, body, &purpose).await?;
            }
            Spot::Node(node) => self.react_by_graphql(desk, ADD, node, how, &purpose).await?,
        }
        self.reactions.keep(reaction);
        Ok(())
    }

    /// Takes the bot's own reaction back; where it is not there nothing is done.
    pub(super) async fn unreact(
        &self,
        desk: &Desk<'_>,
        me: &Actor,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError> {
        let (spot, what) = spot(desk, comment)?;
        let doing = format!("taking a reaction to {what} back");
        let purpose = Purpose { doing, missing: Missing::Below, needs: needs(&spot) };
        match &spot {
            Spot::Path(path) => {
                let listed = format!("{path}?content={}&per_page=100", segment(content(how)));
                let reactions = self.client.list::<Reaction>(desk.caller(), &listed, MAX_PAGES, &purpose).await?;
                let is_own = |one: &&Reaction| one.user.as_ref().is_some_and(|user| user.actor().is(me));
                if let Some(own) = reactions.iter().find(is_own) {
                    let path = format!("{path}/{}", own.id);
                    self.client.write(desk.caller(), Write::Change, Method::DELETE, &path, None, &purpose).await?;
                }
            }
            Spot::Node(node) => self.react_by_graphql(desk, REMOVE, node, how, &purpose).await?,
        }
        self.reactions.forget(&(spot, content(how)));
        Ok(())
    }

    async fn react_by_graphql(
        &self,
        desk: &Desk<'_>,
        document: &str,
        node: &str,
        how: Acknowledgement,
        purpose: &Purpose,
    ) -> Result<(), TrackerError> {
        let name = match how {
            Acknowledgement::Taken => "EYES",
            Acknowledgement::Done => "THUMBS_UP",
            Acknowledgement::Problem => "CONFUSED",
        };
        let variables = json!({ "subject": node, "content": name });
        let answer =
            self.client.mutate::<IgnoredAny>(desk.caller(), Write::Creation, document, variables, purpose).await;
        answer.map(|_| ())
    }
}

/// Where the reactions to a comment (none: to the description) are, and what to call it.
fn spot(desk: &Desk<'_>, comment: Option<&str>) -> Result<(Spot, String), TrackerError> {
    let item = desk.item()?;
    let Some(id) = comment else { return Ok((Spot::Path(format!("{}/reactions", item.path)), item.name)) };
    if let Some(node) = review(id) {
        return Ok((Spot::Node(node.to_owned()), format!("a review of {}", item.name)));
    }
    let (kind, number) = review_comment(id).map_or(("issues", id), |number| ("pulls", number));
    let path = format!("{}/{kind}/comments/{}/reactions", desk.path, segment(number));
    Ok((Spot::Path(path), format!("comment {} on {}", brief(id), item.name)))
}

const fn needs(spot: &Spot) -> &'static str {
    match spot {
        Spot::Path(_) => "issues: write",
        Spot::Node(_) => "pull_requests: write",
    }
}

const fn content(how: Acknowledgement) -> &'static str {
    match how {
        Acknowledgement::Taken => "eyes",
        Acknowledgement::Done => "+1",
        Acknowledgement::Problem => "confused",
    }
}
