//! One board: its sprints, who is in them, and the report in the team's own tracker.
//!
//! Level-triggered like everything else: whatever made the board dirty, it is read as it stands, what changed since the
//! last look is remembered, and the report is made to say so. A sprint's comment is written once and edited in place.
//!
//! Known races, accepted:
//! - Membership is what was found at each look: what came and went between two looks is not known.
//! - Between looking for the report's issue and opening one, another process may open one too; the older is used from
//!   then on.

mod asked;
mod calendar;
mod notes;
mod readers;
mod report;
mod snapshot;
mod stays;
mod view;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Fact, Lane, Place, Subject};
use crate::decide::ItemMemory;
use crate::policy::Board;
use crate::store::{BoardRow, BoardState, Claim, Disposition, Ending, Record, Signal, SprintRow, StoreError};
use crate::tracker::{BoardView, Errand, SprintDates, Tracker};

use super::Engine;
use super::repository::{Governed, Trouble};

pub(super) use asked::AskedReport;
pub use view::{Preview, PreviewError, WhichSprint};

/// Whoever plans moves many items at once: the board is looked at when they may be done.
const GATHER: SignedDuration = SignedDuration::from_secs(20);
/// So many sprints are remembered for trend and history.
const REMEMBERED: u32 = 60;
/// So many items that could be pulled in are looked at.
const CANDIDATES: u32 = 100;

/// A board at work: who declares it, what was agreed, how it stands.
struct Desk<'a> {
    tracker: &'a dyn Tracker,
    governed: &'a Governed,
    errand: &'a Errand,
    subject: &'a Subject,
    name: &'a str,
    board: &'a Board,
    view: &'a BoardView,
}

