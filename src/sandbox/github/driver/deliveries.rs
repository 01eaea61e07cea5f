//! Webhooks under the driver's hand: send, lose, double, delay, disorder.

use jiff::Timestamp;

use super::super::hooks;
use super::super::hooks::Delivery;
use super::super::state::World;
use super::{DeliveryView, GitHub};

#[expect(clippy::must_use_candidate, reason = "a story seldom needs the answer")]
impl GitHub {
    /// Where webhooks go from now on; those that waited for it go too.
    pub fn send_webhooks_to(&self, url: &str) {
        self.shared.with(|world| world.webhook_url = Some(url.to_owned()));
        self.shared.outgoing.notify_one();
    }

    /// Queues a `ping`.
    pub fn ping(&self) {
        self.shared.with(hooks::emit_ping);
        self.shared.outgoing.notify_one();
    }

    /// Sends all that is due, also what is queued meanwhile, and tells what each was answered.
    pub async fn deliver_all(&self) -> Vec<DeliveryView> {
        let mut sent = Vec::new();
        while let Some(one) = self.deliver_next().await {
            sent.push(one);
        }
        sent
    }

    /// Sends the first delivery that is due. None: there is none, or nobody listens.
    pub async fn deliver_next(&self) -> Option<DeliveryView> {
        hooks::send_next(&self.shared).await.as_ref().map(DeliveryView::from)
    }

    /// Deliveries that wait, in the order in which they will go.
    pub fn pending(&self) -> Vec<DeliveryView> {
        self.shared.with(|world| world.outbox.iter().map(DeliveryView::from).collect())
    }

    /// Deliveries that were tried (or lost), oldest first, with what they were answered.
    pub fn deliveries(&self) -> Vec<DeliveryView> {
        self.shared.with(|world| world.sent.iter().map(DeliveryView::from).collect())
    }

    /// Forgets what waits, as if it had never happened: no log knows of it.
    pub fn forget_pending(&self) {
        self.shared.with(|world| world.outbox.clear());
    }

    /// Loses what waits and fits: it never arrives, and the App's log of deliveries says so. `event` is a name with or
    /// without action: `issues`, `issues.opened`. Returns how many.
    pub fn lose_pending(&self, event: &str) -> usize {
        self.shared.with(|world| {
            let (fitting, rest) = world.outbox.drain(..).partition::<Vec<_>, _>(|one| fits(one, event));
            world.outbox.extend(rest);
            let count = fitting.len();
            for one in fitting {
                hooks::lost(world, one);
            }
            count
        })
    }

    /// Lets what waits and fits arrive twice, one right after the other. Returns how many.
    pub fn duplicate_pending(&self, event: &str) -> usize {
        self.shared.with(|world| {
            let before = world.outbox.len();
            let doubled = world.outbox.drain(..).flat_map(|one| {
                let copy = fits(&one, event).then(|| one.clone());
                std::iter::once(one).chain(copy)
            });
            world.outbox = doubled.collect();
            world.outbox.len() - before
        })
    }

    /// Lets what waits and fits go no earlier than this. Returns how many. When webhooks go by themselves, a delayed one
    /// goes with the first that is queued after its time.
    pub fn delay_pending(&self, event: &str, until: Timestamp) -> usize {
        self.shared.with(|world| {
            let fitting = world.outbox.iter_mut().filter(|one| fits(one, event));
            fitting.map(|one| one.not_before = Some(until)).count()
        })
    }

    /// Turns the order of what waits round.
    pub fn reverse_pending(&self) {
        self.shared.with(|world| world.outbox.make_contiguous().reverse());
    }

    /// Puts what waits in any order.
    pub fn shuffle_pending(&self) {
        self.shared.with(|world| {
            let mut drawn: Vec<(u64, Delivery)> = Vec::new();
            while let Some(one) = world.outbox.pop_front() {
                drawn.push((world.entropy.next(), one));
            }
            drawn.sort_by_key(|(lot, _)| *lot);
            world.outbox = drawn.into_iter().map(|(_, one)| one).collect();
        });
    }

    /// Sends a delivery that was tried once more: the same GUID under a new id. False: there is none with this id.
    pub fn redeliver(&self, id: u64) -> bool {
        let found = self.shared.with(|world: &mut World| hooks::redeliver(world, id));
        self.shared.outgoing.notify_one();
        found
    }
}

fn fits(one: &Delivery, event: &str) -> bool {
    one.event == event || DeliveryView::from(one).event == event
}
