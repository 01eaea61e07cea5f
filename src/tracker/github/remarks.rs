//! The description and comments whose commands the bot has carried out, for a database that was lost: its own reaction is
//! the receipt.
//!
//! A text that somebody changed counts as theirs. Where that cannot be told it counts as nobody's, and is not recalled.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Actor, Event, Fact, Remark};
use crate::command::{may_hold_commands, worth_keeping};
use crate::tracker::{Missing, TrackerError};

use super::account::Account;
use super::adapter::{Desk, GitHub};
use super::answer::Purpose;

/// Pages of a hundred comments that are read.
const MAX_PAGES: usize = 10;

/// A comment, or the issue itself with its description.
#[derive(Deserialize)]
struct Said {
    id: u64,
    node_id: Option<String>,
    body: Option<String>,
    user: Option<Account>,
    html_url: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    reactions: Option<Counts>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    #[serde(rename = "+1")]
    done: u64,
    eyes: u64,
}

#[derive(Deserialize)]
struct Reaction {
    user: Option<Account>,
}

impl Said {
    /// Whether it may be one; only then it is worth a question who reacted.
    fn may_be_answered(&self) -> bool {
        let counts = self.reactions.as_ref();
        counts.is_some_and(|counts| counts.done > 0 && counts.eyes > 0)
            && self.body.as_deref().is_some_and(may_hold_commands)
    }

    fn into_event(self, place: Place, editor: Option<Actor>) -> Option<Event> {
        let author = self.user?.actor();
        let remark = Remark {
            comment: (place == Place::Comment).then(|| self.id.to_string()),
            url: self.html_url,
            author: Some(author.clone()),
            text: worth_keeping(self.body?),
            previous: None,
        };
        Some(Event { fact: Fact::Said { remark }, by: editor.unwrap_or(author), at: self.created_at? })
    }

    /// A comment that is as old as its text was never changed. An issue's own time says nothing of its description.
    fn is_as_written(&self, place: Place) -> bool {
        place == Place::Comment && self.updated_at.is_some() && self.updated_at == self.created_at
    }
}

/// Where something is said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Description,
    Comment,
}

impl GitHub {
    pub(super) async fn answered(&self, desk: &Desk<'_>, me: &Actor) -> Result<Vec<Event>, TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("reading which commands on {} were carried out", item.name),
            missing: Missing::Below,
            needs: "issues: read",
        };
        let description: Said = self.client.get(desk.caller(), &item.path, &purpose).await?.json(&purpose)?;
        let path = format!("{}/comments?per_page=100", item.path);
        let comments = self.client.list::<Said>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
        let reactions_of = |comment: &Said| format!("{}/issues/comments/{}/reactions", desk.path, comment.id);
        let on_comments = comments.into_iter().map(|comment| (reactions_of(&comment), comment, Place::Comment));
        let on_description = (format!("{}/reactions", item.path), description, Place::Description);
        let mut answered = Vec::new();
        for (path, said, place) in std::iter::once(on_description).chain(on_comments) {
            if said.may_be_answered() && self.is_done(desk, me, &path, &purpose).await? {
                answered.push((said, place));
            }
        }
        self.with_editors(desk, answered, &purpose).await
    }

    async fn with_editors(
        &self,
        desk: &Desk<'_>,
        answered: Vec<(Said, Place)>,
        purpose: &Purpose,
    ) -> Result<Vec<Event>, TrackerError> {
        let changed = answered.iter().filter(|(said, place)| !said.is_as_written(*place));
        let ids: Vec<String> = changed.filter_map(|(said, _)| said.node_id.clone()).collect();
        let editors = match self.editors(desk, &ids, purpose).await {
            Err(
                error @ (TrackerError::Refused { .. } | TrackerError::Missing { .. } | TrackerError::Failed { .. }),
            ) => {
                tracing::warn!(%error, "who changed a comment cannot be told: what it says is not recalled");
                HashMap::new()
            }
            editors => editors?,
        };
        let told = answered.into_iter().filter_map(|(said, place)| {
            let editor = if said.is_as_written(place) { None } else { editors.get(said.node_id.as_ref()?)?.clone() };
            said.into_event(place, editor)
        });
        Ok(told.collect())
    }

    /// Whether the bot has said so, by its reaction.
    async fn is_done(&self, desk: &Desk<'_>, me: &Actor, path: &str, purpose: &Purpose) -> Result<bool, TrackerError> {
        let path = format!("{path}?content=%2B1&per_page=100");
        let reactions = self.client.list::<Reaction>(desk.caller(), &path, MAX_PAGES, purpose).await?;
        Ok(reactions.iter().any(|reaction| reaction.user.as_ref().is_some_and(|user| user.actor().is(me))))
    }
}
