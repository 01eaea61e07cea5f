//! How much a tracker was asked and how much may still be asked, for whoever watches the service.

use std::sync::atomic::{AtomicU64, Ordering};

/// What was asked of a tracker since the process began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many calls of which kind ended how; only what has happened.
    pub calls: Vec<(CallKind, CallResult, u64)>,
    /// What is left of the tracker's limit, for the installation that has the least left.
    pub quota: Option<Quota>,
}

/// Whether a call reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// It changes nothing.
    Read,
    /// It changes something.
    Write,
}

impl CallKind {
    const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The name, for metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// As asked.
    Ok,
    /// Nothing has changed since the last time; it costs no limit.
    NotModified,
    /// The tracker refused: not found, not allowed, not understood, moved.
    Refused,
    /// The tracker said "later".
    Limited,
    /// No answer, or an error of the tracker's own.
    Failed,
}

impl CallResult {
    const ALL: [Self; 5] = [Self::Ok, Self::NotModified, Self::Refused, Self::Limited, Self::Failed];

    /// The name, for metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotModified => "not_modified",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::Failed => "failed",
        }
    }
}

/// An installation's limit in its present window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many calls it allows.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
}

/// Counts calls.
#[derive(Debug, Default)]
pub struct CallCounter([AtomicU64; CallKind::ALL.len() * CallResult::ALL.len()]);

impl CallCounter {
    /// Counts one call.
    pub fn count(&self, kind: CallKind, result: CallResult) {
        if let Some(counter) = self.0.get(Self::place(kind, result)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was counted so far, without what never happened.
    #[must_use]
    pub fn counted(&self) -> Vec<(CallKind, CallResult, u64)> {
        let all = CallKind::ALL.into_iter().flat_map(|kind| CallResult::ALL.map(|result| (kind, result)));
        all.zip(&self.0)
            .map(|((kind, result), counter)| (kind, result, counter.load(Ordering::Relaxed)))
            .filter(|(_, _, count)| *count > 0)
            .collect()
    }

    const fn place(kind: CallKind, result: CallResult) -> usize {
        kind as usize * CallResult::ALL.len() + result as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{CallCounter, CallKind, CallResult};

    #[test]
    fn every_kind_and_result_is_counted_apart() {
        let counter = CallCounter::default();
        let mut expected = Vec::new();
        for (nth, (kind, result)) in
            CallKind::ALL.into_iter().flat_map(|kind| CallResult::ALL.map(|result| (kind, result))).enumerate()
        {
            for _ in 0..nth {
                counter.count(kind, result);
            }
            if nth > 0 {
                expected.push((kind, result, u64::try_from(nth).unwrap()));
            }
        }
        assert_eq!(counter.counted(), expected);
    }
}
