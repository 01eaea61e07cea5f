//! The issue that carries a board's report: opened once, found again by its marker and author, pinned where that is
//! possible; its comments, one per sprint, edited in place.

use http::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::backlog::Actor;
use crate::tracker::{Missing, ReportItem, ReportNote, TrackerError};

use super::super::account::Account;
use super::super::adapter::{Desk, GitHub};
use super::super::answer::Purpose;
use super::super::base_url::segment;
use super::super::notes::{Comment, is_same, marker};
use super::super::pacing::Write;

const PIN: &str = include_str!("pin.graphql");
/// Pages of a hundred issues of the bot's own, or comments, that are searched.
const MAX_PAGES: usize = 20;

#[derive(Deserialize)]
struct Issue {
    number: u64,
    node_id: Option<String>,
    html_url: Option<String>,
    body: Option<String>,
    user: Option<Account>,
    pull_request: Option<IgnoredAny>,
}

impl Issue {
    fn is_report(&self, me: &Actor, marker: &str) -> bool {
        self.pull_request.is_none()
            && self.user.as_ref().is_some_and(|user| user.actor().is(me))
            && self.body.as_deref().is_some_and(|body| body.starts_with(marker))
    }

    fn item(&self) -> ReportItem {
        ReportItem { key: self.number.to_string(), url: self.html_url.clone() }
    }
}

fn purpose(doing: String) -> Purpose {
    Purpose { doing, missing: Missing::Below, needs: "issues: write" }
}

impl GitHub {
    pub(super) async fn search_report(
        &self,
        desk: &Desk<'_>,
        me: &Actor,
        key: &str,
    ) -> Result<Option<ReportItem>, TrackerError> {
        let purpose = purpose(format!("looking for the report's issue in {}", desk.repository.name));
        let path = format!(
            "{}/issues?creator={}&state=all&sort=created&direction=asc&per_page=100",
            desk.path,
            segment(&me.name)
        );
        let own = self.client.list::<Issue>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
        let marker = marker(key);
        Ok(own.iter().find(|issue| issue.is_report(me, &marker)).map(Issue::item))
    }

    pub(super) async fn create_report(
        &self,
        desk: &Desk<'_>,
        key: &str,
        title: &str,
        markdown: &str,
    ) -> Result<ReportItem, TrackerError> {
        let purpose = purpose(format!("opening the report's issue in {}", desk.repository.name));
        let body = json!({ "title": title, "body": format!("{}\n{markdown}", marker(key)) });
        let created: Issue = self.post_issue(desk, body, &purpose).await?;
        self.pin(desk, &created).await;
        Ok(created.item())
    }

    /// A courtesy: a repository has room for three, and not every bot may.
    async fn pin(&self, desk: &Desk<'_>, issue: &Issue) {
        let Some(id) = &issue.node_id else { return };
        let purpose = purpose(format!("pinning {}#{}", desk.repository.name, issue.number));
        let pinned =
            self.client.mutate::<IgnoredAny>(desk.caller(), Write::Change, PIN, json!({ "issue": id }), &purpose).await;
        if let Err(error) = pinned {
            tracing::info!(%error, "the report's issue is not pinned");
        }
    }

    pub(super) async fn edit_report(
        &self,
        desk: &Desk<'_>,
        report: &ReportItem,
        key: &str,
        markdown: &str,
    ) -> Result<(), TrackerError> {
        let purpose = purpose(format!("writing the report {}#{}", desk.repository.name, report.key));
        let path = format!("{}/issues/{}", desk.path, segment(&report.key));
        let found: Issue = self.client.get(desk.caller(), &path, &purpose).await?.json(&purpose)?;
        let text = format!("{}\n{markdown}", marker(key));
        if found.body.as_deref().is_some_and(|body| is_same(body, &text)) {
            return Ok(());
        }
        let body = Some(json!({ "body": text }));
        self.client.write(desk.caller(), Write::Change, Method::PATCH, &path, body, &purpose).await.map(|_| ())
    }

    pub(super) async fn put_report_note(
        &self,
        desk: &Desk<'_>,
        me: &Actor,
        report: &ReportItem,
        key: &str,
        known: Option<&str>,
        markdown: &str,
    ) -> Result<String, TrackerError> {
        let purpose = purpose(format!("writing the comment `{key}` on {}#{}", desk.repository.name, report.key));
        let marker = marker(key);
        let text = format!("{marker}\n{markdown}");
        let list = format!("{}/issues/{}/comments", desk.path, segment(&report.key));
        let found = match self.known_note(desk, known, me, &marker, &purpose).await? {
            Some(note) => Some(note),
            None => self.find_note(desk, &list, me, &marker, &purpose).await?,
        };
        let body = Some(json!({ "body": text }));
        match found {
            Some(note) if note.body.as_deref().is_some_and(|found| is_same(found, &text)) => Ok(note.id.to_string()),
            Some(note) => {
                let path = format!("{}/issues/comments/{}", desk.path, note.id);
                self.client.write(desk.caller(), Write::Change, Method::PATCH, &path, body, &purpose).await?;
                Ok(note.id.to_string())
            }
            None => {
                let answer =
                    self.client.write(desk.caller(), Write::Creation, Method::POST, &list, body, &purpose).await?;
                Ok(answer.json::<Comment>(&purpose)?.id.to_string())
            }
        }
    }

    /// The comment that is remembered, if it is still there and the bot's own.
    async fn known_note(
        &self,
        desk: &Desk<'_>,
        known: Option<&str>,
        me: &Actor,
        marker: &str,
        purpose: &Purpose,
    ) -> Result<Option<Comment>, TrackerError> {
        let Some(known) = known else { return Ok(None) };
        let path = format!("{}/issues/comments/{}", desk.path, segment(known));
        match self.client.get(desk.caller(), &path, purpose).await {
            Ok(answer) => {
                let comment: Comment = answer.json(purpose)?;
                Ok(Some(comment).filter(|comment| comment.is_note(me, marker)))
            }
            Err(TrackerError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn own_notes(
        &self,
        desk: &Desk<'_>,
        me: &Actor,
        report: &ReportItem,
    ) -> Result<Vec<ReportNote>, TrackerError> {
        let purpose = purpose(format!("reading the comments of {}#{}", desk.repository.name, report.key));
        let path = format!("{}/issues/{}/comments?per_page=100", desk.path, segment(&report.key));
        let comments = self.client.list::<Comment>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
        Ok(comments.into_iter().filter_map(|comment| own_note(comment, me)).collect())
    }
}

/// The key and the text of a comment that the bot wrote under a marker.
fn own_note(comment: Comment, me: &Actor) -> Option<ReportNote> {
    if !comment.user.as_ref().is_some_and(|user| user.actor().is(me)) {
        return None;
    }
    let body = comment.body?;
    let rest = body.strip_prefix("<!-- plimsoll:")?;
    let (key, markdown) = rest.split_once(" -->")?;
    let markdown = markdown.trim_start_matches(['\r', '\n']);
    Some(ReportNote { id: comment.id.to_string(), key: key.to_owned(), markdown: markdown.to_owned() })
}
