//! Looks at one sprint, remembers what changed, and lets its comment say so.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::allocation::{Baseline, Line, Measure, PlannedBy, Report, Sprint, SprintItem, SprintRecord, SprintSnapshot};
use crate::backlog::{Lane, Place, Subject};
use crate::decide::Mode;
use crate::policy::ReportIssue;
use crate::store::{BoardState, MeasureRow, Record, Signal, SprintRow, Stay, StoreError};
use crate::tracker::{PlannedItem, ReportItem, ReportNote, SprintDates, TrackerError};

use super::super::Engine;
use super::super::item::is_own_report;
use super::super::repository::Trouble;
use super::snapshot::Planned;
use super::{CANDIDATES, Desk, notes, row_of, snapshot, stays};

/// A sprint that was looked at.
pub(super) struct Looked {
    pub(super) report: Report,
    row: SprintRow,
    changed: Vec<Stay>,
    /// Who is in it and is not remembered.
    unknown: Vec<(Subject, Place)>,
}

impl Engine {
    /// Reads a sprint as it stands.
    pub(super) async fn look_at(
        &self,
        desk: &Desk<'_>,
        dates: &SprintDates,
        known: &[SprintRow],
        today: Date,
    ) -> Result<Looked, Trouble> {
        let mut row = row_of(dates, known);
        let stays = self.store.stays(desk.subject, row.start).await?;
        let planned = self.planned(desk, dates).await?;
        if let Some(baseline) = &mut row.baseline {
            notes::name_again(&mut baseline.members, &planned, &desk.governed.repository);
        }
        let mut snapshot = self.sprint_snapshot(desk, &planned, &row, &stays, known, today).await?;
        let agreement = desk.board.agreement.as_ref();
        let mut report = snapshot.report(agreement);
        if row.baseline.is_none() && row.start <= today {
            let members = members(&report);
            snapshot.baseline = Some(Baseline { taken_at: desk.errand.now, is_late: row.start < today, members });
            report = snapshot.report(agreement);
        }
        let changed = stays::changed(&stays, &members(&report), desk.errand.now);
        let (baseline, record) = (snapshot.baseline, Some(report.record()));
        let unknown = unknown(&planned, &desk.governed.repository.place);
        Ok(Looked { row: SprintRow { baseline, record, ended: row.last < today, ..row }, report, changed, unknown })
    }

    /// What is planned, with what is remembered of it. The bot's own report is no item.
    async fn planned(&self, desk: &Desk<'_>, dates: &SprintDates) -> Result<Vec<Planned>, Trouble> {
        let (repository, errand) = (&desk.governed.repository, desk.errand);
        let found = desk.tracker.planned(repository, errand, &desk.board.sprints, desk.view, dates).await?;
        let me = desk.tracker.me().await?;
        let mut planned = Vec::with_capacity(found.len());
        for read in found.into_iter().filter(|one| !is_own_report(&one.item, &me)) {
            let memory = match &read.subject {
                Some(subject) => self.store.item(subject).await?,
                None => None,
            };
            planned.push(Planned { read, memory });
        }
        Ok(planned)
    }

    async fn sprint_snapshot(
        &self,
        desk: &Desk<'_>,
        planned: &[Planned],
        row: &SprintRow,
        stays: &[Stay],
        known: &[SprintRow],
        today: Date,
    ) -> Result<SprintSnapshot, Trouble> {
        let (repository, errand) = (&desk.governed.repository, desk.errand);
        let started_at = row.baseline.as_ref().map(|baseline| baseline.taken_at);
        let item = |one: &Planned| {
            let came_at = stays::came_at(stays, &snapshot::id(&one.read));
            let added_at = came_at.filter(|came| started_at.is_some_and(|started| started < *came));
            snapshot::planned_item(one, &desk.governed.rulebook, repository, added_at)
        };
        let items: Vec<SprintItem> = planned.iter().map(item).collect();
        let here: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
        let scheduled = [here.clone(), self.planned_next(desk, row.last, today).await?].concat();
        let candidates = self.store.candidates(desk.subject, &scheduled, CANDIDATES).await?;
        let sprint =
            Sprint { name: row.name.clone(), start: Some(row.start), end: Some(row.last), ..Sprint::default() };
        Ok(SprintSnapshot {
            board: desk.name.to_owned(),
            planned_by: PlannedBy::on(&desk.board.sprints, desk.view.sprint_field.as_deref()),
            sprint,
            parents: snapshot::parents(planned),
            items,
            baseline: row.baseline.clone(),
            earlier: records_before(known, row.start),
            candidates: candidates.iter().map(|one| snapshot::candidate(one, repository)).collect(),
            measures: newest(self.store.measures(desk.subject).await?),
            backlog: Some(self.store.technical_backlog(desk.subject, &here, errand.now).await?),
            now: errand.now,
            today,
        })
    }

