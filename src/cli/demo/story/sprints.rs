//! The second chapter: what was agreed, what is in the sprint, what the comment asks for, and what becomes of it.

use crate::allocation::{SprintRecord, Verdict};
use crate::sandbox::github::Issue;

use super::super::Failure;
use super::super::comment::{asked_for, text};
use super::super::plans::Plan;
use super::super::report::SprintComment;
use super::super::stage::{Stage, zone};
use super::super::team::title;
use super::{Ending, POLICY_FILE, VISITOR, labels};

const POLICY: &str = "\
version: 1
categories:
  infrastructure: { keywords: [dns] }
sprints: { project: spokes/1 }
time_zone: Europe/Vienna
agreement: { share: 20%..30% }
report: { issue: auto }
";
/// So many lines of a comment are its verdict, and its verdict with the bar.
const VERDICT: usize = 1;
const VERDICT_AND_BAR: usize = 3;
/// So many sprints later the trend is looked at.
const SPRINTS_LATER: usize = 3;

/// The team agrees on a share while a sprint runs, and the next one starts below it.
pub(super) async fn begin(stage: &Stage, ending: &mut Ending) -> Result<(), Failure> {
    stage.set_up_board();
    stage.comes_to_rest().await?;
    stage.shop.commit_file(POLICY_FILE, POLICY);
    stage.comes_to_rest().await?;
    let (Some(plan), Some(report)) = (stage.sprint()?, stage.report()) else {
        ending.expect(false, "no report was opened");
        return Ok(());
    };
    ending.say(format!(
        "\n{}: the team writes down what it has agreed: 20 % to 30 % of each sprint is technical work.\n\
         The bot opens #{}, pins it, and says of {}, which runs already:",
        day(stage)?,
        report.number(),
        plan.name,
    ));
    ending.expect(report.is_pinned(), "the report was not pinned");
    quote(stage, plan, ending, VERDICT);
    if let Some(plan) = next_sprint(stage, ending).await? {
        let verdict = stage.comment_on(plan).and_then(|one| one.record.verdict);
        ending.expect(verdict == Some(Verdict::Below), "the sprint did not start below what was agreed");
        ending.say(format!("\n{}: {} begins, below what was agreed. One new comment says:", day(stage)?, plan.name));
        quote(stage, plan, ending, usize::MAX);
    }
    Ok(())
}

/// The visitor does what the comment asks for; the comment follows; three sprints later the trend shows it.
pub(super) async fn go_on(stage: &Stage, ending: &mut Ending) -> Result<(), Failure> {
    if let Some(plan) = stage.sprint()? {
        let moved = pull_in(stage, plan, ending).await?;
        ending.say(format!("\nYou pull in {}. The same comment, edited in place, says now:", moved.join(" and ")));
        quote(stage, plan, ending, VERDICT_AND_BAR);
        ending.say(String::new());
    }
    for _ in 0..SPRINTS_LATER {
        let Some(plan) = next_sprint(stage, ending).await? else { break };
        let begins = format!("{}: {} begins with {}", day(stage)?, plan.name, share(stage, plan));
        let moved = pull_in(stage, plan, ending).await?;
        ending.say(if moved.is_empty() {
            format!("{begins}, as agreed: nothing is to be done.")
        } else {
            format!("{begins}; you pull in {}: {}.", moved.join(" and "), share(stage, plan))
        });
    }
    let records: Vec<SprintRecord> = stage.sprint_comments().into_iter().map(|one| one.record).collect();
    ending.say("\nThree sprints later the trend shows it (agreed: 20 % to 30 %):");
    for record in &records {
        ending.say(column(record));
    }
    let turned = matches!(records.as_slice(), [first, rest @ ..] if first.verdict == Some(Verdict::Below)
        && rest.len() == SPRINTS_LATER + 1 && rest.iter().all(|one| one.verdict == Some(Verdict::Within)));
    ending.expect(turned, "the trend does not show one sprint below and all others as agreed");
    let newest = stage.sprint_comments().pop();
    let drawn = newest.is_some_and(|newest| newest.comment.body.contains("```mermaid"));
    ending.expect(drawn, "the newest comment draws no trend");
    Ok(())
}

/// The next sprint begins as the team plans it.
async fn next_sprint(stage: &Stage, ending: &mut Ending) -> Result<Option<&'static Plan>, Failure> {
    let plan = stage.next_sprint().await?;
    if let Some(plan) = plan {
        for story in plan.stories {
            let Some(issue) = stage.shop.issues().into_iter().find(|it| title(it).as_deref() == Some(story.title))
            else {
                continue;
            };
            let known = stage.known(&issue).await?;
            labels::judge(story, &issue, known.as_ref().map(|(memory, _)| memory), ending);
        }
    }
    Ok(plan)
}

/// Moves what the comment asks for, and says what that was.
async fn pull_in(stage: &Stage, plan: &'static Plan, ending: &mut Ending) -> Result<Vec<String>, Failure> {
    let Some(SprintComment { comment: before, .. }) = stage.comment_on(plan) else { return Ok(Vec::new()) };
    let asked: Vec<Issue> = asked_for(&before.body).into_iter().map(|number| stage.shop.issue(number)).collect();
    for issue in &asked {
        stage.plan(VISITOR, issue, Some(plan));
    }
    stage.comes_to_rest().await?;
    let after = stage.comment_on(plan);
    let is_other = after.as_ref().is_some_and(|after| after.comment.body != before.body);
    let in_place = after.as_ref().is_some_and(|after| after.comment.id == before.id);
    ending.expect(in_place && is_other != asked.is_empty(), "the comment did not follow in its place");
    let agreed = after.is_some_and(|after| after.record.verdict == Some(Verdict::Within));
    ending.expect(agreed, "a sprint is not as agreed although all was done that its comment asked for");
    Ok(asked.iter().map(|issue| format!("#{} {}", issue.number(), title(issue).unwrap_or_default())).collect())
}

/// Says the first lines of a sprint's comment, below its heading.
fn quote(stage: &Stage, plan: &Plan, ending: &mut Ending, lines: usize) {
    let Some(one) = stage.comment_on(plan) else {
        ending.expect(false, "a sprint has no comment");
        return;
    };
    for line in text(&one.comment.body).iter().skip(1).take(lines) {
        ending.say(format!("    {line}"));
    }
}

fn share(stage: &Stage, plan: &Plan) -> String {
    let share = stage.comment_on(plan).and_then(|one| one.record.share());
    share.map_or_else(|| "nothing".to_owned(), |share| format!("{:.0} %", share.to_f64() * 100.0))
}

/// A sprint as a line of the trend.
fn column(record: &SprintRecord) -> String {
    let percent = record.share().map_or(0.0, |share| share.to_f64() * 100.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 50")]
    let bar = "█".repeat((percent / 2.0).round() as usize);
    format!("    {:<10} {bar} {percent:.0} %", record.sprint.name)
}

fn day(stage: &Stage) -> Result<String, Failure> {
    Ok(stage.now().to_zoned(zone()?).strftime("%A, %-d %B %Y").to_string())
}
