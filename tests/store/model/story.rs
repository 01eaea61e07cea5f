//! The steps of a story, and how stories are made up.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::reference::Model;

/// How long a lease lasts.
pub(crate) const LEASE_MS: i64 = 1_000;
/// How many repositories there are; every other one belongs to the second installation.
const REPOSITORIES: usize = 4;

/// One of the subjects of the stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) repository: usize,
    pub(crate) number: u32,
}

impl Target {
    pub(crate) fn name(self) -> String {
        format!("github:item:{}/{}", self.repository, self.number)
    }

    pub(crate) fn installation_of(repository: usize) -> usize {
        repository % 2
    }
}

/// How a claim ends; times are counted from now.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Done,
    Later(i64),
    LookAgain(i64),
    Failed { after: i64, max_attempts: u32 },
    Rekeyed(Target),
    Released,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A delivery comes, for the first time or again.
    Receive {
        delivery: u32,
        subject: Target,
        lane: i64,
    },
    Enqueue {
        subject: Target,
        lane: i64,
        after: i64,
    },
    Claim {
        limit: usize,
    },
    /// Claims are named by their number; most that are chosen are recent ones.
    Renew {
        claim: usize,
    },
    Finish {
        claim: usize,
        end: End,
    },
    Pause {
        installation: usize,
        millis: i64,
    },
    Retry {
        subject: Target,
    },
    /// Time passes; leases may run out, as if their workers had crashed.
    Wait {
        millis: i64,
    },
    /// The process dies and starts again.
    Reopen,
}

fn target() -> impl Strategy<Value = Target> {
    (0..REPOSITORIES, 0..3u32).prop_map(|(repository, number)| Target { repository, number })
}

fn end() -> impl Strategy<Value = End> {
    let after = 0..1_500i64;
    prop_oneof![
        4 => Just(End::Done),
        1 => after.clone().prop_map(End::Later),
        1 => after.clone().prop_map(End::LookAgain),
        2 => (after, 1..4u32).prop_map(|(after, max_attempts)| End::Failed { after, max_attempts }),
        1 => target().prop_map(End::Rekeyed),
        1 => Just(End::Released),
    ]
}

/// One of the last claims, or any.
fn claim(handed: usize) -> BoxedStrategy<usize> {
    prop_oneof![4 => handed.saturating_sub(6)..=handed, 1 => 0..=handed].boxed()
}

impl ReferenceStateMachine for Model {
    type State = Model;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::new()).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Step> {
        let handed = model.claims.len();
        let next = u32::try_from(model.deliveries.len()).expect("few deliveries");
        let delivery = prop_oneof![4 => Just(next), 1 => 0..=next];
        prop_oneof![
            8 => (delivery, target(), 0..3i64)
                .prop_map(|(delivery, subject, lane)| Step::Receive { delivery, subject, lane }),
            2 => (target(), 0..3i64, 0..1_500i64)
                .prop_map(|(subject, lane, after)| Step::Enqueue { subject, lane, after }),
            6 => (0..5usize).prop_map(|limit| Step::Claim { limit }),
            1 => claim(handed).prop_map(|claim| Step::Renew { claim }),
            8 => (claim(handed), end()).prop_map(|(claim, end)| Step::Finish { claim, end }),
            1 => (0..2usize, 0..1_500i64).prop_map(|(installation, millis)| Step::Pause { installation, millis }),
            1 => target().prop_map(|subject| Step::Retry { subject }),
            3 => (0..1_500i64).prop_map(|millis| Step::Wait { millis }),
            1 => Just(Step::Reopen),
        ]
        .boxed()
    }

    fn apply(mut model: Model, step: &Step) -> Model {
        model.step(step);
        model
    }
}
