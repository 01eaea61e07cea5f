//! Snapshot and agreement → report.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::backlog::{CategoryName, Side};
use crate::policy::{Agreement, WeightBy};

use super::history::SprintRecord;
use super::interval::interval;
use super::number::Exact;
use super::report::{
    AgreementChange, Bounds, CategorySum, Changes, Counting, Line, Phase, Report, Target, Totals, Verdict,
};
use super::snapshot::{ItemKind, Member, SprintItem, SprintSnapshot};
use super::suggestions::{demanded, suggestions};
use super::target::target;
use super::weighing::Weighing;

/// For so many sprints a change of the agreement is news.
const LOOKS_BACK: usize = 6;

impl SprintSnapshot {
    /// The report on the sprint as it stands. The same snapshot and agreement give the same report.
    #[must_use]
    pub fn report(&self, agreement: Option<&Agreement>) -> Report {
        let snapshot = &self.with_history_in_order();
        let mut weighing = Weighing::of(snapshot, agreement.map_or(WeightBy::default(), |it| it.weight));
        mark_changes(&mut weighing.lines, snapshot);
        let totals = weighing.totals();
        let share = totals.technical.over(&totals.counted());
        let target = agreement.and_then(|agreement| target(snapshot, agreement, weighing.unit, &totals));
        let verdict = verdict(share.as_ref(), target.as_ref());
        let thresholds = agreement.map(|agreement| agreement.thresholds.as_slice()).unwrap_or_default();
        let suggestions = match (&target, verdict) {
            (Some(target), Some(verdict)) if !snapshot.sprint.is_over(snapshot.today) => {
                suggestions(snapshot, &weighing, &totals, (&target.bounds, verdict), thresholds)
            }
            _ => Vec::new(),
        };
        let current = agreement.and_then(|agreement| agreement.share).map(|share| share.to_string());
        Report {
            board: snapshot.board.clone(),
            planned_by: snapshot.planned_by.clone(),
            sprint: snapshot.sprint.clone(),
            phase: phase(snapshot),
            today: snapshot.today,
            unit: weighing.unit,
            fell_back_to_count: weighing.fell_back_to_count,
            median: weighing.median.clone(),
            share_after: suggestions.last().and_then(|last| last.share_after.clone()),
            points_to_target: target
                .as_ref()
                .and_then(|target| points_to_target(&totals, share.as_ref(), &target.bounds)),
            share,
            interval: interval(&weighing),
            agreement_changed: current.as_deref().and_then(|current| agreement_change(current, &snapshot.earlier)),
            agreement: current,
            target,
            verdict,
            by_category: by_category(&weighing.lines),
            demanded: if snapshot.sprint.is_over(snapshot.today) { Vec::new() } else { demanded(snapshot, thresholds) },
            suggestions,
            changes: changes(snapshot, &weighing.lines),
            carried_over: weighing.lines.iter().filter(|it| it.is_carried_over).map(|it| it.item.id.clone()).collect(),
            lines: in_order(weighing.lines),
            totals,
            earlier: snapshot.earlier.clone(),
            backlog: snapshot.backlog.clone(),
        }
    }

    /// The same with earlier sprints that are really earlier, oldest first, each once.
    fn with_history_in_order(&self) -> Self {
        let is_this = |record: &SprintRecord| match (record.sprint.start, self.sprint.start) {
            (Some(then), Some(now)) => then >= now,
            _ => record.sprint.name == self.sprint.name,
        };
        let mut earlier: Vec<SprintRecord> = Vec::new();
        for record in self.earlier.iter().filter(|record| !is_this(record)) {
            let same = |known: &SprintRecord| match (known.sprint.start, record.sprint.start) {
                (Some(one), Some(other)) => one == other,
                _ => known.sprint.name == record.sprint.name,
            };
            earlier.retain(|known| !same(known));
            earlier.push(record.clone());
        }
        // Stable: records without a date keep their place in the file.
        if earlier.iter().all(|record| record.sprint.start.is_some()) {
            earlier.sort_by_key(|record| record.sprint.start);
        }
        Self { earlier, ..self.clone() }
    }
}

fn phase(snapshot: &SprintSnapshot) -> Phase {
    if snapshot.sprint.is_over(snapshot.today) {
        Phase::Over
    } else if snapshot.sprint.is_to_come(snapshot.today) {
        Phase::Planned
    } else {
        Phase::Running
    }
}

fn verdict(share: Option<&Exact>, target: Option<&Target>) -> Option<Verdict> {
    let Some(share) = share else { return Some(Verdict::Empty) };
    let bounds = &target?.bounds;
    Some(if *share < bounds.min {
        Verdict::Below
    } else if *share > bounds.max {
        Verdict::Above
    } else {
        Verdict::Within
    })
}

