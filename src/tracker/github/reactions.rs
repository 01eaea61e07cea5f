//! Acknowledgements as reactions. GitHub keeps each of them once, however often it is asked for.

use http::Method;
use serde_json::json;

use crate::backlog::Acknowledgement;
use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::ids::review_comment;
use super::pacing::Write;

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
        let body = Some(json!({ "content": content(how) }));
        self.client.write(desk.caller(), Write::Change, Method::POST, &path, body, &purpose).await.map(|_| ())
    }
}

const fn content(how: Acknowledgement) -> &'static str {
    match how {
        Acknowledgement::Taken => "eyes",
        Acknowledgement::Done => "+1",
        Acknowledgement::Problem => "confused",
    }
}