impl Engine {
    pub(super) async fn handle_board(&self, tracker: &dyn Tracker, claim: &Claim) -> Result<Ending, StoreError> {
        let mut records = Vec::new();
        match self.tend_board(tracker, claim, &mut records).await {
            Ok(()) => {
                self.outages.over(&claim.place);
                Ok(Ending { disposition: Disposition::Done, memory: None, records })
            }
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Tracker(error)) => self.end_with(tracker, claim, error, records).await,
        }
    }

    async fn tend_board(&self, tracker: &dyn Tracker, claim: &Claim, records: &mut Vec<Record>) -> Result<(), Trouble> {
        if let Some(id) = tracker.board_id(&claim.subject) {
            let boards = self.store.boards_called(&claim.subject.tracker, id).await?;
            return Ok(self.look_soon(boards).await?);
        }
        let Some(row) = self.store.board(&claim.subject).await? else { return Ok(()) };
        let errand = self.errand(claim);
        let governed = self.governed(tracker, &row.place, &errand).await?;
        let Some(board) = declared(tracker, &governed, &row) else { return Ok(()) };
        let view = tracker.board(&governed.repository, &errand, &board.sprints).await?;
        let (subject, name) = (&claim.subject, row.name.as_str());
        let desk = Desk { tracker, governed: &governed, errand: &errand, subject, name, board, view: &view };
        let mut state = BoardState { tracker_id: view.id.clone(), ..row.state };
        self.report(&desk, &mut state, &asked::sprints(&claim.events), records).await?;
        state.look_at = Some(calendar::next_look(&view.sprints, board.time_zone.get(), errand.now));
        self.store.save_board(subject, &state).await?;
        Ok(())
    }

    /// Looks at every sprint that is due to be looked at, and at those that were asked for, and says how it stands.
    async fn report(
        &self,
        desk: &Desk<'_>,
        state: &mut BoardState,
        asked: &[Date],
        records: &mut Vec<Record>,
    ) -> Result<(), Trouble> {
        let today = calendar::day(desk.errand.now, desk.board.time_zone.get());
        let mut known = self.store.sprints(desk.subject, REMEMBERED).await?;
        let page = self.find_page(desk, state).await?;
        if known.is_empty()
            && let Some(page) = &page
        {
            known = self.recall_sprints(desk, page).await?;
        }
        let mut page = page;
        let mut newest = None;
        let due = calendar::to_look_at(&desk.view.sprints, &known, today);
        for dates in asked::besides(&due, &desk.view.sprints, &known, asked) {
            let looked = self.look_at(desk, &dates, &known, today).await?;
            page = self.publish(desk, state, page, looked, &mut known, records).await?;
        }
        for dates in due {
            let looked = self.look_at(desk, &dates, &known, today).await?;
            newest = Some(looked.report.clone());
            page = self.publish(desk, state, page, looked, &mut known, records).await?;
        }
        self.renew_overview(desk, page.as_ref(), newest.as_ref()).await
    }

    /// Makes boards dirty, to be looked at in a moment.
    pub(super) async fn look_soon(&self, boards: Vec<BoardRow>) -> Result<(), StoreError> {
        let due = self.clock.now().checked_add(GATHER).unwrap_or(Timestamp::MAX);
        for board in boards {
            self.store.enqueue(signal(board, Lane::Events), due).await?;
        }
        Ok(())
    }

    /// Makes the boards of this repository dirty that nobody has looked at yet.
    pub(super) async fn look_at_new_boards(&self, place: &Place) -> Result<(), StoreError> {
        let new = |board: &BoardRow| board.place == *place && board.state.look_at.is_none();
        for board in self.store.boards().await?.into_iter().filter(new) {
            self.store.enqueue(signal(board, Lane::Events), self.clock.now()).await?;
        }
        Ok(())
    }

    /// Makes the boards dirty in whose sprints an item is, or may be now, where something of it changed that a report
    /// shows.
    pub(super) async fn tell_boards(
        &self,
        claim: &Claim,
        before: Option<&ItemMemory>,
        after: &ItemMemory,
    ) -> Result<(), StoreError> {
        let may_be_planned = claim.events.iter().any(|event| event.fact == Fact::Touched);
        if !may_be_planned && before.is_some_and(|before| looks_the_same(before, after)) {
            return Ok(());
        }
        // Milestones and labels of a repository: its boards are called by its id.
        let boards = self.store.boards_of(&claim.subject, &claim.place.repository).await?;
        self.look_soon(boards).await
    }

    /// Takes up the boards whose time has come, each tick once, whoever looks.
    pub(super) async fn look_at_boards_in_time(&self, now: Timestamp) -> Result<(), StoreError> {
        for board in self.store.boards().await? {
            let due = board.state.look_at.unwrap_or(Timestamp::UNIX_EPOCH);
            if due <= now {
                let schedule = format!("board {}", board.subject);
                self.store.tick(&schedule, due, vec![signal(board, Lane::Sweeps)]).await?;
            }
        }
        Ok(())
    }
}

/// Whether a report would show an item as before.
fn looks_the_same(before: &ItemMemory, after: &ItemMemory) -> bool {
    let shown = |memory: &ItemMemory| {
        let item = &memory.item;
        let told = (memory.told.statements.clone(), memory.told.weighed_at);
        (item.title.clone(), item.state, item.labels.clone(), memory.side, memory.verdict.clone(), told)
    };
    shown(before) == shown(after)
}

fn signal(board: BoardRow, lane: Lane) -> Signal {
    Signal { subject: board.subject, place: board.place, repository_name: None, lane, event: None }
}

/// The board as the policy in force declares it.
fn declared<'a>(tracker: &dyn Tracker, governed: &'a Governed, row: &BoardRow) -> Option<&'a Board> {
    let boards = &governed.rulebook.policy.boards;
    boards.iter().find(|board| tracker.board_subject(&row.place, &board.sprints) == row.subject)
}

/// What is known of a sprint, or a first row for it.
fn row_of(dates: &SprintDates, known: &[SprintRow]) -> SprintRow {
    let row = known.iter().find(|row| row.start == dates.start).cloned();
    let (start, last, name) = (dates.start, dates.end, dates.name.clone());
    match row {
        Some(row) => SprintRow { last, name, ..row },
        None => SprintRow { start, last, name, baseline: None, note: None, ended: false, record: None },
    }
}
