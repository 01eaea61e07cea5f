//! One item on request, for `plimsoll apply`: it is made dirty like by any event, and worked off here or by a service that
//! runs on the same store, whoever takes it first.
//!
//! Races: none of its own. The item is one subject of the queue, so that nobody else works on it at the same time; what is
//! done and remembered is written in the one transaction that ends its claim.

use crate::backlog::{Actor, Event, Fact, Item, Lane, Repository, Subject};
use crate::store::{ClaimRequest, Lease, Signal, StoreError};

use super::Engine;

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Which item.
    pub subject: Subject,
    /// As it was listed.
    pub item: Item,
}

impl Asked {
    /// That it was asked for, as the item's history will say.
    #[must_use]
    pub fn event(item: &Item, at: jiff::Timestamp) -> Event {
        Event { fact: Fact::Asked { id: Some(item.id.clone()) }, by: Actor::person("whoever runs the bot"), at }
    }
}

impl Engine {
    /// Makes an item dirty on behalf of whoever runs the bot.
    pub async fn ask(&self, repository: &Repository, asked: &Asked) -> Result<(), StoreError> {
        let now = self.clock.now();
        let signal = Signal {
            subject: asked.subject.clone(),
            place: repository.place.clone(),
            repository_name: Some(repository.name.clone()),
            lane: Lane::Sweeps,
            event: Some(Asked::event(&asked.item, now)),
        };
        self.store.enqueue(signal, now).await
    }

    /// Works off one subject if it can be claimed now. False: somebody else has it, it waits, or there is nothing to do.
    pub async fn settle_one(&self, subject: &Subject) -> Result<bool, StoreError> {
        self.resume_pace().await?;
        let request = ClaimRequest {
            lease: Lease(i64::from_ne_bytes(self.entropy.next().to_ne_bytes())),
            now: self.clock.now(),
            lease_for: self.options.queue.lease,
            limit: 1,
        };
        match self.store.claim_subject(subject, request).await? {
            Some(claim) => self.work_off(claim).await.map(|()| true),
            None => Ok(false),
        }
    }
}
