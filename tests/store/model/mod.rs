//! The store against a reference model, over random stories of deliveries, crashes, clock jumps and endings.
//!
//! The model says exactly what the store must answer, so each step is compared as a whole: receipts, claims with their
//! events, endings, the work table. Beside it stand invariants that do not trust the model: no subject is leased twice at
//! once, and at the end of every story each acknowledged event was seen by a handler that ended well.

mod reference;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use plimsoll::backlog::{Fact, Lane, Place, Subject};
use plimsoll::store::{
    Claim, ClaimRequest, Disposition, Ending, Finished, Lease, Receipt, Signal, Store, WorkRow, WorkState,
};
use proptest::test_runner::Config;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use tokio::runtime::Runtime;

use self::reference::{Answer, Handed, Model, Row};
use self::story::{End, LEASE_MS, Step, Target};
use crate::conformance::Backend;
use crate::fixtures::*;
use crate::sqlite::{Sqlite, sqlite};

prop_state_machine! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]
    #[test]
    fn the_store_keeps_its_contract(sequential 1..80 => Tested);
}

/// The store under test with what must hold of it whatever the model says.
struct Tested {
    runtime: Runtime,
    backend: Sqlite,
    store: Arc<dyn Store>,
    /// Every claim that was ever handed out, as the model counts them.
    claims: Vec<Claim>,
    /// Until when each subject is somebody's.
    held: BTreeMap<String, (Lease, i64)>,
    acknowledged: BTreeSet<u32>,
    seen: BTreeSet<u32>,
}

fn moment(millis: i64) -> Timestamp {
    at(0) + SignedDuration::from_millis(millis)
}

fn millis(moment: Timestamp) -> i64 {
    moment.as_millisecond() - at(0).as_millisecond()
}

fn subject(target: Target) -> Subject {
    target.name().parse().expect("a subject")
}

fn place_of(repository: usize) -> Place {
    Place {
        tracker: GITHUB,
        installation: Target::installation_of(repository).to_string(),
        repository: repository.to_string(),
    }
}

fn signal_of(target: Target, lane: i64) -> Signal {
    Signal {
        subject: subject(target),
        place: place_of(target.repository),
        repository_name: None,
        lane: Lane::from_rank(lane),
        event: None,
    }
}

fn facts(claim: &Claim) -> Vec<u32> {
    let number = |fact: &Fact| match fact {
        Fact::Labelled { label } => label.parse().ok(),
        _ => None,
    };
    claim.events.iter().filter_map(|event| number(&event.fact)).collect()
}

impl Tested {
    fn take(&mut self, step: &Step, now: i64) -> Answer {
        let store = Arc::clone(&self.store);
        match step {
            Step::Receive { delivery, subject, lane } => {
                let signal = Signal { event: Some(labelled(&delivery.to_string())), ..signal_of(*subject, *lane) };
                let arrival = arrival(&delivery.to_string(), moment(now), vec![signal]);
                let receipt = self.runtime.block_on(store.receive(arrival)).expect("a receipt");
                self.acknowledged.insert(*delivery);
                if receipt == Receipt::New { Answer::New } else { Answer::Duplicate }
            }
            Step::Enqueue { subject, lane, after } => {
                let signal = signal_of(*subject, *lane);
                self.runtime.block_on(store.enqueue(signal, moment(now + after))).expect("it is enqueued");
                Answer::Nothing
            }
            Step::Claim { limit } => Answer::Claimed(self.claim(*limit, now)),
            Step::Renew { claim } => self.renew(*claim, now),
            Step::Finish { claim, end } => self.finish(*claim, end, now),
            Step::Pause { installation, millis } => {
                let (tracker, installation) = (GITHUB, installation.to_string());
                let rest = store.pause(&tracker, &installation, moment(now + millis), "limit");
                self.runtime.block_on(rest).expect("it rests");
                Answer::Nothing
            }
            Step::Retry { subject: target } => {
                let retried = self.runtime.block_on(store.retry(&subject(*target), moment(now)));
                Answer::Was(retried.expect("an answer"))
            }
            Step::Wait { .. } => Answer::Nothing,
            Step::Reopen => {
                self.store = self.runtime.block_on(self.backend.open());
                Answer::Nothing
            }
        }
    }

    fn claim(&mut self, limit: usize, now: i64) -> usize {
        let request = ClaimRequest {
            lease: Lease(i64::try_from(self.claims.len()).expect("few claims") + 1),
            now: moment(now),
            lease_for: SignedDuration::from_millis(LEASE_MS),
            limit: u32::try_from(limit).expect("a small limit"),
        };
        let claims = self.runtime.block_on(self.store.claim(request)).expect("claims");
        for claim in &claims {
            let before = self.held.insert(claim.subject.to_string(), (claim.lease, now + LEASE_MS));
            assert!(before.is_none_or(|(_, until)| until <= now), "{} is leased twice", claim.subject);
        }
        let handed = claims.len();
        self.claims.extend(claims);
        handed
    }

