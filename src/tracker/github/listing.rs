//! Listing issues by the time of their last change, a hundred at a time; pull requests, which GitHub lists among them,
//! are left out.

use jiff::Timestamp;

use crate::backlog::{Subject, SubjectKind};
use crate::tracker::listing::{Entry, PageRequest, bookmark, was_seen};
use crate::tracker::{Bookmark, ItemPage, Listing, Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::ids::TRACKER;
use super::pages::{Links, Page, page_number};
use super::rest::Issue;

const PER_PAGE: u64 = 100;

impl GitHub {
    pub(super) async fn page_of_items(
        &self,
        desk: &Desk<'_>,
        listing: &Listing,
        from: Option<&Bookmark>,
    ) -> Result<ItemPage, TrackerError> {
        let purpose = Purpose {
            doing: format!("listing the issues of {}", desk.repository.name),
            missing: Missing::Repository,
            needs: "issues: read",
        };
        let path = match listing.request(from) {
            PageRequest::At(address) => address.to_owned(),
            PageRequest::Since(since, page) => path(&desk.path, listing.closed_too, since, page),
        };
        let answer = self.client.get(desk.caller(), &path, &purpose).await?;
        let issues: Vec<Issue> = answer.json(&purpose)?;
        let remaining = remaining(&answer.links);
        let next = self.client.here(answer.links.next, &purpose)?;
        let entries: Vec<Entry> = issues.iter().map(entry).collect();
        let fresh = issues.into_iter().zip(&entries).filter(|(_, entry)| !was_seen(from, entry));
        let mut items = Vec::new();
        for (issue, _) in fresh.filter(|(issue, _)| !issue.is_pull_request()) {
            let subject = listed(desk, &issue);
            let item = if listing.with_parents { self.with_parent(desk, issue).await? } else { issue.into() };
            items.push((subject, item));
        }
        Ok(ItemPage { items, next: next.map(|address| bookmark(from, &entries, address)), remaining })
    }
}

fn path(repository: &str, closed_too: bool, since: Option<Timestamp>, page: u32) -> String {
    let state = if closed_too { "all" } else { "open" };
    let since = since.and_then(|since| Timestamp::from_second(since.as_second()).ok());
    let since = since.map(|since| format!("&since={since}")).unwrap_or_default();
    let page = if page > 1 { format!("&page={page}") } else { String::new() };
    format!("{repository}/issues?state={state}&sort=updated&direction=asc&per_page={PER_PAGE}{since}{page}")
}

fn entry(issue: &Issue) -> Entry {
    Entry { updated_at: issue.updated_at.unwrap_or(Timestamp::UNIX_EPOCH), id: issue.number.to_string() }
}

fn listed(desk: &Desk<'_>, issue: &Issue) -> Subject {
    // Not by `item_subject`: who lists by name alone does not know the repository's id.
    let id = format!("{}/{}", desk.repository.place.repository, issue.number);
    Subject { tracker: TRACKER, kind: SubjectKind::Item, id }
}

fn remaining(links: &Links) -> Option<u64> {
    let Some(next) = &links.next else { return Some(0) };
    let (Page::Here(next), Some(Page::Here(last))) = (next, &links.last) else { return None };
    let pages = page_number(last)?.checked_sub(page_number(next)?)?.checked_add(1)?;
    Some(u64::from(pages) * PER_PAGE)
}
