//! Closing issues, with the reason.

use http::Method;
use serde_json::json;

use crate::backlog::CloseReason;
use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::pacing::Write;

impl GitHub {
    pub(super) async fn close(&self, desk: &Desk<'_>, reason: CloseReason) -> Result<(), TrackerError> {
        let item = desk.item()?;
        let purpose =
            Purpose { doing: format!("closing {}", item.name), missing: Missing::Item, needs: "issues: write" };
        let ask = async |reason| {
            let body = Some(json!({ "state": "closed", "state_reason": reason }));
            self.client.try_write(desk.caller(), Write::Change, Method::PATCH, &item.path, body, &purpose).await
        };
        let Err(complaint) = ask(name(reason)).await? else { return Ok(()) };
        // Older servers know no duplicates.
        let known_everywhere =
            if reason == CloseReason::Duplicate { ask("not_planned").await? } else { Err(complaint) };
        known_everywhere
            .map(|_| ())
            .map_err(|complaint| purpose.failed(format!("GitHub answered 422 ({})", complaint.text())))
    }
}

const fn name(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Completed => "completed",
        CloseReason::NotPlanned => "not_planned",
        CloseReason::Duplicate => "duplicate",
    }
}
