//! Listing a repository's items: the one that was changed longest ago first, page by page, with a bookmark to go on from.
//!
//! A listing is read while people work, and whoever changes an item moves it to the end. A bookmark therefore names what
//! was seen last, by time and id, and no page's number; it can be kept on disk, and a listing that goes on from it misses
//! nothing that was there. Within one run the tracker's own next page is a call or two cheaper in a hundred; a tracker
//! that counts pages may then skip an item for each one that moves meanwhile. [`Bookmark::thorough`] is for those who
//! cannot have that.
//!
//! Known races:
//! - An item that changes after it was listed is listed again: whoever collects keeps the newer one.
//! - An item that is closed, deleted or moved away while open ones are listed may be gone by the time its page comes.
//! - More than a page of items of the same second, one of which changes at that moment: one of them may be missed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backlog::{Item, Subject};

/// What is to be listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Closed items too.
    pub closed_too: bool,
    /// Only what was updated at this time or later; whole seconds count.
    pub since: Option<Timestamp>,
    /// With what the items that they are parts of say: a call for each of these.
    #[serde(default)]
    pub with_parents: bool,
}

/// One page of a listing; it may be empty and yet not the last.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPage {
    /// The items with their subjects, the longest unchanged first.
    pub items: Vec<(Subject, Item)>,
    /// Where to go on. None: this was the last page.
    pub next: Option<Bookmark>,
    /// About how many entries are still to come, where the tracker says so; for a progress bar.
    pub remaining: Option<u64>,
}

/// Where a listing goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// When the newest entry that was seen had been updated.
    updated_at: Timestamp,
    /// The tracker's ids of what was seen of that moment.
    seen: BTreeSet<String>,
    /// So many pages from that moment on held nothing newer.
    #[serde(default)]
    pages: u32,
    /// The tracker's own address of the next page: good for this run only.
    #[serde(skip)]
    address: Option<String>,
}

/// The page that an adapter is to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PageRequest<'a> {
    /// What was updated at this time or later, and the page's number of that, from 1.
    Since(Option<Timestamp>, u32),
    /// The tracker's own address.
    At(&'a str),
}

/// An entry of a page as the bookmark sees it, whether or not it is an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) updated_at: Timestamp,
    pub(super) id: String,
}

impl Bookmark {
    /// For a listing that misses nothing while people work: its next page overlaps the one before. A bookmark that was
    /// kept on disk is always so.
    #[must_use]
    pub fn thorough(self) -> Self {
        Self { address: None, ..self }
    }
}

impl Listing {
    /// Which page to ask for.
    pub(super) fn request<'a>(&self, from: Option<&'a Bookmark>) -> PageRequest<'a> {
        match from {
            None => PageRequest::Since(self.since, 1),
            Some(Bookmark { address: Some(address), .. }) => PageRequest::At(address),
            // A second earlier, so that it does not matter whether the tracker counts the moment itself.
            Some(Bookmark { updated_at, pages, .. }) => {
                let before = Timestamp::from_second(updated_at.as_second().saturating_sub(1)).ok();
                PageRequest::Since(before, pages.saturating_add(1))
            }
        }
    }
}

/// Whether an entry was on an earlier page.
pub(super) fn was_seen(from: Option<&Bookmark>, entry: &Entry) -> bool {
    from.is_some_and(|from| {
        let older = from.address.is_none() && entry.updated_at < from.updated_at;
        older || (entry.updated_at == from.updated_at && from.seen.contains(&entry.id))
    })
}

/// The bookmark after a page with these entries, whose tracker says that there is another at this address.
pub(super) fn bookmark(from: Option<&Bookmark>, entries: &[Entry], address: String) -> Bookmark {
    let before = from.map(|from| from.updated_at);
    let newest = entries.iter().map(|entry| entry.updated_at).chain(before).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let still = from.filter(|from| from.updated_at == newest);
    let here = entries.iter().filter(|entry| entry.updated_at == newest).map(|entry| entry.id.clone());
    Bookmark {
        updated_at: newest,
        seen: still.map(|from| from.seen.clone()).unwrap_or_default().into_iter().chain(here).collect(),
        pages: still.filter(|from| from.address.is_none()).map_or(0, |from| from.pages.saturating_add(1)),
        address: Some(address),
    }
}
