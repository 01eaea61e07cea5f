//! What `plan OWNER/REPO` and `apply OWNER/REPO` share: a tracker, a clock that can be waited on, and a way to stop.

mod listing;
mod policy;
mod progress;
mod state;

use std::process::ExitCode;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::backlog::{Lane, Repository, Subject, SubjectKind};
use crate::clock::{Clock, SystemClock, Waiting};
use crate::store::StoreError;
use crate::tracker::github::GitHub;
use crate::tracker::{Errand, Missing, Tracker, TrackerError};

use super::Failure;
use super::settings::Settings;

pub use listing::{Backlog, Reader};
pub use policy::{Law, Source};
pub use progress::Progress;

/// So often in a row a tracker that says "later" is asked again.
const TRIES: u32 = 30;
/// What shells expect of a command that Ctrl-C ended.
pub(super) const INTERRUPTED: u8 = 130;
/// The first wait where it names no time, doubled each time up to the last.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(10);
const LAST_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// What a command on a live tracker works with.
#[derive(Clone)]
pub struct Live {
    /// The tracker.
    pub tracker: Arc<dyn Tracker>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Waits on a limit, for as long as the tracker asks.
    pub waiting: Arc<dyn Waiting>,
    /// Cancelled by Ctrl-C.
    pub stop: CancellationToken,
}

/// Why a command on a live tracker ended early.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// Somebody pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// The repository is not there.
    #[error(
        "there is no repository {0}, or the bot may not see it: check the name, and that the App is installed there or the token may read it"
    )]
    NoRepository(String),
    /// There is no policy to go by.
    #[error("{0}")]
    NoPolicy(String),
    /// The tracker refused or failed.
    #[error(transparent)]
    Tracker(TrackerError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file that keeps the progress, or the output, failed.
    #[error("{doing}: {error}")]
    File {
        /// What was being done, to which file.
        doing: String,
        /// What the system said.
        error: std::io::Error,
    },
}

impl Live {
    /// Connects to the tracker that the settings name, and stops at Ctrl-C or SIGTERM. Must be called within a runtime.
    pub(super) fn connect(settings: &Settings) -> Result<Self, Failure> {
        let github = settings.github.as_ref().ok_or(
            "no tracker is connected: set PLIMSOLL_GITHUB_TOKEN (one that may read the repository's issues and contents), or PLIMSOLL_GITHUB_APP_ID with PLIMSOLL_GITHUB_PRIVATE_KEY_FILE; `plimsoll plan --items FILE` needs neither",
        )?;
        let stop = CancellationToken::new();
        tokio::spawn(super::serve::stop_on_signal(stop.clone())?);
        Ok(Self {
            tracker: Arc::new(GitHub::new(&github.adapter)?),
            clock: Arc::new(SystemClock),
            waiting: Arc::new(SystemClock),
            stop,
        })
    }

    /// An errand on a repository as such, after everybody else's.
    pub(super) fn errand(&self, repository: &Repository) -> Errand {
        let id = if repository.place.repository.is_empty() { &repository.name } else { &repository.place.repository };
        let subject = Subject { tracker: self.tracker.name(), kind: SubjectKind::Repository, id: id.clone() };
        Errand { subject, lane: Lane::Sweeps, now: self.clock.now() }
    }

    /// Waits until then, unless somebody wants to stop.
    pub(super) async fn wait_until(&self, moment: Timestamp) -> Result<(), LiveError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(LiveError::Interrupted),
            () = self.waiting.until(moment) => Ok(()),
        }
    }

    /// Reads, and where the tracker says "later" waits and asks again. Gives up on one that never answers.
    pub(super) async fn patiently<T, F>(&self, progress: &mut Progress, ask: impl Fn() -> F) -> Result<T, LiveError>
    where
        F: Future<Output = Result<T, TrackerError>>,
    {
        let mut tries = 0;
        loop {
            let answer = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(LiveError::Interrupted),
                answer = ask() => answer,
            };
            let later = match answer {
                Err(TrackerError::Later { later, .. }) if tries < TRIES => later,
                answer => return answer.map_err(LiveError::Tracker),
            };
            let wait = (FIRST_WAIT * (1 << tries.min(10))).min(LAST_WAIT);
            let until = later.until.or_else(|| self.clock.now().checked_add(wait).ok()).unwrap_or(Timestamp::MAX);
            tries += 1;
            progress.say(&format!("waiting until {} ({})", whole_seconds(until), later.why));
            self.wait_until(until).await?;
        }
    }
}

impl LiveError {
    pub(super) fn of_repository(self, name: &str) -> Self {
        match self {
            Self::Tracker(TrackerError::Missing { what: Missing::Repository, .. }) => {
                Self::NoRepository(name.to_owned())
            }
            other => other,
        }
    }
}

/// How a live command ends: an interruption is told with how to go on, and has the exit code that shells expect.
pub(super) fn exit_code(
    ended: Result<ExitCode, LiveError>,
    progress: &mut Progress,
    how_to_go_on: &str,
) -> Result<ExitCode, Failure> {
    match ended {
        Err(LiveError::Interrupted) => {
            progress.say(&format!("interrupted: {how_to_go_on}"));
            Ok(ExitCode::from(INTERRUPTED))
        }
        ended => Ok(ended?),
    }
}

pub(super) fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
