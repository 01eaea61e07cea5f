//! Notes as comments: one of a kind per item, found again by a hidden marker and by their author, edited in place.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::backlog::Actor;
use crate::tracker::{Missing, TrackerError};

use super::account::Account;
use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::pacing::Write;

/// Pages of a hundred comments that are searched; a longer conversation gets no note, rather than one each time.
const MAX_PAGES: usize = 50;

#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: Option<String>,
    pub(super) user: Option<Account>,
}

impl Comment {
    /// The marker alone proves nothing: anybody can write it, and the bot may quote it further down.
    pub(super) fn is_note(&self, me: &Actor, marker: &str) -> bool {
        self.user.as_ref().is_some_and(|user| user.actor().is(me))
            && self.body.as_deref().is_some_and(|body| body.starts_with(marker))
    }
}

impl GitHub {
    pub(super) async fn put_note(
        &self,
        desk: &Desk<'_>,
        me: &Actor,
        key: &str,
        markdown: &str,
    ) -> Result<(), TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("writing the note `{key}` on {}", item.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let marker = marker(key);
        let text = format!("{marker}\n{markdown}");
        let (path, body) = (format!("{}/comments", item.path), Some(json!({ "body": text })));
        match self.find_note(desk, &path, me, &marker, &purpose).await? {
            Some(note) if note.body.as_deref().is_some_and(|found| is_same(found, &text)) => Ok(()),
            Some(note) => {
                let path = format!("{}/issues/comments/{}", desk.path, note.id);
                self.client
                    .write(desk.caller(), Write::Creation, Method::PATCH, &path, body, &purpose)
                    .await
                    .map(|_| ())
            }
            None => {
                self.client.write(desk.caller(), Write::Creation, Method::POST, &path, body, &purpose).await.map(|_| ())
            }
        }
    }

    /// Deletes the bot's note with this key. Whether there was one.
    pub(super) async fn take_note_back(&self, desk: &Desk<'_>, me: &Actor, key: &str) -> Result<bool, TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("taking the note `{key}` on {} back", item.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let path = format!("{}/comments", item.path);
        let Some(note) = self.find_note(desk, &path, me, &marker(key), &purpose).await? else { return Ok(false) };
        let path = format!("{}/issues/comments/{}", desk.path, note.id);
        match self.client.write(desk.caller(), Write::Change, Method::DELETE, &path, None, &purpose).await {
            // Somebody was faster.
            Ok(_) | Err(TrackerError::Missing { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The oldest, should there be several. Comments come in the order in which they were written.
    pub(super) async fn find_note(
        &self,
        desk: &Desk<'_>,
        path: &str,
        me: &Actor,
        marker: &str,
        purpose: &Purpose,
    ) -> Result<Option<Comment>, TrackerError> {
        let mut path = format!("{path}?per_page=100");
        for _ in 0..MAX_PAGES {
            let answer = self.client.get(desk.caller(), &path, purpose).await?;
            let comments: Vec<Comment> = answer.json(purpose)?;
            if let Some(note) = comments.into_iter().find(|comment| comment.is_note(me, marker)) {
                return Ok(Some(note));
            }
            match self.client.here(answer.links.next, purpose)? {
                Some(next) => path = next,
                None => return Ok(None),
            }
        }
        Err(purpose.failed("there are too many comments to find it among"))
    }
}

pub(super) fn marker(key: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/');
    let key: String = key.chars().filter(plain).collect();
    let words: Vec<&str> = key.split('-').filter(|word| !word.is_empty()).collect();
    format!("<!-- plimsoll:{} -->", words.join("-"))
}

/// GitHub may keep line ends and space at the end otherwise than they were sent.
pub(super) fn is_same(found: &str, wanted: &str) -> bool {
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    lines(found) == lines(wanted)
}

#[cfg(test)]
mod tests {
    use super::{Comment, is_same, marker};
    use crate::backlog::Actor;

    #[test]
    fn a_key_cannot_end_the_marker() {
        assert_eq!(marker("classification"), "<!-- plimsoll:classification -->");
        assert_eq!(marker("a ---> b"), "<!-- plimsoll:a-b -->");
    }

    #[test]
    fn a_note_is_known_by_its_author_and_its_first_line() {
        let comment = |json: serde_json::Value| serde_json::from_value::<Comment>(json).unwrap();
        let (me, marker) = (Actor::bot("plimsoll[bot]"), marker("x"));
        let user = serde_json::json!({"login": "Plimsoll[bot]", "type": "Bot"});
        assert!(
            comment(serde_json::json!({"id": 1, "body": "<!-- plimsoll:x -->\nhi", "user": user}))
                .is_note(&me, &marker)
        );
        assert!(
            !comment(serde_json::json!({"id": 1, "body": "> <!-- plimsoll:x -->\nhi", "user": user}))
                .is_note(&me, &marker)
        );
        let forger = serde_json::json!({"login": "mallory", "type": "User"});
        assert!(
            !comment(serde_json::json!({"id": 1, "body": "<!-- plimsoll:x -->\nhi", "user": forger}))
                .is_note(&me, &marker)
        );
        assert!(!comment(serde_json::json!({"id": 1, "body": null, "user": null})).is_note(&me, &marker));
    }

    #[test]
    fn line_ends_make_no_difference() {
        assert!(is_same("a\r\nb\r\n", "a\nb"));
        assert!(!is_same("a b", "a\nb"));
    }
}
