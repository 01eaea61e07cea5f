//! Who put and removed labels, from an issue's timeline.
//!
//! The timeline has neither order nor start to choose: it begins with the oldest. So the first page is read, which for
//! nearly every issue is all, and then the newest ones.

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Event, Fact};
use crate::tracker::{Missing, TrackerError};

use super::account::{Account, actor_or_unknown};
use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::pages::{page_number, with_page};

/// So many pages of a hundred entries at most.
const MAX_PAGES: u32 = 5;

/// An entry; most of their many kinds are of no interest and have other fields.
#[derive(Deserialize)]
struct Entry {
    event: Option<String>,
    actor: Option<Account>,
    label: Option<Label>,
    created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

impl Entry {
    fn into_event(self) -> Option<Event> {
        let (label, at) = (self.label?.name, self.created_at?);
        let fact = match self.event.as_deref()? {
            "labeled" => Fact::Labelled { label },
            "unlabeled" => Fact::Unlabelled { label: Some(label) },
            _ => return None,
        };
        Some(Event { fact, by: actor_or_unknown(self.actor.as_ref()), at })
    }
}

impl GitHub {
    pub(super) async fn history(&self, desk: &Desk<'_>) -> Result<Vec<Event>, TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("reading who labelled {}", item.name),
            missing: Missing::Below,
            needs: "issues: read",
        };
        let first_path = format!("{}/timeline?per_page=100", item.path);
        let first = self.client.get(desk.caller(), &first_path, &purpose).await?;
        let mut pages = vec![events(first.json(&purpose)?)];
        let last = self.client.here(first.links.last, &purpose)?;
        if let Some((path, last)) = last.and_then(|path| page_number(&path).map(|last| (path, last))) {
            let oldest = last.saturating_sub(MAX_PAGES - 2).max(2);
            for page in oldest..=last {
                let answer = self.client.get(desk.caller(), &with_page(&path, page), &purpose).await?;
                pages.push(events(answer.json(&purpose)?));
            }
        }
        let mut events: Vec<Event> = pages.into_iter().flatten().collect();
        events.sort_by_key(|event| event.at);
        Ok(events)
    }
}

/// Entries are read one by one, so that a kind with fields of another shape is left out and spoils nothing.
fn events(entries: Vec<serde_json::Value>) -> Vec<Event> {
    entries
        .into_iter()
        .filter_map(|entry| serde_json::from_value::<Entry>(entry).ok())
        .filter_map(Entry::into_event)
        .collect()
}