    /// What is planned for the sprint after one that is not over by its last day: that is in a sprint already, and no candidate.
    async fn planned_next(&self, desk: &Desk<'_>, last: Date, today: Date) -> Result<Vec<String>, Trouble> {
        let next = desk.view.sprints.iter().find(|sprint| last < sprint.start).filter(|_| today <= last);
        let Some(next) = next else { return Ok(Vec::new()) };
        let (repository, errand) = (&desk.governed.repository, desk.errand);
        let planned = desk.tracker.planned(repository, errand, &desk.board.sprints, desk.view, next).await?;
        Ok(planned.iter().map(snapshot::id).collect())
    }

    /// Writes the sprint's comment, and remembers the sprint.
    pub(super) async fn publish(
        &self,
        desk: &Desk<'_>,
        state: &mut BoardState,
        page: Option<ReportItem>,
        looked: Looked,
        known: &mut Vec<SprintRow>,
        records: &mut Vec<Record>,
    ) -> Result<Option<ReportItem>, Trouble> {
        let Looked { report, mut row, changed, unknown } = looked;
        let mut page = page;
        if desk.governed.mode == Mode::Act && desk.board.report.is_some() {
            let shown = match page {
                Some(page) => page,
                None => self.open_page(desk, state, &crate::render::overview_body(&report)).await?,
            };
            let text = crate::render::sprint_comment(&report);
            let (repository, key) = (&desk.governed.repository, notes::sprint_key(row.start));
            let known_note = row.note.as_deref();
            let written =
                desk.tracker.upsert_report_note(repository, desk.errand, &shown, &key, known_note, &text).await;
            if matches!(written, Err(TrackerError::Missing { .. })) {
                self.forget_page(desk, state).await?;
            }
            let note = written?;
            if row.note.as_ref() != Some(&note) {
                records.push(record(desk, &row));
            }
            row.note = Some(note);
            page = Some(shown);
        }
        self.store.save_sprint(desk.subject, &row, &changed).await?;
        if !row.ended {
            self.remember(unknown, desk.errand.now).await?;
        }
        known.retain(|one| one.start != row.start);
        known.push(row);
        known.sort_by_key(|one| one.start);
        Ok(page)
    }

    /// Makes planned items dirty that nobody remembers: they are worked on like any other, and can be candidates later.
    /// Only where the bot is at home; what is on its way already is left alone.
    async fn remember(&self, unknown: Vec<(Subject, Place)>, now: Timestamp) -> Result<(), StoreError> {
        let mut signals = Vec::new();
        for (subject, place) in unknown {
            let is_home = self.store.repository(&place).await?.is_some_and(|known| known.swept_until.is_some());
            if is_home && self.store.work_on(&subject).await?.is_none() {
                signals.push(Signal { subject, place, repository_name: None, lane: Lane::Sweeps, event: None });
            }
        }
        if signals.is_empty() { Ok(()) } else { self.store.enqueue_all(signals, now).await }
    }

    /// The item that carries the report, where there is one already.
    pub(super) async fn find_page(
        &self,
        desk: &Desk<'_>,
        state: &mut BoardState,
    ) -> Result<Option<ReportItem>, Trouble> {
        match &desk.board.report {
            None => Ok(None),
            Some(ReportIssue::Key(key)) => Ok(Some(ReportItem { key: key.clone(), url: None })),
            Some(ReportIssue::Auto) => {
                if let Some(key) = &state.report {
                    return Ok(Some(ReportItem { key: key.clone(), url: None }));
                }
                let (repository, key) = (&desk.governed.repository, notes::report_key(desk.subject));
                let found = desk.tracker.find_report(repository, desk.errand, &key).await?;
                if let Some(found) = &found {
                    state.report = Some(found.key.clone());
                    self.store.save_board(desk.subject, state).await?;
                }
                Ok(found)
            }
        }
    }

