//! A text in a payload in which commands may stand: how it came to be, and whether anybody needs to hear of it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Fact, Remark};
use crate::command::{may_hold_commands, worth_keeping};

use super::super::account::Account;
use super::translate::lenient;

/// A comment, on an issue, a pull request or one of its lines.
#[derive(Debug, Deserialize)]
pub(super) struct Comment {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) updated_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) body: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) user: Option<Account>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) html_url: Option<String>,
}

/// What an edit changed; only the text is of interest.
#[derive(Debug, Deserialize)]
pub(super) struct Changes {
    #[serde(default, deserialize_with = "lenient")]
    body: Option<Before>,
}

#[derive(Debug, Deserialize)]
struct Before {
    #[serde(default, deserialize_with = "lenient")]
    from: Option<String>,
}

/// How a text came to be what it is.
#[derive(Clone, Copy)]
pub(super) enum Change<'a> {
    New,
    Edited { from: &'a str },
}

/// None: the text is neither new nor changed.
pub(super) fn change<'a>(action: &str, new: &str, changes: Option<&'a Changes>) -> Option<Change<'a>> {
    if action == new {
        return Some(Change::New);
    }
    let body = changes.and_then(|changes| changes.body.as_ref());
    body.filter(|_| action == "edited")
        .map(|before| Change::Edited { from: before.from.as_deref().unwrap_or_default() })
}

/// What was said, where it may hold commands, or held some before it was changed.
pub(super) fn worth_hearing(
    comment: Option<String>,
    text: &str,
    change: Change<'_>,
    author: Option<&Account>,
    url: Option<&String>,
) -> Option<Fact> {
    let held_some = matches!(change, Change::Edited { from } if may_hold_commands(from));
    (may_hold_commands(text) || held_some).then(|| Fact::Said {
        remark: Remark {
            comment,
            url: url.cloned(),
            author: author.map(Account::actor),
            text: worth_keeping(text.to_owned()),
            previous: match change {
                Change::New => None,
                Change::Edited { from } => Some(worth_keeping(from.to_owned())),
            },
        },
    })
}
