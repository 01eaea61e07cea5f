//! One item: read it, decide, write what is missing, remember.

use crate::backlog::{Actor, Fact, Item};
use crate::decide::{self, Mode, Plan, Snapshot};
use crate::store::{Claim, Disposition, Ending, Record, StoreError};
use crate::tracker::{Errand, Tracker, TrackerError};

use super::Engine;
use super::hear::Ground;
use super::repository::{Governed, Trouble};

/// The id that the item had when it was opened or asked for, where that is among what happened.
fn id_when_seen(claim: &Claim) -> Option<&str> {
    claim.events.iter().find_map(|event| match &event.fact {
        Fact::Opened { id, .. } | Fact::Asked { id } => id.as_deref(),
        _ => None,
    })
}

/// What the body of the bot's own report issue holds, hidden from readers.
const OWN_REPORT: &str = "<!-- plimsoll:report";

impl Engine {
    pub(super) async fn handle_item(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        let mut records = Vec::new();
        match self.tend_item(tracker, claim, &mut records).await {
            Ok(disposition_and_memory) => {
                self.outages.over(&claim.place);
                Ok(Ending { records, ..disposition_and_memory })
            }
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Tracker(error)) => self.end_with(tracker, claim, error, records).await,
        }
    }

    async fn tend_item(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        records: &mut Vec<Record>,
    ) -> Result<Ending, Trouble> {
        let errand = self.errand(claim);
        let mut governed = self.governed(tracker, &claim.place, &errand).await?;
        let Some(mut snapshot) = self.snapshot(tracker, claim, &errand, &mut governed).await? else {
            self.tend_pull_request(tracker, claim, &governed, &errand, records).await?;
            return Ok(done());
        };
        let decide = |snapshot: &Snapshot| {
            let rulebook = &governed.rulebook;
            decide::decide(snapshot, &rulebook.policy, rulebook.classifier.as_ref(), errand.now)
        };
        let mut plan = decide(&snapshot);
        if decide::must_be_verified(&plan, &snapshot) {
            read_history(tracker, &governed, &errand, &mut snapshot).await?;
            plan = decide(&snapshot);
        }
        records.extend(found_later(&plan, &snapshot, &governed, &errand));
        let memory = match governed.mode {
            Mode::Act => self.apply(tracker, &governed, &errand, plan, records).await?,
            Mode::Observe => observe(&governed, &errand, plan, snapshot.memory.as_ref(), records),
        };
        self.tell_boards(claim, snapshot.memory.as_ref(), &memory).await?;
        self.tally.decided(snapshot.memory.as_ref(), &memory, governed.mode);
        Ok(Ending { memory: Some(memory), ..done() })
    }

    /// A pull request is no item, but debt is noticed there too.
    async fn tend_pull_request(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        governed: &Governed,
        errand: &Errand,
        records: &mut Vec<Record>,
    ) -> Result<(), Trouble> {
        if governed.mode == Mode::Observe {
            return Ok(());
        }
        let spoken = self.hear(tracker, governed, errand, &claim.events, Ground::PullRequest, &[]).await?;
        let Some(number) = claim.subject.id.rsplit('/').next() else { return Ok(()) };
        let item = Item { key: format!("#{number}"), ..Item::default() };
        let plan = decide::outside_the_backlog(&spoken, item, &governed.rulebook.policy, errand.now);
        self.apply(tracker, governed, errand, plan, records).await.map(|_| ())
    }

    /// Reads all that the decision may look at. None: the subject is no backlog item.
    async fn snapshot(
        &self,
        tracker: &dyn Tracker,
        claim: &Claim,
        errand: &Errand,
        governed: &mut Governed,
    ) -> Result<Option<Snapshot>, Trouble> {
        let memory = self.store.item(&claim.subject).await?;
        let expected_id = memory.as_ref().map(|memory| memory.item.id.as_str()).or_else(|| id_when_seen(claim));
        let Some(item) = self.read_item(tracker, errand, governed, expected_id).await? else { return Ok(None) };
        if claim.events.iter().any(|event| event.fact == Fact::Unlabelled { label: None }) {
            tracker.forget_labels(&governed.repository);
        }
        let me = tracker.me().await?;
        if is_own_report(&item, &me) {
            return Ok(None);
        }
        let mut snapshot = Snapshot {
            item,
            me,
            memory,
            events: claim.events.clone(),
            history: None,
            answered: Vec::new(),
            spoken: Vec::new(),
            repository_labels: None,
            active_since: governed.active_since,
        };
        if governed.mode == Mode::Act {
            let ground = Ground::Item(&snapshot.item, snapshot.memory.as_ref());
            let just_opened = claim.events.iter().any(|event| matches!(event.fact, Fact::Opened { .. }));
            if snapshot.memory.is_none() && !just_opened {
                snapshot.answered = self.recall(tracker, governed, errand, &snapshot.item).await?;
            }
            let (events, answered) = (&claim.events, &snapshot.answered);
            snapshot.spoken = self.hear(tracker, governed, errand, events, ground, answered).await?;
        }
        if decide::needs_history(&snapshot, &governed.rulebook.policy.categories) {
            read_history(tracker, governed, errand, &mut snapshot).await?;
        }
        Ok(Some(snapshot))
    }

    /// Reads the item; when its repository answers under another name now, looks that up once and reads it there.
    async fn read_item(
        &self,
        tracker: &dyn Tracker,
        errand: &Errand,
        governed: &mut Governed,
        expected_id: Option<&str>,
    ) -> Result<Option<Item>, Trouble> {
        match tracker.read_item(&governed.repository, errand, expected_id).await {
            Err(TrackerError::Renamed { .. }) => {
                governed.repository = self.locate(tracker, &governed.repository.place, errand).await?;
                Ok(tracker.read_item(&governed.repository, errand, expected_id).await?)
            }
            read => Ok(read?),
        }
    }
}

