//! What happens to jobs that share a transaction when one of them, or the transaction, fails. While the writer is held up,
//! what is asked for gathers, and is one batch when it goes on.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::file::{self, Opening};
use super::writer::Writer;
use super::{claim, receive as inbox, statement};
use crate::backlog::{Lane, Place, Subject, SubjectKind, TrackerName};
use crate::store::{Arrival, Intake, Receipt, Signal, StoreError};

fn writer(dir: &TempDir) -> Writer {
    let path = dir.path().join("a.db");
    Writer::start(file::open(&path).unwrap(), Opening::of(&path)).unwrap()
}

/// Holds the writer up until the sender is dropped.
async fn hold_up(writer: &Writer) -> std::sync::mpsc::Sender<()> {
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let (begun, is_held) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let held = writer.write(move |_| {
        begun.take().map(|begun| begun.send(()));
        wait.recv().ok();
        Ok(())
    });
    // What was asked for is done, whether or not somebody waits for it.
    assert!(held.now_or_never().is_none());
    is_held.await.unwrap();
    go_on
}

fn arrival(delivery: usize, size: usize) -> Arrival {
    let tracker = TrackerName::new("github");
    let signal = Signal {
        subject: Subject { tracker: tracker.clone(), kind: SubjectKind::Item, id: format!("1/{delivery}") },
        place: Place { tracker: tracker.clone(), installation: "1".into(), repository: "1".into() },
        repository_name: None,
        lane: Lane::Events,
        event: None,
    };
    Arrival {
        tracker,
        delivery: delivery.to_string(),
        event: "x".repeat(size),
        action: None,
        sender: None,
        received_at: Timestamp::UNIX_EPOCH,
        intake: Intake::Work(vec![signal]),
    }
}

fn run(db: &Connection, sql: &str) -> Result<(), StoreError> {
    statement::execute(db, sql, [], "testing").map(drop)
}

async fn receive(writer: &Writer, arrival: Arrival) -> Result<Receipt, StoreError> {
    writer.write(move |db| inbox::receive(db, &arrival)).await
}

/// How many deliveries, subjects and signals are on disk.
fn counts(dir: &TempDir) -> (i64, i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM work), (SELECT count(*) FROM signal)";
    statement::row(&file::reading(&dir.path().join("a.db")).unwrap(), sql, [], "counting").unwrap().unwrap()
}

#[tokio::test]
async fn a_job_that_fails_undoes_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    let held_up = hold_up(&writer).await;
    let failing = writer.write(|db| {
        run(db, "INSERT INTO tick (schedule, at) VALUES ('half', 1)")?;
        run(db, "INSERT INTO tick (schedule, at) VALUES ('half', NULL)")
    });
    let fine = writer.write(|db| run(db, "INSERT INTO tick (schedule, at) VALUES ('whole', 1)"));
    let deliveries = join_all((0..5).map(|n| receive(&writer, arrival(n, 10))));
    let (failing, fine, deliveries, ()) = tokio::join!(failing, fine, deliveries, async { drop(held_up) });
    assert!(failing.unwrap_err().to_string().contains("NOT NULL"));
    fine.unwrap();
    assert!(deliveries.into_iter().all(|receipt| receipt.unwrap() == Receipt::New));
    assert_eq!(counts(&dir), (5, 5, 5));
    let reader = file::reading(&dir.path().join("a.db")).unwrap();
    let ticks: Vec<String> = statement::values(&reader, "SELECT schedule FROM tick", [], "reading ticks").unwrap();
    assert_eq!(ticks, ["whole"]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_everybody_in_it_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    let held_up = hold_up(&writer).await;
    // A reference to nothing that is only checked at the commit.
    let dangling = writer.write(|db| {
        run(db, "PRAGMA defer_foreign_keys = ON")?;
        run(db, "INSERT INTO signal (subject, inbox_seq) VALUES ('github:item:1/1', 4711)")
    });
    let deliveries = join_all((0..5).map(|n| receive(&writer, arrival(n, 10))));
    let (dangling, deliveries, ()) = tokio::join!(dangling, deliveries, async { drop(held_up) });
    assert!(dangling.unwrap_err().to_string().contains("FOREIGN KEY"));
    assert!(deliveries.iter().all(Result::is_err), "{deliveries:?}");
    assert_eq!(counts(&dir), (0, 0, 0));

    let again = receive(&writer, arrival(1, 10)).await;
    assert_eq!(again.unwrap(), Receipt::New, "the next transaction has a fresh connection");
    assert_eq!(counts(&dir), (1, 1, 1));
}

