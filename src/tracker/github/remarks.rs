//! Comments whose commands the bot has carried out, for a database that was lost: its own reaction is the receipt.
//!
//! Known and accepted: REST does not tell who edited a comment, so a change by somebody else counts as its author's here.

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

#[derive(Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<Account>,
    html_url: Option<String>,
    created_at: Option<Timestamp>,
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

impl Comment {
    /// Whether it may be one; only then it is worth a question who reacted.
    fn may_be_answered(&self) -> bool {
        let counts = self.reactions.as_ref();
        counts.is_some_and(|counts| counts.done > 0 && counts.eyes > 0)
            && self.body.as_deref().is_some_and(may_hold_commands)
    }

    fn into_event(self) -> Option<Event> {
        let author = self.user?.actor();
        let remark = Remark {
            comment: Some(self.id.to_string()),
            url: self.html_url,
            author: Some(author.clone()),
            text: worth_keeping(self.body?),
            previous: None,
        };
        Some(Event { fact: Fact::Said { remark }, by: author, at: self.created_at? })
    }
}

impl GitHub {
    pub(super) async fn answered(&self, desk: &Desk<'_>, me: &Actor) -> Result<Vec<Event>, TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("reading which commands on {} were carried out", item.name),
            missing: Missing::Below,
            needs: "issues: read",
        };
        let path = format!("{}/comments?per_page=100", item.path);
        let comments = self.client.list::<Comment>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
        let mut answered = Vec::new();
        for comment in comments.into_iter().filter(Comment::may_be_answered) {
            let path = format!("{}/issues/comments/{}/reactions?content=%2B1&per_page=100", desk.path, comment.id);
            let reactions = self.client.list::<Reaction>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
            let by_me = |reaction: &Reaction| reaction.user.as_ref().is_some_and(|user| user.actor().is(me));
            if reactions.iter().any(by_me) {
                answered.extend(comment.into_event());
            }
        }
        Ok(answered)
    }
}