    /// Lets the body of the bot's own item say how the newest sprint stands.
    pub(super) async fn renew_overview(
        &self,
        desk: &Desk<'_>,
        page: Option<&ReportItem>,
        report: Option<&Report>,
    ) -> Result<(), Trouble> {
        if let (Some(page), Some(report), Some(ReportIssue::Auto), Mode::Act) =
            (page, report, &desk.board.report, desk.governed.mode)
        {
            let (text, key) = (crate::render::overview_body(report), notes::report_key(desk.subject));
            desk.tracker.write_report(&desk.governed.repository, desk.errand, page, &key, &text).await?;
        }
        Ok(())
    }

    /// Somebody deleted the report's item: the next attempt looks for it and opens another.
    async fn forget_page(&self, desk: &Desk<'_>, state: &mut BoardState) -> Result<(), StoreError> {
        state.report = None;
        self.store.save_board(desk.subject, state).await
    }

    async fn open_page(&self, desk: &Desk<'_>, state: &mut BoardState, overview: &str) -> Result<ReportItem, Trouble> {
        let title = format!("Technical work in the sprints of {}", desk.name);
        let (repository, key) = (&desk.governed.repository, notes::report_key(desk.subject));
        let opened = desk.tracker.open_report(repository, desk.errand, &key, &title, overview).await?;
        state.report = Some(opened.key.clone());
        self.store.save_board(desk.subject, state).await?;
        Ok(opened)
    }

    /// The sprints that earlier comments remember, when the database does not.
    pub(super) async fn recall_sprints(&self, desk: &Desk<'_>, page: &ReportItem) -> Result<Vec<SprintRow>, Trouble> {
        let found = desk.tracker.report_notes(&desk.governed.repository, desk.errand, page).await?;
        let told: Vec<(ReportNote, SprintRecord)> = found
            .into_iter()
            .filter_map(|note| crate::render::read_state(&note.markdown).map(|record| (note, record)))
            .collect();
        let rows = notes::remembered(&told, desk.board.time_zone.get());
        for row in &rows {
            self.store.save_sprint(desk.subject, row, &came_with(row)).await?;
        }
        Ok(rows)
    }
}

/// Those who were in it at its start came then; when the others did is not known any more.
fn came_with(row: &SprintRow) -> Vec<Stay> {
    let Some(baseline) = row.baseline.as_ref().filter(|_| !row.ended) else { return Vec::new() };
    let stay = |member: &crate::allocation::Member| Stay {
        item: member.id.clone(),
        came_at: baseline.taken_at,
        left_at: None,
        member: member.clone(),
    };
    baseline.members.iter().map(stay).collect()
}

/// Planned items that nobody remembers, with where they live. The board's installation sees them, so that is theirs.
fn unknown(planned: &[Planned], home: &Place) -> Vec<(Subject, Place)> {
    let unknown = planned.iter().filter(|one| one.memory.is_none());
    let place = |one: &PlannedItem| Place { repository: one.repository_id.clone(), ..home.clone() };
    unknown.filter_map(|one| Some((one.read.subject.clone()?, place(&one.read)))).collect()
}

fn members(report: &Report) -> Vec<crate::allocation::Member> {
    report.lines.iter().filter(|line| line.is_work()).map(Line::member).collect()
}

fn records_before(known: &[SprintRow], start: Date) -> Vec<SprintRecord> {
    known.iter().filter(|row| row.start < start).filter_map(|row| row.record.clone()).collect()
}

/// Of each name the newest.
fn newest(measures: Vec<MeasureRow>) -> Vec<Measure> {
    let mut newest: Vec<Measure> = Vec::new();
    for row in measures {
        if newest.iter().all(|known| known.name != row.measure.name) {
            newest.push(row.measure);
        }
    }
    newest
}

fn record(desk: &Desk<'_>, row: &SprintRow) -> Record {
    Record {
        at: desk.errand.now,
        subject: desk.subject.to_string(),
        action: format!("comment {}", notes::sprint_key(row.start)),
        reason: format!("the sprint {} has begun", row.name),
        evidence: Vec::new(),
        model_version: desk.governed.rulebook.classifier.version().to_owned(),
        policy_version: desk.governed.rulebook.policy.version.to_string(),
        result: "done".to_owned(),
    }
}
