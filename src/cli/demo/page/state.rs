//! What the page shows, as it stands.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::allocation::SprintRecord;
use crate::backlog::Side;
use crate::decide::ItemMemory;
use crate::render;
use crate::sandbox::github::{Issue, IssueView};
use crate::store::Record;

use super::super::Failure;
use super::super::comment;
use super::super::plans::Plan;
use super::super::report::{BOT, SprintComment};
use super::super::stage::{Stage, zone};
use super::super::team::last_day;

/// An issue with what the service knows of it.
struct Known {
    view: IssueView,
    memory: Option<ItemMemory>,
    record: Option<Record>,
}

pub(super) async fn of(stage: &Stage) -> Result<Value, Failure> {
    let mut known = Vec::new();
    for issue in stage.shop.issues() {
        known.extend(known_of(stage, &issue).await?);
    }
    let sprint = stage.sprint()?;
    Ok(json!({
        "today": stage.now().to_zoned(zone()?).strftime("%A, %-d %B %Y").to_string(),
        "sprint": sprint.map(|plan| json!({
            "name": plan.name,
            "last_day": last_day(plan).strftime("%-d %B").to_string(),
        })),
        "next": stage.next()?.map(|plan| plan.name),
        "report": report(stage)?,
        "board": board(stage, sprint, &known),
        "issues": known.iter().rev().map(issue).collect::<Vec<_>>(),
    }))
}

/// None: the bot's own.
async fn known_of(stage: &Stage, issue: &Issue) -> Result<Option<Known>, Failure> {
    let Some(view) = issue.view().filter(|view| view.author != BOT) else { return Ok(None) };
    let known = stage.known(issue).await?;
    let (memory, record) = known.map_or((None, None), |(memory, record)| (Some(memory), record));
    Ok(Some(Known { view, memory, record }))
}

fn issue(known: &Known) -> Value {
    let memory = known.memory.as_ref();
    json!({
        "number": known.view.number,
        "title": known.view.title,
        "labels": known.view.labels,
        "open": known.view.open,
        "own": memory.map(|memory| memory.own_marks.clone()),
        "side": side(known),
        "confidence": memory.map(|memory| memory.confidence),
        "evidence": memory.map(|memory| memory.evidence.clone()),
        "reason": known.record.as_ref().map(|record| record.reason.clone()),
    })
}

fn side(known: &Known) -> Option<Side> {
    known.memory.as_ref().and_then(|memory| memory.side)
}

/// The issue of the report with its comments, newest sprint first.
fn report(stage: &Stage) -> Result<Option<Value>, Failure> {
    let Some(view) = stage.report().and_then(|report| report.view()) else { return Ok(None) };
    let comments = stage.sprint_comments();
    let records: Vec<SprintRecord> = comments.iter().map(|one| one.record.clone()).collect();
    let mut shown = Vec::new();
    for (index, one) in comments.iter().enumerate() {
        let chart = records.get(..=index).and_then(render::trend_svg);
        shown.push(commented(one, chart.as_deref())?);
    }
    shown.reverse();
    let overview = comment::html(view.body.as_deref().unwrap_or_default(), render::trend_svg(&records).as_deref());
    Ok(Some(json!({ "number": view.number, "title": view.title, "html": overview, "comments": shown })))
}

fn commented(one: &SprintComment, chart: Option<&str>) -> Result<Value, Failure> {
    let zone = zone()?;
    let moment = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%-d %B, %H:%M").to_string();
    let (written, edited) = (one.comment.created_at, one.comment.updated_at);
    Ok(json!({
        "id": one.comment.id,
        "sprint": one.record.sprint.name,
        "written": moment(written),
        "edited": (written < edited).then(|| moment(edited)),
        "html": comment::html(&one.comment.body, chart),
    }))
}

/// The running sprint, and what could come into it: what the comment asks to move stands first.
fn board(stage: &Stage, sprint: Option<&'static Plan>, known: &[Known]) -> Value {
    let inside: Vec<u64> =
        sprint.map(|plan| stage.inside(plan).iter().map(Issue::number).collect()).unwrap_or_default();
    let asked = sprint.and_then(|plan| stage.comment_on(plan)).map(|one| comment::asked_for(&one.comment.body));
    let asked = asked.unwrap_or_default();
    let card = |known: &&Known| {
        json!({
            "number": known.view.number,
            "title": known.view.title,
            "points": points(&known.view),
            "side": side(known),
            "open": known.view.open,
            "asked": asked.contains(&known.view.number),
        })
    };
    let (here, elsewhere): (Vec<&Known>, Vec<&Known>) =
        known.iter().partition(|known| inside.contains(&known.view.number));
    let mut elsewhere: Vec<&Known> = elsewhere.into_iter().filter(|known| known.view.open).collect();
    elsewhere.sort_by_key(|known| (!asked.contains(&known.view.number), side(known) != Some(Side::Technical)));
    json!({
        "inside": here.iter().map(card).collect::<Vec<_>>(),
        "backlog": elsewhere.iter().map(card).collect::<Vec<_>>(),
    })
}

fn points(view: &IssueView) -> Option<&str> {
    view.labels.iter().find_map(|label| label.strip_prefix("points/"))
}
