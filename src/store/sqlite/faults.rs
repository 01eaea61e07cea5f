//! What happens to jobs that share a transaction when one of them, or the transaction, fails. On one thread all jobs that
//! are sent before the first wait are one batch.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use jiff::Timestamp;
use sqlx::SqliteConnection;
use tempfile::TempDir;

use super::convert::Doing as _;
use super::writer::Writer;
use super::{claim, file};
use crate::backlog::{Lane, Place, Subject, SubjectKind, TrackerName};
use crate::store::{Arrival, Intake, Receipt, Signal, StoreError};

async fn writer(dir: &TempDir) -> Writer {
    let path = dir.path().join("a.db");
    Writer::start(file::open(&path).await.unwrap(), file::writing(&path))
}

fn arrival(delivery: usize, payload: usize) -> Arrival {
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
        event: "issues".into(),
        action: None,
        sender: None,
        payload: Bytes::from(vec![b'x'; payload]),
        received_at: Timestamp::UNIX_EPOCH,
        intake: Intake::Work(vec![signal]),
    }
}

async fn run(db: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql).execute(db).await.doing("testing")?;
    Ok(())
}

/// How many deliveries, subjects and signals are on disk.
async fn counts(dir: &TempDir) -> (i64, i64, i64) {
    let readers = file::readers(&dir.path().join("a.db")).await.unwrap();
    sqlx::query_as("SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM work), (SELECT count(*) FROM signal)")
        .fetch_one(&readers)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_job_that_fails_undoes_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir).await;
    let failing = writer.write(|db| {
        Box::pin(async move {
            run(db, "INSERT INTO tick (schedule, at) VALUES ('half', 1)").await?;
            run(db, "INSERT INTO tick (schedule, at) VALUES ('half', NULL)").await
        })
    });
    let fine = writer.write(|db| Box::pin(run(db, "INSERT INTO tick (schedule, at) VALUES ('whole', 1)")));
    let deliveries = join_all((0..5).map(|n| writer.receive(arrival(n, 10))));
    let (failing, fine, deliveries) = tokio::join!(failing, fine, deliveries);
    assert!(failing.unwrap_err().to_string().contains("NOT NULL"));
    fine.unwrap();
    assert!(deliveries.into_iter().all(|receipt| receipt.unwrap() == Receipt::New));
    assert_eq!(counts(&dir).await, (5, 5, 5));
    let ticks: Vec<String> = sqlx::query_scalar("SELECT schedule FROM tick")
        .fetch_all(&file::readers(&dir.path().join("a.db")).await.unwrap())
        .await
        .unwrap();
    assert_eq!(ticks, ["whole"]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_everybody_in_it_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir).await;
    // A reference to nothing that is only checked at the commit.
    let dangling = writer.write(|db| {
        Box::pin(async move {
            run(db, "PRAGMA defer_foreign_keys = ON").await?;
            run(db, "INSERT INTO signal (subject, inbox_seq) VALUES ('github:item:1/1', 4711)").await
        })
    });
    let deliveries = join_all((0..5).map(|n| writer.receive(arrival(n, 10))));
    let (dangling, deliveries) = tokio::join!(dangling, deliveries);
    assert!(dangling.unwrap_err().to_string().contains("FOREIGN KEY"));
    assert!(deliveries.iter().all(Result::is_err), "{deliveries:?}");
    assert_eq!(counts(&dir).await, (0, 0, 0));

    let again = writer.receive(arrival(1, 10)).await;
    assert_eq!(again.unwrap(), Receipt::New, "the next transaction has a fresh connection");
    assert_eq!(counts(&dir).await, (1, 1, 1));
}

#[tokio::test]
async fn a_writer_whose_last_commit_failed_is_not_well_until_one_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let db = file::open(&path).await.unwrap();
    let mut other = file::connect(&path).await.unwrap();
    let writer = Writer::start(db, file::writing(&path).busy_timeout(Duration::ZERO));
    writer.check().await.unwrap();
    writer.write(|db| Box::pin(run(db, "PRAGMA busy_timeout = 0"))).await.unwrap();
    run(&mut other, "BEGIN IMMEDIATE").await.unwrap();
    writer.check().await.expect("nothing has failed yet");
    writer.receive(arrival(1, 10)).await.unwrap_err();
    for _ in 0..2 {
        assert!(writer.check().await.unwrap_err().to_string().contains("locked"));
    }
    run(&mut other, "ROLLBACK").await.unwrap();
    writer.check().await.expect("it was well again by itself");
    assert_eq!(writer.receive(arrival(1, 10)).await.unwrap(), Receipt::New);
    writer.close().await;
    assert!(matches!(writer.check().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn the_transaction_after_a_failure_writes_something_whatever_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir).await;
    let log = || std::fs::metadata(dir.path().join("a.db-wal")).unwrap().len();
    let nothing = || writer.write(|_| Box::pin(async { Ok(()) }));
    // Holds the log open: the last connection that closes would empty it.
    let _other = file::connect(&dir.path().join("a.db")).await.unwrap();
    let before = log();
    nothing().await.unwrap();
    assert_eq!(log(), before);
    writer.write(|db| Box::pin(run(db, "ROLLBACK"))).await.unwrap_err();
    nothing().await.unwrap();
    let after = log();
    assert!(after > before, "nothing was written that could have failed");
    nothing().await.unwrap();
    assert_eq!(log(), after);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let mut cramped = file::open(&path).await.unwrap();
    run(&mut cramped, "PRAGMA max_page_count = 120").await.unwrap();
    let writer = Writer::start(cramped, file::writing(&path));
    let receipts = join_all((0..20).map(|n| writer.receive(arrival(n, 20_000)))).await;
    let acknowledged = receipts.iter().filter(|receipt| receipt.is_ok()).count();
    assert!(acknowledged < 20, "the disk was large enough");
    let refused = receipts.iter().find_map(|receipt| receipt.as_ref().err()).unwrap();
    assert!(refused.to_string().contains("full"), "{refused}");
    let on_disk = i64::try_from(acknowledged).unwrap();
    assert_eq!(counts(&dir).await, (on_disk, on_disk, on_disk));
    for (n, receipt) in receipts.iter().enumerate().filter(|(_, receipt)| receipt.is_ok()) {
        assert_eq!(receipt.as_ref().unwrap(), &Receipt::New, "{n}");
    }
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_stop_its_job() {
    let dir = tempfile::tempdir().unwrap();
    let writer = writer(&dir).await;
    {
        let mut receive = std::pin::pin!(writer.receive(arrival(1, 10)));
        assert!(receive.as_mut().now_or_never().is_none());
    }
    writer.close().await;
    assert_eq!(counts(&dir).await, (1, 1, 1));
}

#[tokio::test]
async fn a_claim_reads_only_the_indexes_of_the_work_table() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = file::open(&dir.path().join("a.db")).await.unwrap();
    for query in [claim::DUE, claim::NEXT_DUE] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&mut db).await.unwrap();
        let steps: Vec<&str> = plan.iter().map(|step| step.3.as_str()).filter(|step| step.contains(" work")).collect();
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
