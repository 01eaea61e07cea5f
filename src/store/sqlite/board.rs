//! Boards and who owns them, and the measures of their outcomes.

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};

use super::convert::{self, Doing as _, PlaceColumns, from_json, maybe_moment, millis, moment, to_json};
use super::dirty::know_places;
use crate::allocation::Measure;
use crate::backlog::{Place, Subject, TrackerName};
use crate::store::{BoardConflict, BoardRow, BoardState, DeclaredBoard, MeasureRow, StoreError};

/// Notes which boards a policy file declares. One that another file declares stays with that one and is told.
pub(super) async fn declare(
    connection: &mut SqliteConnection,
    place: &Place,
    boards: &[DeclaredBoard],
) -> Result<Vec<BoardConflict>, StoreError> {
    know_places(connection, std::iter::once((place, None))).await?;
    let repository = repository_id(connection, place).await?;
    sqlx::query("UPDATE board SET repository_id = NULL WHERE repository_id = ?1")
        .bind(repository)
        .execute(&mut *connection)
        .await
        .doing("noting which boards are declared")?;
    let mut conflicts = Vec::new();
    for board in boards {
        let owner: Option<(i64, String)> = sqlx::query_as(
            "INSERT INTO board (subject, name, repository_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (subject) DO UPDATE SET name = excluded.name,
                 repository_id = coalesce(board.repository_id, excluded.repository_id)
             RETURNING repository_id,
                 (SELECT coalesce(name, repository) FROM repository WHERE repository.id = board.repository_id)",
        )
        .bind(board.subject.to_string())
        .bind(&board.name)
        .bind(repository)
        .fetch_optional(&mut *connection)
        .await
        .doing("noting which boards are declared")?;
        if let Some((id, name)) = owner
            && id != repository
        {
            conflicts.push(BoardConflict { name: board.name.clone(), repository: name });
        }
    }
    Ok(conflicts)
}

async fn repository_id(connection: &mut SqliteConnection, place: &Place) -> Result<i64, StoreError> {
    sqlx::query_scalar("SELECT id FROM repository WHERE tracker = ?1 AND installation = ?2 AND repository = ?3")
        .bind(place.tracker.as_str())
        .bind(&place.installation)
        .bind(&place.repository)
        .fetch_one(connection)
        .await
        .doing("looking up a repository")
}

#[derive(sqlx::FromRow)]
struct Row {
    subject: String,
    name: String,
    #[sqlx(flatten)]
    place: PlaceColumns,
    tracker_id: Option<String>,
    report: Option<String>,
    look_at: Option<i64>,
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
async fn boards_where(readers: &SqlitePool, condition: &str, texts: &[&str]) -> Result<Vec<BoardRow>, StoreError> {
    // The conditions are those of this file; what comes from outside is bound.
    let mut query =
        sqlx::query_as::<_, Row>(AssertSqlSafe(format!("{BOARDS} WHERE {condition} ORDER BY board.subject")));
    for text in texts {
        query = query.bind(*text);
    }
    let rows = query.fetch_all(readers).await.doing("reading boards")?;
    rows.into_iter().map(Row::into_board).collect()
}

/// All boards that somebody declares.
pub(super) async fn all(readers: &SqlitePool) -> Result<Vec<BoardRow>, StoreError> {
    boards_where(readers, "true", &[]).await
}

/// One board, while somebody declares it.
pub(super) async fn load(readers: &SqlitePool, subject: &Subject) -> Result<Option<BoardRow>, StoreError> {
    Ok(boards_where(readers, "board.subject = ?1", &[&subject.to_string()]).await?.pop())
}

/// The boards that the tracker calls this.
pub(super) async fn called(readers: &SqlitePool, tracker: &TrackerName, id: &str) -> Result<Vec<BoardRow>, StoreError> {
    boards_where(readers, "board.tracker_id = ?1 AND repository.tracker = ?2", &[id, tracker.as_str()]).await
}

/// The boards in one of whose unfinished sprints an item is.
pub(super) async fn with_item(readers: &SqlitePool, item: &Subject) -> Result<Vec<BoardRow>, StoreError> {
    let condition = "board.id IN (SELECT stay.board_id FROM stay
        JOIN sprint ON sprint.board_id = stay.board_id AND sprint.start = stay.start
        WHERE stay.item = ?1 AND stay.left_at IS NULL AND sprint.ended = 0)";
    boards_where(readers, condition, &[&item.to_string()]).await
}

/// Notes what has changed of a board.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    subject: &Subject,
    state: &BoardState,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE board SET tracker_id = ?2, report = ?3, look_at = ?4 WHERE subject = ?1")
        .bind(subject.to_string())
        .bind(&state.tracker_id)
        .bind(&state.report)
        .bind(state.look_at.map(millis))
        .execute(connection)
        .await
        .doing("noting a board")?;
    Ok(())
}

/// Notes a measure; earlier ones of its name stay as history. False: there is no such board.
pub(super) async fn set_measure(
    connection: &mut SqliteConnection,
    board: &Subject,
    measure: &Measure,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO measure (board_id, name, set_at, measure) SELECT id, ?2, ?3, ?4 FROM board WHERE subject = ?1",
    )
    .bind(board.to_string())
    .bind(&measure.name)
    .bind(millis(now))
    .bind(to_json(measure)?)
    .execute(connection)
    .await
    .doing("noting a measure")?;
    Ok(done.rows_affected() > 0)
}

/// All measures of a board, newest first.
pub(super) async fn measures(readers: &SqlitePool, board: &Subject) -> Result<Vec<MeasureRow>, StoreError> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "SELECT set_at, measure FROM measure JOIN board ON board.id = measure.board_id
         WHERE board.subject = ?1 ORDER BY seq DESC LIMIT 1000",
    )
    .bind(board.to_string())
    .fetch_all(readers)
    .await
    .doing("reading measures")?;
    rows.iter().map(|(at, measure)| Ok(MeasureRow { measure: from_json(measure)?, set_at: moment(*at)? })).collect()
}
