//! Boards and who owns them, and the measures of their outcomes.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::convert::{self, PlaceColumns, from_json, maybe_moment, millis, moment, to_json};
use super::dirty::know_place;
use super::statement;
use crate::allocation::Measure;
use crate::backlog::{Place, Subject, TrackerName};
use crate::store::{BoardConflict, BoardRow, BoardState, DeclaredBoard, MeasureRow, StoreError};

/// Notes which boards a policy file declares. One that another file declares stays with that one and is told.
pub(super) fn declare(
    db: &Connection,
    place: &Place,
    boards: &[DeclaredBoard],
) -> Result<Vec<BoardConflict>, StoreError> {
    let repository = know_place(db, place, None)?;
    statement::execute(
        db,
        "UPDATE board SET repository_id = NULL WHERE repository_id = ?1",
        params![repository],
        "noting which boards are declared",
    )?;
    let mut conflicts = Vec::new();
    for board in boards {
        let owner: Option<(i64, String)> = statement::row(
            db,
            "INSERT INTO board (subject, name, repository_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (subject) DO UPDATE SET name = excluded.name,
                 repository_id = coalesce(board.repository_id, excluded.repository_id)
             RETURNING repository_id,
                 (SELECT coalesce(name, repository) FROM repository WHERE repository.id = board.repository_id)",
            params![board.subject.to_string(), &board.name, repository],
            "noting which boards are declared",
        )?;
        if let Some((id, name)) = owner
            && id != repository
        {
            conflicts.push(BoardConflict { name: board.name.clone(), repository: name });
        }
    }
    Ok(conflicts)
}

struct Row {
    subject: String,
    name: String,
    place: PlaceColumns,
    tracker_id: Option<String>,
    report: Option<String>,
    look_at: Option<i64>,
}

impl TryFrom<&rusqlite::Row<'_>> for Row {
    type Error = rusqlite::Error;

    fn try_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            subject: row.get("subject")?,
            name: row.get("name")?,
            place: PlaceColumns::try_from(row)?,
            tracker_id: row.get("tracker_id")?,
            report: row.get("report")?,
            look_at: row.get("look_at")?,
        })
    }
}

impl Row {
    fn into_board(self) -> Result<BoardRow, StoreError> {
        let state =
            BoardState { tracker_id: self.tracker_id, report: self.report, look_at: maybe_moment(self.look_at)? };
        Ok(BoardRow { subject: convert::subject(&self.subject)?, name: self.name, place: self.place.into(), state })
    }
}

const BOARDS: &str =
    "SELECT board.subject, board.name, repository.tracker, repository.installation, repository.repository,
        board.tracker_id, board.report, board.look_at
    FROM board JOIN repository ON repository.id = board.repository_id";

/// Declared boards, each condition with the texts that it is about.
fn boards_where(db: &Connection, condition: &str, texts: &[&str]) -> Result<Vec<BoardRow>, StoreError> {
    // The conditions are those of this file; what comes from outside is bound.
    let sql = format!("{BOARDS} WHERE {condition} ORDER BY board.subject");
    let rows: Vec<Row> = statement::rows(db, &sql, rusqlite::params_from_iter(texts), "reading boards")?;
    rows.into_iter().map(Row::into_board).collect()
}

/// All boards that somebody declares.
pub(super) fn all(db: &Connection) -> Result<Vec<BoardRow>, StoreError> {
    boards_where(db, "true", &[])
}

/// One board, while somebody declares it.
pub(super) fn load(db: &Connection, subject: &Subject) -> Result<Option<BoardRow>, StoreError> {
    Ok(boards_where(db, "board.subject = ?1", &[&subject.to_string()])?.pop())
}

/// The boards that the tracker calls this.
pub(super) fn called(db: &Connection, tracker: &TrackerName, id: &str) -> Result<Vec<BoardRow>, StoreError> {
    boards_where(db, "board.tracker_id = ?1 AND repository.tracker = ?2", &[id, tracker.as_str()])
}

/// Whether anybody declares a board at all.
fn are_declared(db: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM board WHERE repository_id IS NOT NULL)";
    statement::value(db, sql, [], "looking for boards")
}

/// The boards that an item concerns: those in one of whose unfinished sprints it is, and those that the tracker calls this.
pub(super) fn of_item(db: &Connection, item: &Subject, id: &str) -> Result<Vec<BoardRow>, StoreError> {
    // Most teams have none or one, and this is asked for every item that changes.
    if !are_declared(db)? {
        return Ok(Vec::new());
    }
    let mut boards = with_item(db, item)?;
    boards.extend(called(db, &item.tracker, id)?);
    boards.sort_by(|one, other| one.subject.cmp(&other.subject));
    boards.dedup_by(|one, other| one.subject == other.subject);
    Ok(boards)
}

/// The boards in one of whose unfinished sprints an item is.
fn with_item(db: &Connection, item: &Subject) -> Result<Vec<BoardRow>, StoreError> {
    let condition = "board.id IN (SELECT stay.board_id FROM stay
        JOIN sprint ON sprint.board_id = stay.board_id AND sprint.start = stay.start
        WHERE stay.item = ?1 AND stay.left_at IS NULL AND sprint.ended = 0)";
    boards_where(db, condition, &[&item.to_string()])
}

/// Notes what has changed of a board.
pub(super) fn note(db: &Connection, subject: &Subject, state: &BoardState) -> Result<(), StoreError> {
    statement::execute(
        db,
        "UPDATE board SET tracker_id = ?2, report = ?3, look_at = ?4 WHERE subject = ?1",
        params![subject.to_string(), &state.tracker_id, &state.report, state.look_at.map(millis)],
        "noting a board",
    )?;
    Ok(())
}

/// Notes a measure; earlier ones of its name stay as history. False: there is no such board.
pub(super) fn set_measure(
    db: &Connection,
    board: &Subject,
    measure: &Measure,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = statement::execute(
        db,
        "INSERT INTO measure (board_id, name, set_at, measure) SELECT id, ?2, ?3, ?4 FROM board WHERE subject = ?1",
        params![board.to_string(), &measure.name, millis(now), to_json(measure)?],
        "noting a measure",
    )?;
    Ok(done > 0)
}

/// All measures of a board, newest first.
pub(super) fn measures(db: &Connection, board: &Subject) -> Result<Vec<MeasureRow>, StoreError> {
    let rows: Vec<(i64, String)> = statement::rows(
        db,
        "SELECT set_at, measure FROM measure JOIN board ON board.id = measure.board_id
         WHERE board.subject = ?1 ORDER BY seq DESC LIMIT 1000",
        params![board.to_string()],
        "reading measures",
    )?;
    rows.iter().map(|(at, measure)| Ok(MeasureRow { measure: from_json(measure)?, set_at: moment(*at)? })).collect()
}