    fn renew(&mut self, claim: usize, now: i64) -> Answer {
        let Some(claim) = self.claims.get(claim) else { return Answer::Nothing };
        let held = [(claim.subject.clone(), claim.lease)];
        let lost = self.runtime.block_on(self.store.renew(&held, moment(now + LEASE_MS))).expect("an answer");
        if lost.is_empty()
            && let Some((lease, until)) = self.held.get_mut(&claim.subject.to_string())
        {
            assert_eq!(*lease, claim.lease, "a lost lease was renewed");
            *until = (*until).max(now + LEASE_MS);
        }
        Answer::Was(lost.is_empty())
    }

    fn finish(&mut self, claim: usize, end: &End, now: i64) -> Answer {
        let Some(claim) = self.claims.get(claim).cloned() else { return Answer::Nothing };
        let ending = Ending { disposition: disposition(end, now), memory: None, records: Vec::new() };
        let finished = self.runtime.block_on(self.store.finish(&claim, ending, moment(now))).expect("an end");
        if finished == Finished::LeaseLost {
            return Answer::LeaseLost;
        }
        let holder = self.held.remove(&claim.subject.to_string());
        assert_eq!(holder.map(|(lease, _)| lease), Some(claim.lease), "only the holder ends a claim");
        if matches!(end, End::Done) {
            self.seen.extend(facts(&claim));
        }
        match finished {
            Finished::Clean => Answer::Clean,
            Finished::Dead => Answer::Dead,
            Finished::Pending | Finished::LeaseLost => Answer::Pending,
        }
    }

    fn rows(&self) -> Vec<WorkRow> {
        self.runtime.block_on(self.store.work(1000)).expect("rows")
    }

    /// Lets every handler end well until nothing is left.
    fn work_off(&mut self, now: i64) {
        while let Some(row) = self.rows().first() {
            if row.state == WorkState::Dead {
                self.runtime.block_on(self.store.retry(&row.subject, moment(now))).expect("a retry");
            }
            let first = self.claims.len();
            assert!(self.claim(10, now) > 0, "{row:?} is never claimed");
            for claim in first..self.claims.len() {
                self.finish(claim, &End::Done, now);
            }
        }
    }
}

fn disposition(end: &End, now: i64) -> Disposition {
    match end {
        End::Done => Disposition::Done,
        End::Later(after) => Disposition::Later { until: moment(now + after), why: "limit".into() },
        End::LookAgain(after) => Disposition::LookAgain { at: moment(now + after) },
        End::Failed { after, max_attempts } => {
            Disposition::Failed { error: "no".into(), retry_at: moment(now + after), max_attempts: *max_attempts }
        }
        End::Rekeyed(to) => Disposition::Rekeyed { to: subject(*to), place: place_of(to.repository) },
        End::Released => Disposition::Released,
    }
}

fn same_claim(claim: &Claim, handed: &Handed) {
    assert_eq!(claim.subject, subject(handed.subject));
    assert_eq!(claim.place, place_of(handed.subject.repository));
    assert_eq!((claim.lane.rank(), claim.revision), (handed.lane, handed.revision), "{}", claim.subject);
    assert_eq!((claim.attempts, claim.missing_since.map(millis)), (handed.attempts, handed.missing_since));
    assert_eq!(facts(claim), handed.facts, "{}", claim.subject);
}

fn same_row(row: &WorkRow, model: &Row) {
    let state = match (model.dead, model.lease) {
        (true, _) => WorkState::Dead,
        (false, Some(_)) => WorkState::Leased,
        (false, None) => WorkState::Waiting,
    };
    let shown = (row.state, row.lane.rank(), millis(row.due_at), row.attempts);
    assert_eq!(shown, (state, model.lane, model.due_at, model.attempts), "{}", row.subject);
}

impl StateMachineTest for Tested {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let backend = sqlite();
        let store = runtime.block_on(backend.open());
        Self {
            runtime,
            backend,
            store,
            claims: Vec::new(),
            held: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    fn apply(mut tested: Self, model: &Model, step: Step) -> Self {
        let answer = tested.take(&step, model.now);
        for (claim, handed) in tested.claims.iter().zip(&model.claims) {
            same_claim(claim, handed);
        }
        assert_eq!(answer, model.answer, "{step:?}");
        tested
    }

    fn check_invariants(tested: &Self, model: &Model) {
        let rows = tested.rows();
        assert_eq!(rows.len(), model.work.len());
        for row in &rows {
            let known = model.work.iter().find(|(target, _)| subject(**target) == row.subject);
            same_row(row, known.expect("the model has it").1);
        }
        let next = tested.runtime.block_on(tested.store.next_due()).expect("an answer");
        assert_eq!(next.map(millis), model.next_due());
    }

    fn teardown(mut tested: Self, model: Model) {
        tested.work_off(model.now + 1_000_000);
        assert_eq!(tested.seen, tested.acknowledged, "every acknowledged event was seen by a handler that ended well");
    }
}