/// Below: (min·D − T) / (1 − min). Above: (max·D − T) / (1 − max), which is negative. None where all would have to be
/// technical, and where nothing counts.
fn points_to_target(totals: &Totals, share: Option<&Exact>, bounds: &Bounds) -> Option<Exact> {
    let share = share?;
    let bound = match () {
        () if *share < bounds.min => &bounds.min,
        () if *share > bounds.max => &bounds.max,
        () => return Some(Exact::zero()),
    };
    (bound.clone() * totals.counted() - totals.technical.clone()).over(&(Exact::one() - bound.clone()))
}

fn by_category(lines: &[Line]) -> Vec<CategorySum> {
    let mut sums: BTreeMap<(Option<&CategoryName>, Side), CategorySum> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.counting == Counting::Counted) {
        // Only a share that somebody gave makes an item count without a side.
        let side = line.item.side.unwrap_or(Side::Product);
        let category = line.item.category.as_ref();
        let sum = sums.entry((category, side)).or_insert_with(|| CategorySum {
            category: category.cloned(),
            side,
            items: 0,
            weight: Exact::zero(),
            technical: Exact::zero(),
        });
        sum.items += 1;
        sum.weight = sum.weight.clone() + line.counted();
        sum.technical = sum.technical.clone() + line.technical.clone();
    }
    let mut sums: Vec<CategorySum> = sums.into_values().collect();
    sums.sort_by(|a, b| b.weight.cmp(&a.weight));
    sums
}

/// Technical before product before neutral before unknown before what does not count; heavier before lighter.
fn in_order(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|a, b| {
        let rank = |line: &Line| match line.counting {
            Counting::Counted if line.technical.is_positive() => 0,
            Counting::Counted => 1,
            Counting::Neutral => 2,
            Counting::Unknown => 3,
            Counting::Parent => 4,
            Counting::Cancelled => 5,
            Counting::PullRequest => 6,
        };
        let by_weight = b.technical.cmp(&a.technical).then_with(|| b.weight.cmp(&a.weight));
        rank(a).cmp(&rank(b)).then(by_weight).then_with(|| a.item.id.cmp(&b.item.id))
    });
    lines
}

/// Marks what came after the start, and what the sprint before left.
fn mark_changes(lines: &mut [Line], snapshot: &SprintSnapshot) {
    let committed: Option<HashSet<&str>> =
        snapshot.baseline.as_ref().map(|it| it.members.iter().map(|member| member.id.as_str()).collect());
    let left: HashSet<&str> = snapshot.earlier.last().map_or_else(HashSet::new, |before| {
        before.members.iter().filter(|member| !member.done).map(|member| member.id.as_str()).collect()
    });
    for line in lines.iter_mut().filter(|line| line.item.kind != ItemKind::PullRequest) {
        let id = line.item.id.as_str();
        line.is_added = line.item.added_at.is_some() || committed.as_ref().is_some_and(|there| !there.contains(id));
        line.is_carried_over = left.contains(id);
    }
}

fn changes(snapshot: &SprintSnapshot, lines: &[Line]) -> Changes {
    let ids = |wanted: &dyn Fn(&Line) -> bool| -> Vec<String> {
        lines.iter().filter(|line| wanted(line)).map(|line| line.item.id.clone()).collect()
    };
    let now: HashMap<&str, &SprintItem> = snapshot.items.iter().map(|item| (item.id.as_str(), item)).collect();
    let gone = |member: &&Member| !now.contains_key(member.id.as_str());
    let baseline = snapshot.baseline.as_ref();
    Changes {
        baseline_is_late: baseline.is_some_and(|baseline| baseline.is_late),
        committed: baseline.map(|baseline| baseline.members.clone()),
        added: ids(&|line| line.is_added),
        removed: baseline.map_or_else(Vec::new, |it| it.members.iter().filter(gone).cloned().collect()),
        delivered: ids(&Line::is_done),
        unfinished: ids(&|line| line.is_work() && !line.is_done()),
    }
}

/// The newest record of another agreement, where one is known.
fn agreement_change(current: &str, earlier: &[SprintRecord]) -> Option<AgreementChange> {
    let other = earlier
        .iter()
        .rev()
        .take(LOOKS_BACK)
        .find(|record| record.agreement.as_deref().is_some_and(|text| text != current))?;
    Some(AgreementChange {
        before: other.agreement.clone()?,
        until: other.sprint.name.clone(),
        since: current.to_owned(),
    })
}
