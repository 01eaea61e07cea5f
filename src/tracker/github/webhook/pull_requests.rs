//! `pull_request`, `pull_request_review` and `pull_request_review_comment`: who speaks to the bot where debt is noticed. A
//! pull request itself is no item, so nothing else of it is of interest.

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Fact, Lane};
use crate::store::{Intake, Signal};

use super::super::account::Account;
use super::super::ids::{item_subject, review_comment_id, review_id};
use super::said::{Changes, Comment, change, worth_hearing};
use super::translate::{Payload, lenient};

struct PullRequestPayload {
    pull_request: PullRequest,
    comment: Option<Comment>,
    review: Option<Review>,
    changes: Option<Changes>,
}

impl PullRequestPayload {
    fn read(payload: &Payload<'_>) -> Result<Self, Intake> {
        Ok(Self {
            pull_request: payload.read("pull_request")?,
            comment: payload.maybe("comment"),
            review: payload.maybe("review"),
            changes: payload.maybe("changes"),
        })
    }
}

#[derive(Debug, Deserialize)]
struct Review {
    node_id: String,
    #[serde(default, deserialize_with = "lenient")]
    body: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    user: Option<Account>,
    #[serde(default, deserialize_with = "lenient")]
    html_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    submitted_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
struct PullRequest {
    number: u64,
    #[serde(default, deserialize_with = "lenient")]
    body: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    user: Option<Account>,
    #[serde(default, deserialize_with = "lenient")]
    html_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    updated_at: Option<Timestamp>,
}

/// Its description is new or changed.
pub(super) fn pull_request(payload: &Payload<'_>) -> Intake {
    let body = match PullRequestPayload::read(payload) {
        Ok(body) => body,
        Err(ignored) => return ignored,
    };
    let of = &body.pull_request;
    let text = of.body.as_deref().unwrap_or_default();
    let said = change(payload.action(), "opened", body.changes.as_ref())
        .and_then(|change| worth_hearing(None, text, change, of.user.as_ref(), of.html_url.as_ref()));
    heard(payload, of, said, of.updated_at)
}

/// A comment on one of its lines is new or changed.
pub(super) fn review_comment(payload: &Payload<'_>) -> Intake {
    let body = match PullRequestPayload::read(payload) {
        Ok(body) => body,
        Err(ignored) => return ignored,
    };
    let said = body.comment.as_ref().and_then(|comment| {
        let (id, text) = (review_comment_id(comment.id?), comment.body.as_deref().unwrap_or_default());
        let change = change(payload.action(), "created", body.changes.as_ref())?;
        worth_hearing(Some(id), text, change, comment.user.as_ref(), comment.html_url.as_ref())
    });
    heard(payload, &body.pull_request, said, body.comment.as_ref().and_then(|comment| comment.updated_at))
}

/// A review is submitted with a text, or its text changed.
pub(super) fn review(payload: &Payload<'_>) -> Intake {
    let body = match PullRequestPayload::read(payload) {
        Ok(body) => body,
        Err(ignored) => return ignored,
    };
    let said = body.review.as_ref().and_then(|review| {
        let (id, text) = (review_id(&review.node_id), review.body.as_deref().unwrap_or_default());
        let change = change(payload.action(), "submitted", body.changes.as_ref())?;
        worth_hearing(Some(id), text, change, review.user.as_ref(), review.html_url.as_ref())
    });
    let at = body.review.as_ref().and_then(|review| review.updated_at.or(review.submitted_at));
    heard(payload, &body.pull_request, said, at)
}

fn heard(payload: &Payload<'_>, of: &PullRequest, said: Option<Fact>, at: Option<Timestamp>) -> Intake {
    let Some(said) = said else { return payload.ignored("it is about a pull request") };
    match payload.repository() {
        Ok(repository) => {
            let event = payload.event(said, at.unwrap_or(payload.now));
            let signal = payload.signal(repository, item_subject(repository.id, of.number), event);
            Intake::Work(vec![Signal { lane: Lane::People, ..signal }])
        }
        Err(ignored) => ignored,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::backlog::{Fact, Lane};
    use crate::store::Intake;

    fn intake(event: &str, action: &str, body: &str, rest: &str) -> Intake {
        let payload = format!(
            r#"{{"action": "{action}", "repository": {{"id": 5}}, "sender": {{"login": "bob", "type": "User"}},
                "pull_request": {{"number": 7, "body": {body:?}, "user": {{"login": "bob", "type": "User"}}}} {rest}}}"#
        );
        translate(event, payload.as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake
    }

    #[test]
    fn what_is_said_in_a_pull_request_is_heard() {
        let comment = r#", "comment": {"id": 3, "body": "/debt x", "user": {"login": "bob", "type": "User"}}"#;
        let edit = r#", "changes": {"body": {"from": ""}}"#;
        let review =
            r#", "review": {"id": 4, "node_id": "PRR_4", "body": "/debt x", "user": {"login": "bob", "type": "User"}}"#;
        let edited = format!("{review}{edit}");
        for (event, action, body, rest, id) in [
            ("pull_request", "opened", "/debt x", "", None),
            ("pull_request", "edited", "/debt x", edit, None),
            ("pull_request_review_comment", "created", "", comment, Some("r3")),
            ("pull_request_review", "submitted", "", review, Some("vPRR_4")),
            ("pull_request_review", "edited", "", &edited, Some("vPRR_4")),
        ] {
            let Intake::Work(signals) = intake(event, action, body, rest) else { panic!("{event} is ignored") };
            let [signal] = signals.as_slice() else { panic!("one signal") };
            assert_eq!((signal.subject.to_string().as_str(), signal.lane), ("github:item:5/7", Lane::People));
            let Some(Fact::Said { remark }) = signal.event.as_ref().map(|event| &event.fact) else { panic!("said") };
            assert_eq!((remark.comment.as_deref(), remark.text.as_str()), (id, "/debt x"));
        }
    }

    #[test]
    fn what_says_nothing_to_the_bot_makes_no_work() {
        for (event, action, body) in [
            ("pull_request", "opened", "Fixes #1"),
            ("pull_request", "synchronize", "/debt x"),
            ("pull_request", "edited", "/debt x"),
            ("pull_request_review_comment", "created", "/debt x"),
            ("pull_request_review", "submitted", "/debt x"),
        ] {
            let ignored = Intake::Ignored(format!("{event}.{action}: it is about a pull request"));
            assert_eq!(intake(event, action, body, ""), ignored);
        }
    }
}
