//! Words for the cases: times, subjects, signals, deliveries, and a worker.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use plimsoll::backlog::{Actor, CategoryName, Event, Fact, Item, Lane, Place, Side, Subject, SubjectKind, TrackerName};
use plimsoll::classify::{Evidence, Where};
use plimsoll::decide::{ItemMemory, Told, Verdict};
use plimsoll::store::{
    Arrival, Claim, ClaimRequest, Disposition, Ending, Finished, Intake, Lease, Receipt, Record, Signal, Store, WorkRow,
};

pub(crate) const GITHUB: TrackerName = TrackerName::new("github");
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A moment, in seconds after the story's beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).expect("a time of our age")
}

/// A repository of installation 1.
pub(crate) fn place(repository: &str) -> Place {
    Place { tracker: GITHUB, installation: "1".into(), repository: repository.into() }
}

/// An item of a repository.
pub(crate) fn item(repository: &str, number: u32) -> Subject {
    Subject { tracker: GITHUB, kind: SubjectKind::Item, id: format!("{repository}/{number}") }
}

/// Somebody put this label.
pub(crate) fn labelled(label: &str) -> Event {
    Event { fact: Fact::Labelled { label: label.into() }, by: Actor::person("octocat"), at: at(0) }
}

/// An event without an edge makes an item dirty.
pub(crate) fn signal(repository: &str, number: u32) -> Signal {
    Signal {
        subject: item(repository, number),
        place: place(repository),
        repository_name: None,
        lane: Lane::Events,
        event: None,
    }
}

/// A label was put on an item.
pub(crate) fn label_signal(repository: &str, number: u32, label: &str) -> Signal {
    Signal { event: Some(labelled(label)), ..signal(repository, number) }
}

/// A delivery that came now and then.
pub(crate) fn arrival(delivery: &str, received_at: Timestamp, signals: Vec<Signal>) -> Arrival {
    Arrival {
        tracker: GITHUB,
        delivery: delivery.into(),
        event: "issues".into(),
        action: Some("labeled".into()),
        sender: Some("octocat".into()),
        received_at,
        intake: Intake::Work(signals),
    }
}

/// What is remembered of an item with this title.
pub(crate) fn memory(title: &str, created_at: Option<Timestamp>) -> ItemMemory {
    let category = CategoryName::new("technical-debt").expect("a name");
    ItemMemory {
        told: Told::default(),
        own_word: Some(category.clone()),
        suggestion: None,
        impact: None,
        item: Item {
            id: title.into(),
            title: title.into(),
            created_at,
            labels: vec!["debt".into()],
            ..Item::default()
        },
        own_marks: vec!["debt".into()],
        decisions: Vec::new(),
        verdict: Verdict::Bot { category: category.clone() },
        side: Some(Side::Technical),
        confidence: 0.87,
        evidence: vec![Evidence { sign: "legacy".into(), place: Where::Title, category, weight: 1.5 }],
        model_version: "rules-1".into(),
        policy_version: "0123456789ab".into(),
        seen_at: at(5),
    }
}

/// Something that was done to a subject.
pub(crate) fn record(subject: &Subject, action: &str) -> Record {
    Record {
        at: at(7),
        subject: subject.to_string(),
        action: action.into(),
        reason: "the title says `legacy`".into(),
        evidence: memory("x", None).evidence,
        model_version: "rules-1".into(),
        policy_version: "0123456789ab".into(),
        result: "done".into(),
    }
}

/// The labels that a claim's events put, in their order.
pub(crate) fn labels(claim: &Claim) -> Vec<&str> {
    claim
        .events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Labelled { label } => Some(label.as_str()),
            _ => None,
        })
        .collect()
}

/// The subjects of some claims, without the tracker: `item:acme/1`.
pub(crate) fn names(claims: &[Claim]) -> Vec<String> {
    claims.iter().map(|claim| claim.subject.to_string().replace("github:", "")).collect()
}

/// Takes a delivery that must be new.
pub(crate) async fn receive(store: &dyn Store, delivery: &str, received_at: Timestamp, signals: Vec<Signal>) {
    let receipt = store.receive(arrival(delivery, received_at, signals)).await.expect("a receipt");
    assert_eq!(receipt, Receipt::New, "{delivery}");
}

/// Claims with a lease that nobody had before.
pub(crate) async fn claim(store: &dyn Store, now: Timestamp, limit: u32) -> Vec<Claim> {
    static LEASES: AtomicI64 = AtomicI64::new(1);
    let lease = Lease(LEASES.fetch_add(1, Ordering::Relaxed));
    store.claim(ClaimRequest { lease, now, lease_for: LEASE, limit }).await.expect("claims")
}

/// Claims the one subject that is due.
pub(crate) async fn claim_one(store: &dyn Store, now: Timestamp) -> Claim {
    let mut claims = claim(store, now, 10).await;
    assert_eq!(claims.len(), 1, "{:?}", names(&claims));
    claims.remove(0)
}

/// Ends a claim and leaves nothing to remember.
pub(crate) async fn finish(store: &dyn Store, claim: &Claim, disposition: Disposition, now: Timestamp) -> Finished {
    let ending = Ending { disposition, memory: None, records: Vec::new() };
    store.finish(claim, ending, now).await.expect("an end")
}

/// The only row of the work table.
pub(crate) async fn only_row(store: &dyn Store) -> WorkRow {
    let mut rows = store.work(10).await.expect("rows");
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// A failure that is one of at most three, tried again at a moment.
pub(crate) fn failed(retry_at: Timestamp) -> Disposition {
    Disposition::Failed { error: "the tracker broke off".into(), retry_at, max_attempts: 3 }
}
