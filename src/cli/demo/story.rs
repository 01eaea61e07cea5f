//! What happens in the demo: a backlog is opened and labelled, and two people disagree.

use crate::backlog::Side;
use crate::decide::ItemMemory;
use crate::sandbox::github::Issue;
use crate::store::Record;

use super::Failure;
use super::backlog::{Expected, STORIES};
use super::stage::Stage;

const POLICY: &str = "\
version: 1
categories:
  infrastructure: { keywords: [dns] }
";

/// How the story ended.
pub(super) struct Ending {
    lines: Vec<String>,
    missing: Vec<String>,
}

impl Ending {
    /// Whether everything came out as expected.
    pub(super) const fn as_expected(&self) -> bool {
        self.missing.is_empty()
    }

    /// What to print.
    pub(super) fn summary(&self) -> Vec<String> {
        let mut lines = self.lines.clone();
        lines.push(String::new());
        if self.as_expected() {
            lines.push("Everything came out as expected.".to_owned());
        } else {
            lines.push("Not as expected:".to_owned());
            lines.extend(self.missing.iter().map(|missing| format!("  {missing}")));
        }
        lines
    }
}

/// Tells the story and checks how it ends.
pub(super) async fn tell(stage: &Stage) -> Result<Ending, Failure> {
    let mut ending = Ending { lines: Vec::new(), missing: Vec::new() };
    stage.shop.create_label("maria", "area/infra", "0052cc", "What the shop runs on");
    stage.shop.commit_file(".github/plimsoll.yml", POLICY);
    stage.comes_to_rest().await?;
    let issues: Vec<Issue> =
        STORIES.iter().map(|story| stage.shop.open(story.author, story.title, story.body)).collect();
    stage.comes_to_rest().await?;
    for (story, issue) in STORIES.iter().zip(&issues) {
        let known = stage.known(issue).await?;
        ending.lines.push(in_words(story.title, issue, known.as_ref()));
        if let Some(missing) = differs(story.expected, issue, known.as_ref().map(|(memory, _)| memory)) {
            ending.missing.push(format!("#{} {}: {missing}", issue.number(), story.title));
        }
    }
    disagree(stage, &issues, &mut ending).await?;
    Ok(ending)
}

fn in_words(title: &str, issue: &Issue, known: Option<&(ItemMemory, Option<Record>)>) -> String {
    let labels = issue.labels().join(", ");
    let why = match known {
        Some((_, Some(record))) => record.reason.clone(),
        Some((memory, None)) => {
            format!("not sure enough ({} %), so it says nothing", (memory.confidence * 100.0).round())
        }
        None => "not seen yet".to_owned(),
    };
    let label = if labels.is_empty() { "no label".to_owned() } else { labels };
    format!("\n#{} {title}\n    {label}: {why}", issue.number())
}

/// What is missing, in words. None: it is as expected.
fn differs(expected: Expected, issue: &Issue, memory: Option<&ItemMemory>) -> Option<String> {
    let labels = issue.labels();
    match expected {
        Expected::Category(category) => {
            let adopted = if category == "infrastructure" { "area/infra" } else { category };
            let found = labels.iter().any(|label| label == adopted || adopts(category, label));
            (!found).then(|| format!("expected {adopted}, found {labels:?}"))
        }
        Expected::Side(name) => {
            let side = memory.and_then(|memory| memory.side).map(Side::name);
            (side != Some(name)).then(|| format!("expected the side {name}, found {side:?}"))
        }
        Expected::Nothing => (!labels.is_empty()).then(|| format!("expected no label, found {labels:?}")),
    }
}

/// GitHub's own default labels, which a new repository has, are adopted.
fn adopts(category: &str, label: &str) -> bool {
    matches!((category, label), ("feature", "enhancement"))
}

/// Lena removes one label, Jonas puts another: people win.
async fn disagree(stage: &Stage, issues: &[Issue], ending: &mut Ending) -> Result<(), Failure> {
    let labelled = |label: &str| issues.iter().find(|issue| issue.labels() == [label]);
    let (Some(vetoed), Some(decided)) = (labelled("area/infra"), labelled("performance")) else {
        ending.missing.push("people could not disagree: the labels to disagree with are missing".to_owned());
        return Ok(());
    };
    vetoed.unlabel("lena", "area/infra");
    decided.label("jonas", "technical-debt");
    stage.comes_to_rest().await?;
    ending.lines.push(format!(
        "\nLena removed area/infra from #{}: {}.",
        vetoed.number(),
        if vetoed.labels().is_empty() { "it stays away" } else { "it came back" }
    ));
    ending.lines.push(format!(
        "Jonas put technical-debt on #{}: it has {} now.",
        decided.number(),
        decided.labels().join(", ")
    ));
    if !vetoed.labels().is_empty() || decided.labels() != ["technical-debt"] {
        ending.missing.push("people did not win".to_owned());
    }
    Ok(())
}
