//! What the engine counts, for whoever watches the service. Labels have few values, all known here: nothing that users,
//! policies or trackers name becomes one.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use crate::backlog::SubjectKind;
use crate::decide::{Action, ItemMemory, Mode, Verdict};
use crate::store::{Disposition, Finished};

/// Counts since the process began.
#[derive(Debug, Default)]
pub struct Tally {
    /// Runs of subjects, by how they ended.
    pub runs: Family<RunLabels, Counter>,
    /// Items whose category was decided, or decided otherwise than before.
    pub decisions: Family<DecisionLabels, Counter>,
    /// The bot's decisions that people put right.
    pub corrections: Family<CorrectionLabels, Counter>,
    /// What the bot wrote to trackers.
    pub writes: Family<WriteLabels, Counter>,
}

/// A run: of what kind of subject, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RunLabels {
    kind: &'static str,
    outcome: &'static str,
}

/// A decision: whose it is, and whether the bot may act on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct DecisionLabels {
    by: &'static str,
    mode: &'static str,
}

/// A correction: what a person did to the bot's category.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CorrectionLabels {
    how: &'static str,
}

/// A write: of what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct WriteLabels {
    action: &'static str,
}

impl Tally {
    /// A run ended.
    pub(super) fn ran(&self, kind: SubjectKind, outcome: &'static str) {
        self.runs.get_or_create(&RunLabels { kind: kind.name(), outcome }).inc();
    }

    /// An item's category was looked at. What stays as it was counts once.
    pub(super) fn decided(&self, before: Option<&ItemMemory>, now: &ItemMemory, mode: Mode) {
        if before.is_none_or(|before| before.verdict != now.verdict) {
            let mode = match mode {
                Mode::Act => "act",
                Mode::Observe => "observe",
            };
            self.decisions.get_or_create(&DecisionLabels { by: by(&now.verdict), mode }).inc();
        }
        if let Some(how) = correction(before, now) {
            self.corrections.get_or_create(&CorrectionLabels { how }).inc();
        }
    }

    /// A step was carried out.
    pub(super) fn wrote(&self, action: &Action) {
        let action = match action {
            Action::Mark { .. } | Action::Label { .. } => "add_label",
            Action::Unmark { .. } => "remove_label",
            Action::Open { .. } => "open",
            Action::Acknowledge { .. } | Action::Unacknowledge { .. } => "acknowledge",
            Action::Note { .. } => "comment",
            Action::RemoveNote { .. } => "remove_comment",
            Action::Weigh { .. } => "weigh",
            Action::Close { .. } => "close",
        };
        self.writes.get_or_create(&WriteLabels { action }).inc();
    }
}

/// How a run ended, in one word.
pub(super) const fn outcome(disposition: &Disposition, finished: Finished) -> &'static str {
    match (finished, disposition) {
        (Finished::LeaseLost, _) => "lease_lost",
        (Finished::Dead, _) => "dead",
        (_, Disposition::Done) => "done",
        (_, Disposition::Later { .. }) => "later",
        (_, Disposition::LookAgain { .. }) => "look_again",
        (_, Disposition::Failed { .. }) => "failed",
        (_, Disposition::Rekeyed { .. }) => "moved",
        (_, Disposition::Released) => "released",
    }
}

const fn by(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Person { .. } => "person",
        Verdict::Bot { .. } => "bot",
        Verdict::Nobody => "nobody",
    }
}

/// What a person did to the category that the bot had decided: put another, or took it away.
fn correction(before: Option<&ItemMemory>, now: &ItemMemory) -> Option<&'static str> {
    let before = before?;
    let Verdict::Bot { category } = &before.verdict else { return None };
    match &now.verdict {
        Verdict::Person { category: put, .. } if put != category => Some("replaced"),
        Verdict::Nobody if now.decisions.len() > before.decisions.len() => Some("removed"),
        _ => None,
    }
}
