//! The first chapter: a backlog is opened and labelled, and two people disagree.

use jiff::SignedDuration;

use crate::backlog::Side;
use crate::decide::ItemMemory;
use crate::sandbox::github::Issue;
use crate::store::Record;

use super::super::Failure;
use super::super::backlog::{Expected, STORIES, Story};
use super::super::stage::Stage;
use super::{Ending, POLICY_FILE};

const POLICY: &str = "\
version: 1
categories:
  infrastructure: { keywords: [dns] }
";
/// What is older than the policy is left alone.
const A_WHILE: SignedDuration = SignedDuration::from_mins(1);

pub(super) async fn tell(stage: &Stage, ending: &mut Ending) -> Result<(), Failure> {
    stage.shop.create_label("maria", "area/infra", "0052cc", "What the shop runs on");
    stage.shop.commit_file(POLICY_FILE, POLICY);
    stage.comes_to_rest().await?;
    stage.later(A_WHILE);
    let issues: Vec<Issue> = STORIES.iter().map(|story| stage.open(story)).collect();
    stage.comes_to_rest().await?;
    for (story, issue) in STORIES.iter().zip(&issues) {
        let known = stage.known(issue).await?;
        ending.lines.push(in_words(story.title, issue, known.as_ref()));
        judge(story, issue, known.as_ref().map(|(memory, _)| memory), ending);
    }
    disagree(stage, &issues, ending).await
}

/// Notes where the bot says something else of an issue than is expected.
pub(super) fn judge(story: &Story, issue: &Issue, memory: Option<&ItemMemory>, ending: &mut Ending) {
    if let Some(missing) = differs(story.expected, issue, memory) {
        ending.missing.push(format!("#{} {}: {missing}", issue.number(), story.title));
    }
}

/// The labels without the estimate, which people put.
fn labels(issue: &Issue) -> Vec<String> {
    issue.labels().into_iter().filter(|label| !label.starts_with("points/")).collect()
}

fn in_words(title: &str, issue: &Issue, known: Option<&(ItemMemory, Option<Record>)>) -> String {
    let labels = labels(issue).join(", ");
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
    let labels = labels(issue);
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
    let labelled = |label: &str| issues.iter().find(|issue| labels(issue) == [label]);
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
        if labels(vetoed).is_empty() { "it stays away" } else { "it came back" }
    ));
    ending.lines.push(format!(
        "Jonas put technical-debt on #{}: it has {} now.",
        decided.number(),
        labels(decided).join(", ")
    ));
    if !labels(vetoed).is_empty() || labels(decided) != ["technical-debt"] {
        ending.missing.push("people did not win".to_owned());
    }
    Ok(())
}
