//! New issues that the bot opens: each once, found again by a hidden marker and by their author.

use http::Method;
use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::backlog::Actor;
use crate::tracker::{Missing, NewItem, TrackerError};

use super::account::Account;
use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::notes::marker;
use super::pacing::Write;

/// Pages of a hundred issues that are searched for one that was opened before.
const MAX_PAGES: usize = 10;
/// Clocks of trackers and of this machine differ: the search begins so much earlier.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

#[derive(Deserialize)]
struct Issue {
    number: u64,
    body: Option<String>,
    user: Option<Account>,
}

impl Issue {
    fn is_it(&self, me: &Actor, marker: &str) -> bool {
        self.user.as_ref().is_some_and(|user| user.actor().is(me))
            && self.body.as_deref().is_some_and(|body| body.starts_with(marker))
    }
}

impl GitHub {
    pub(super) async fn open_once(&self, desk: &Desk<'_>, me: &Actor, new: &NewItem) -> Result<String, TrackerError> {
        let purpose = Purpose {
            doing: format!("opening a new issue in {}", desk.repository.name),
            missing: Missing::Repository,
            needs: "issues: write",
        };
        let marker = marker(&new.key);
        let since = new.since.checked_sub(SLACK).unwrap_or(new.since);
        let since = jiff::Timestamp::from_second(since.as_second()).unwrap_or(since);
        let path = format!("{}/issues?state=all&sort=created&direction=desc&per_page=100&since={since}", desk.path);
        let lately = self.client.list::<Issue>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
        if let Some(known) = lately.iter().find(|issue| issue.is_it(me, &marker)) {
            return Ok(format!("#{}", known.number));
        }
        let label = match &new.mark {
            Some(mark) => Some(self.label_for(desk, mark).await?),
            None => None,
        };
        let labels: Vec<String> = label.into_iter().collect();
        let body = json!({ "title": new.title, "body": format!("{marker}\n{}", new.body), "labels": labels });
        let created: Issue = self.post_issue(desk, body, &purpose).await?;
        Ok(format!("#{}", created.number))
    }

    /// Opens an issue, and returns what GitHub tells of it.
    pub(super) async fn post_issue<T: DeserializeOwned>(
        &self,
        desk: &Desk<'_>,
        body: serde_json::Value,
        purpose: &Purpose,
    ) -> Result<T, TrackerError> {
        let path = format!("{}/issues", desk.path);
        let write = self.client.write(desk.caller(), Write::Creation, Method::POST, &path, Some(body), purpose);
        write.await?.json(purpose)
    }
}
