//! `plimsoll report OWNER/REPO|BOARD`: a sprint's report as its board stands now. Reads the service's database and the
//! tracker, and writes nothing to either.

use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::clock::{Clock as _, Random, SystemClock};
use crate::engine::{Engine, EngineOptions, WhichSprint};
use crate::store;
use crate::tracker::Tracker;
use crate::tracker::github::GitHub;

use super::Failure;
use super::report::{self, ReportFormat};
use super::settings::Settings;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) board: &'a str,
    pub(super) sprint: Option<&'a str>,
    pub(super) now: Option<Timestamp>,
    pub(super) format: ReportFormat,
}

impl Question<'_> {
    fn sprint(&self) -> WhichSprint {
        match self.sprint {
            None | Some("current") => WhichSprint::Current,
            Some("next") => WhichSprint::Next,
            Some(name) => WhichSprint::Named(name.to_owned()),
        }
    }
}

pub(super) async fn run(settings: &Settings, question: Question<'_>) -> Result<ExitCode, Failure> {
    let github = settings.github.as_ref().ok_or(
        "no tracker is connected: set PLIMSOLL_GITHUB_APP_ID with PLIMSOLL_GITHUB_PRIVATE_KEY_FILE, or PLIMSOLL_GITHUB_TOKEN",
    )?;
    let tracker: Arc<dyn Tracker> = Arc::new(GitHub::new(&github.adapter)?);
    let store = store::open_existing(&settings.database_url).await?;
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(Random::from_system()?));
    let engine = Engine::new(store, vec![tracker], clock, entropy, EngineOptions::default());
    let now = question.now.unwrap_or_else(|| SystemClock.now());
    let preview = engine.preview(question.board, &question.sprint(), now).await?;
    report::print(&preview.report, question.format, &|id| Value::from(id))?;
    Ok(ExitCode::SUCCESS)
}
