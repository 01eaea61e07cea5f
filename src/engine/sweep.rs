//! A repository's sweep: which of its items changed without anybody having told.
//!
//! It only makes items dirty; each is then worked on for itself. What was last changed before the repository was first
//! seen is left alone: a backlog is taken over by nobody who did not ask for it.
//!
//! Known race, harmless: the bot's own writes change items, too; the next sweep finds them and reads each once more.

use jiff::Timestamp;

use crate::backlog::{Item, Lane, Subject};
use crate::store::{Claim, Disposition, Ending, Signal, StoreError};
use crate::tracker::{Listing, Tracker};

use super::Engine;
use super::repository::Trouble;

/// So many pages are read in one run; then other repositories have their turn.
const PAGES_AT_ONCE: usize = 5;

impl Engine {
    pub(super) async fn handle_sweep(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        let outcome = self.sweep(tracker, claim).await;
        self.end(tracker, claim, outcome).await
    }

    async fn sweep(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Disposition, Trouble> {
        let errand = self.errand(claim);
        let known = self.known(tracker, &claim.place, &errand).await?;
        let Some(since) = known.swept_until else {
            self.governed(tracker, &claim.place, &errand).await?;
            self.store.begin_sweeps(&claim.place, errand.now).await?;
            return Ok(Disposition::Done);
        };
        let listing = Listing { closed_too: true, since: Some(since), with_parents: false };
        let (mut from, mut until) = (None, since);
        let mut pages = 0;
        loop {
            let page = tracker.list_items(&known.repository, &self.errand(claim), &listing, from.as_ref()).await?;
            until = newest(&page.items).map_or(until, |newest| until.max(newest));
            self.make_dirty(claim, page.items).await?;
            self.store.save_swept(&claim.place, until).await?;
            let Some(next) = page.next else { return Ok(Disposition::Done) };
            from = Some(next.thorough());
            pages += 1;
            // Pages with nothing but pull requests do not move it on: then it is read to the end.
            if pages >= PAGES_AT_ONCE && until > since {
                return Ok(Disposition::Released);
            }
        }
    }

    /// Makes those items dirty that are not remembered as they are now.
    async fn make_dirty(&self, claim: &Claim, items: Vec<(Subject, Item)>) -> Result<(), StoreError> {
        let mut changed = Vec::new();
        for (subject, item) in items {
            let memory = self.store.item(&subject).await?;
            if memory.is_none_or(|memory| memory.item.updated_at != item.updated_at) {
                let place = claim.place.clone();
                changed.push(Signal { subject, place, repository_name: None, lane: Lane::Sweeps, event: None });
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        tracing::info!(changed = changed.len(), "found items that changed");
        self.store.enqueue_all(changed, self.clock.now()).await
    }
}

fn newest(items: &[(Subject, Item)]) -> Option<Timestamp> {
    items.iter().filter_map(|(_, item)| item.updated_at).max()
}
