//! A tracker with both its sides.

use std::sync::Arc;

use crate::backlog::{Actor, Fact};
use crate::store::{Arrival, Intake, Signal};

use super::{Tracker, Webhooks};

/// A tracker that the service is connected to.
#[derive(Clone)]
pub struct Connection {
    /// What the engine asks.
    pub tracker: Arc<dyn Tracker>,
    /// What reads its webhooks.
    pub webhooks: Arc<dyn Webhooks>,
}

impl Connection {
    /// The delivery without what only echoes the bot's own writes, so that these make no work. What a crash kept the bot
    /// from remembering is found in the tracker's history.
    #[must_use]
    pub fn without_echoes(&self, arrival: Arrival) -> Arrival {
        match self.tracker.known_me() {
            Some(me) => Arrival { intake: without_echoes_of(&me, arrival.intake), ..arrival },
            None => arrival,
        }
    }
}

fn without_echoes_of(me: &Actor, intake: Intake) -> Intake {
    match intake {
        Intake::Work(signals) => {
            let kept: Vec<Signal> = signals.into_iter().filter(|signal| !is_echo(me, signal)).collect();
            if kept.is_empty() { Intake::Ignored("the bot's own doing".to_owned()) } else { Intake::Work(kept) }
        }
        ignored @ Intake::Ignored(_) => ignored,
    }
}

fn is_echo(me: &Actor, signal: &Signal) -> bool {
    signal.event.as_ref().is_some_and(|event| {
        let writes = matches!(
            event.fact,
            Fact::Labelled { .. }
                | Fact::Unlabelled { .. }
                | Fact::LabelsChanged
                | Fact::Said { .. }
                | Fact::Unsaid { .. }
                | Fact::Touched
        );
        writes && event.by.is(me)
    })
}