/// Reads who put and removed labels; and, where some were removed, which labels still exist at all.
async fn read_history(
    tracker: &dyn Tracker,
    governed: &Governed,
    errand: &Errand,
    snapshot: &mut Snapshot,
) -> Result<(), TrackerError> {
    let history = tracker.label_history(&governed.repository, errand).await?;
    if history.iter().any(|event| matches!(event.fact, Fact::Unlabelled { .. })) {
        snapshot.repository_labels = Some(tracker.labels(&governed.repository, errand).await?);
    }
    snapshot.history = Some(history);
    Ok(())
}

/// Records of the bot's own marks that it does not remember: it died, or the answer was lost, before it could.
fn found_later(plan: &Plan, snapshot: &Snapshot, governed: &Governed, errand: &Errand) -> Vec<Record> {
    let remembered = snapshot.memory.as_ref().map(|memory| memory.own_marks.as_slice()).unwrap_or_default();
    let forgotten = plan.memory.own_marks.iter().filter(|mark| !remembered.contains(mark));
    forgotten.map(|mark| super::apply::record_of_found(governed, errand, &plan.memory, mark)).collect()
}

/// Without a policy nothing is written: what would have been done is recorded, once.
fn observe(
    governed: &Governed,
    errand: &Errand,
    plan: Plan,
    before: Option<&decide::ItemMemory>,
    records: &mut Vec<Record>,
) -> decide::ItemMemory {
    if before.is_none_or(|before| before.verdict != plan.memory.verdict) {
        records
            .extend(plan.steps.iter().map(|step| super::apply::record(governed, errand, &plan.memory, step, "would")));
    }
    decide::ItemMemory { own_word: before.and_then(|before| before.own_word.clone()), ..plan.memory }
}

/// The issue in which the bot itself reports is no backlog item; a person who copies its marker gains nothing.
pub(super) fn is_own_report(item: &Item, me: &Actor) -> bool {
    item.author.as_ref().is_some_and(|author| author.is(me)) && item.body.contains(OWN_REPORT)
}

fn done() -> Ending {
    Ending { disposition: Disposition::Done, memory: None, records: Vec::new() }
}
