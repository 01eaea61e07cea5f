//! `plimsoll apply OWNER/REPO`: takes a backlog over, after a summary and a confirmation. Nothing else ever does.
//!
//! Every item goes through the store's queue, one at a time, and is decided on anew from how it stands then. So it keeps
//! to what the service keeps to, and an interruption leaves at most the item in hand in the queue.
//!
//! Known races:
//! - A service on the same database: it takes the items up itself, at its own pace, and this command only hands them out
//!   and watches. Whether one runs is looked at before each item, by trying its lock; a service that starts in that very
//!   moment finds the lock taken and has to be started again.
//! - A service on another database: both write at their own pace, and GitHub's limits, obeyed when they come, hold them
//!   together. Marks that the other one put count as its word in the tracker's history, if it is the same account.
//! - Two of these commands at once: whoever is first marks an item, the other finds nothing to do.
//! - People at work: what they change after the summary is seen when the item's turn comes, and they win.

mod summary;
mod tasks;
mod work;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use crate::backlog::{Lane, Repository};
use crate::clock::{Entropy, Random};
use crate::engine::{Engine, EngineOptions, Rulebook};
use crate::store::{self, Store, StoreError};

use super::live::{Law, Live, LiveError, Progress, Source, exit_code};
use super::plan::ReadingArguments;
use super::settings::Settings;
use super::{Failure, rulebook};

pub use summary::{Result as Achieved, Summary};
use work::Work;

#[derive(Debug, Args)]
pub(super) struct ApplyArguments {
    /// The repository.
    #[arg(value_name = "OWNER/REPO")]
    repository: String,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Change at most so many items, those first that nobody has changed for longest.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Go by this policy file instead of the repository's own.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

/// What is asked for.
pub struct Request {
    /// `acme/shop`.
    pub repository: String,
    /// A policy that goes before the repository's own.
    pub policy: Option<Rulebook>,
    /// Only what was updated since.
    pub since: Option<Timestamp>,
    /// So many items are changed at most.
    pub limit: Option<usize>,
    /// The folder that keeps how far the listing came.
    pub state: PathBuf,
}

/// What a take-over works with besides the tracker.
pub struct Means {
    /// Where items are queued and remembered.
    pub store: Arc<dyn Store>,
    /// Makes leases.
    pub entropy: Arc<dyn Entropy>,
    /// Whether a service works on this store.
    pub is_served: Box<dyn Fn() -> bool + Send + Sync>,
}

pub(super) async fn run(settings: &Settings, arguments: &ApplyArguments) -> Result<ExitCode, Failure> {
    let live = Live::connect(settings)?;
    let request = Request {
        repository: arguments.repository.clone(),
        policy: arguments.policy.as_deref().map(|path| rulebook::read(Some(path))).transpose()?,
        since: arguments.reading.since,
        limit: arguments.limit,
        state: arguments.reading.state.clone().unwrap_or_else(|| settings.data_folder()),
    };
    if !arguments.yes && !io::stdin().is_terminal() {
        return Err("nobody can be asked here: look at `plimsoll plan` first, then say --yes".into());
    }
    let url = settings.database_url.clone();
    let means = Means {
        store: store::open(&url).await?,
        entropy: Arc::new(Random::from_system()?),
        is_served: Box::new(move || matches!(store::lock_for_serving(&url), Err(StoreError::InUse(_)))),
    };
    let mut progress = Progress::on_stderr();
    let confirm = |summary: &Summary| say(&summary.to_string()) && (arguments.yes || is_confirmed());
    let ended = take_over(&live, &means, request, &mut progress, confirm).await;
    progress.clear();
    means.store.close().await;
    let code = ended.map(|achieved| report(achieved.as_ref()));
    exit_code(code, &mut progress, "the same command goes on where this one ended")
}

fn report(achieved: Option<&Achieved>) -> ExitCode {
    match achieved {
        None => {
            say("Nothing was written.");
            ExitCode::SUCCESS
        }
        Some(achieved) => {
            say(&achieved.to_string());
            if achieved.was_interrupted {
                ExitCode::from(super::live::INTERRUPTED)
            } else if achieved.left_over.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Whether it could be said.
fn say(text: &str) -> bool {
    writeln!(io::stdout(), "{}", text.trim_end()).is_ok()
}

fn is_confirmed() -> bool {
    let asked = write!(io::stdout(), "Do this now? [y/N] ").and_then(|()| io::stdout().flush());
    let mut answer = String::new();
    asked.is_ok() && io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Reads the backlog, shows the summary, and does what was confirmed. None: there was nothing to do or it was refused.
pub async fn take_over(
    live: &Live,
    means: &Means,
    request: Request,
    progress: &mut Progress,
    confirm: impl FnOnce(&Summary) -> bool,
) -> Result<Option<Achieved>, LiveError> {
    let repository = find(live, &request.repository, progress).await?;
    let law = Law::find(live, &repository, request.policy, progress).await?;
    let must_be_ours = match &law.source {
        Source::Nowhere(why) => return Err(no_policy(&repository, why)),
        Source::Named if (means.is_served)() => return Err(served_otherwise()),
        Source::Named => true,
        Source::Observing => return Err(only_observes(&repository)),
        Source::Own | Source::Shared => false,
    };
    let found = tasks::find(
        live,
        &*means.store,
        &law,
        tasks::Scope {
            repository: repository.clone(),
            since: request.since,
            limit: request.limit,
            state: request.state,
        },
        progress,
    )
    .await?;
    progress.clear();
    let pace = |writes| live.tracker.time_to_write(Lane::Sweeps, writes);
    let summary = Summary::of(&repository, &found, &law.rulebook, &pace);
    if !confirm(&summary) || found.tasks.is_empty() {
        return Ok(None);
    }
    let engine = engine(live, means, must_be_ours.then_some(law.rulebook));
    let work = Work { live, means, engine, repository, serves_too: !must_be_ours };
    work.through(found.tasks, progress).await.map(Some)
}

async fn find(live: &Live, name: &str, progress: &mut Progress) -> Result<Repository, LiveError> {
    let found = live.patiently(progress, || live.tracker.find(name, Lane::Sweeps, live.clock.now())).await;
    found.map_err(|error| error.of_repository(name))
}

fn engine(live: &Live, means: &Means, imposed: Option<Rulebook>) -> Engine {
    let engine = Engine::new(
        Arc::clone(&means.store),
        vec![Arc::clone(&live.tracker)],
        Arc::clone(&live.clock),
        Arc::clone(&means.entropy),
        EngineOptions::default(),
    );
    match imposed {
        Some(rulebook) => engine.under(Arc::new(rulebook)),
        None => engine,
    }
}

fn no_policy(repository: &Repository, why: &str) -> LiveError {
    LiveError::NoPolicy(format!(
        "{}: {why}; merge one (.github/plimsoll.yml, `version: 1` is enough), or name one with --policy; `plimsoll plan` shows what the defaults would do",
        repository.name
    ))
}

fn only_observes(repository: &Repository) -> LiveError {
    LiveError::NoPolicy(format!(
        "{}: by its policy the bot only observes (`mode: observe`): take that out, or name another policy with --policy",
        repository.name
    ))
}

fn served_otherwise() -> LiveError {
    LiveError::NoPolicy(
        "a service runs on this database and goes by the repository's own policy: merge the policy there, or stop the service while --policy is used".to_owned(),
    )
}