#[tokio::test]
async fn a_writer_whose_last_commit_failed_is_not_well_until_one_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let db = file::open(&path).unwrap();
    db.busy_timeout(Duration::ZERO).unwrap();
    let other = Opening::of(&path).connect().unwrap();
    let writer = Writer::start(db, Opening::of(&path).waiting_for(Duration::ZERO)).unwrap();
    writer.check().await.unwrap();
    run(&other, "BEGIN IMMEDIATE").unwrap();
    writer.check().await.expect("nothing has failed yet");
    receive(&writer, arrival(1, 10)).await.unwrap_err();
    for _ in 0..2 {
        assert!(writer.check().await.unwrap_err().to_string().contains("locked"));
    }
    run(&other, "ROLLBACK").unwrap();
    writer.check().await.expect("it was well again by itself");
    assert_eq!(receive(&writer, arrival(1, 10)).await.unwrap(), Receipt::New);
    writer.close().await;
    assert!(matches!(writer.check().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn the_transaction_after_a_failure_writes_something_whatever_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    let log = || std::fs::metadata(dir.path().join("a.db-wal")).unwrap().len();
    let nothing = || writer.write(|_| Ok(()));
    // Holds the log open: the last connection that closes would empty it.
    let _other = Opening::of(&dir.path().join("a.db")).connect().unwrap();
    let before = log();
    nothing().await.unwrap();
    assert_eq!(log(), before);
    writer.write(|db| run(db, "ROLLBACK")).await.unwrap_err();
    nothing().await.unwrap();
    let after = log();
    assert!(after > before, "nothing was written that could have failed");
    nothing().await.unwrap();
    assert_eq!(log(), after);
}

#[tokio::test]
async fn a_transaction_is_synced_when_anything_in_it_must_last() {
    const FULL: i64 = 2;
    const NORMAL: i64 = 1;
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    let level = |db: &Connection| statement::value::<i64>(db, "PRAGMA synchronous", [], "testing");
    assert_eq!(writer.note(level).await.unwrap(), NORMAL);
    assert_eq!(writer.write(level).await.unwrap(), FULL);
    assert_eq!(writer.note(level).await.unwrap(), NORMAL);
    let held_up = hold_up(&writer).await;
    let (noted, written) = (writer.note(level), writer.write(level));
    let (noted, written, ()) = tokio::join!(noted, written, async { drop(held_up) });
    assert_eq!((noted.unwrap(), written.unwrap()), (FULL, FULL));
    writer.note(|db| run(db, "ROLLBACK")).await.unwrap_err();
    assert_eq!(writer.note(level).await.unwrap(), FULL, "whether the disk is well again must show");
    assert_eq!(writer.note(level).await.unwrap(), NORMAL);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let cramped = file::open(&path).unwrap();
    cramped.pragma_update(None, "max_page_count", 120).unwrap();
    let writer = Writer::start(cramped, Opening::of(&path)).unwrap();
    let receipts = join_all((0..20).map(|n| receive(&writer, arrival(n, 20_000)))).await;
    let acknowledged = receipts.iter().filter(|receipt| receipt.is_ok()).count();
    assert!(acknowledged < 20, "the disk was large enough");
    let refused = receipts.iter().find_map(|receipt| receipt.as_ref().err()).unwrap();
    assert!(refused.to_string().contains("full"), "{refused}");
    let on_disk = i64::try_from(acknowledged).unwrap();
    assert_eq!(counts(&dir), (on_disk, on_disk, on_disk));
    for (n, receipt) in receipts.iter().enumerate().filter(|(_, receipt)| receipt.is_ok()) {
        assert_eq!(receipt.as_ref().unwrap(), &Receipt::New, "{n}");
    }
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_stop_its_job() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir);
    {
        let mut receive = std::pin::pin!(receive(&writer, arrival(1, 10)));
        assert!(receive.as_mut().now_or_never().is_none());
    }
    writer.close().await;
    assert_eq!(counts(&dir), (1, 1, 1));
}

#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| file::open(&path).unwrap());
            }
        });
    }
}

#[tokio::test]
async fn a_claim_reads_only_the_indexes_of_the_work_table() {
    let dir = tempfile::tempdir().unwrap();
    let db = file::open(&dir.path().join("a.db")).unwrap();
    for query in [claim::DUE, claim::NEXT_DUE] {
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let plan = explain.raw_query().mapped(|row| row.get::<_, String>("detail"));
        let plan: Vec<String> = plan.collect::<Result<_, _>>().unwrap();
        let steps: Vec<&str> = plan.iter().map(String::as_str).filter(|step| step.contains(" work")).collect();
        assert!(!steps.is_empty());
        for step in steps {
            assert!(
                step.contains("COVERING INDEX work_by_repository") || step.contains("PRIMARY KEY (subject=?)"),
                "{step}"
            );
            assert!(!step.contains(" EXISTS "), "this join is left late: {step}");
        }
    }
}
