//! Group commit: one task owns the one connection that writes, and commits everything that waits as one transaction.
//!
//! Durability costs one fsync per commit, not one per delivery: while a commit is on its way to the disk, the next jobs
//! gather, and are committed together. Nobody is answered before the commit.
//!
//! - A job that fails undoes only itself: each runs in a savepoint of its own. Deliveries that follow one another share
//!   one, and are written one by one if that fails.
//! - If the transaction as a whole fails (the disk is full, the file is locked for too long), everybody in it gets the
//!   error, and the connection is replaced before the next one.
//! - After that, each transaction writes something of its own, until one is on the disk: one that has nothing to write
//!   would succeed on a full disk, too. Only then is the writer well again.
//! - A caller that stops waiting does not stop its job: what was asked for is done, and only the answer is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::convert::Doing as _;
use super::receive;
use crate::store::{Arrival, Receipt, StoreError};

/// How many jobs may wait before callers have to.
const WAITING: usize = 1024;
/// How many jobs share a transaction at most.
const BATCH: usize = 512;

/// Writes a page without changing anything: nobody reads this number.
const SOMETHING: &str = "PRAGMA user_version = 0";

type Answer<T> = Result<T, StoreError>;

/// Takes jobs for the writing task.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    is_ailing: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the task. It ends when it is closed or the last handle is dropped; what was sent before is still written.
    pub(super) fn start(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let is_ailing = Arc::new(AtomicBool::new(false));
        let task = Task { connection: Some(connection), options, is_ailing: Arc::clone(&is_ailing) };
        tokio::spawn(task.run(waiting));
        Self { jobs, is_ailing }
    }

    /// Whether what is asked for now would be written, as far as is known. If the last transaction failed, one is tried.
    pub(super) async fn check(&self) -> Answer<()> {
        if self.jobs.is_closed() {
            return Err(StoreError::Closed);
        }
        if self.is_ailing.load(Ordering::Relaxed) {
            return self.write(|_| Box::pin(async { Ok(()) })).await;
        }
        Ok(())
    }

    /// Writes a delivery together with others.
    pub(super) async fn receive(&self, arrival: Arrival) -> Answer<Receipt> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Receive(Box::new(Delivery { arrival, receipt: None, reply }))).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `work` inside the next transaction: all of it is on disk when this answers, or nothing.
    pub(super) async fn write<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Answer<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Write(Box::new(Write { work: Some(work), result: None, reply }))).await?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Writes what was asked for so far and closes the connection; later jobs are refused.
    pub(super) async fn close(&self) {
        let (closed, done) = oneshot::channel();
        if self.jobs.send(Job::Close(closed)).await.is_ok() {
            done.await.ok();
        }
    }

    async fn send(&self, job: Job) -> Answer<()> {
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)
    }
}

enum Job {
    Receive(Box<Delivery>),
    Write(Box<dyn Run>),
    Close(oneshot::Sender<()>),
}

/// A delivery that waits for its commit.
struct Delivery {
    arrival: Arrival,
    receipt: Option<Answer<Receipt>>,
    reply: oneshot::Sender<Answer<Receipt>>,
}

/// Any other job that waits for its commit, whatever it answers.
trait Run: Send {
    /// Writes, and keeps the result until the commit. False: it failed and must be undone.
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool>;
    /// Answers the caller: with the kept result if the commit succeeded.
    fn answer(self: Box<Self>, commit: Answer<()>);
}

struct Write<T, F> {
    work: Option<F>,
    result: Option<Answer<T>>,
    reply: oneshot::Sender<Answer<T>>,
}

impl<T, F> Run for Write<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Answer<T>> + Send,
{
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(connection).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn answer(self: Box<Self>, commit: Answer<()>) {
        self.reply.send(settled(commit, self.result)).ok();
    }
}

/// What a caller hears: its own result, unless the commit that it shared failed.
fn settled<T>(commit: Answer<()>, result: Option<Answer<T>>) -> Answer<T> {
    match result {
        Some(Err(error)) => Err(error),
        result => commit.and_then(|()| result.unwrap_or(Err(StoreError::Closed))),
    }
}

struct Task {
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    /// The last transaction failed.
    is_ailing: Arc<AtomicBool>,
}

impl Task {
    async fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut closing = Vec::new();
        while waiting.recv_many(&mut batch, BATCH).await > 0 {
            let commit = self.transaction(&mut batch).await;
            self.is_ailing.store(commit.is_err(), Ordering::Relaxed);
            if commit.is_err() {
                self.give_up_connection().await;
            }
            for job in batch.drain(..) {
                match job {
                    Job::Receive(delivery) => {
                        delivery.reply.send(settled(commit.clone(), delivery.receipt)).ok();
                    }
                    Job::Write(write) => write.answer(commit.clone()),
                    Job::Close(closed) => {
                        waiting.close();
                        closing.push(closed);
                    }
                }
            }
        }
        if let Some(connection) = self.connection.take() {
            connection.close().await.ok();
        }
        for closed in closing {
            closed.send(()).ok();
        }
    }

    async fn transaction(&mut self, jobs: &mut [Job]) -> Answer<()> {
        let is_ailing = self.is_ailing.load(Ordering::Relaxed);
        let connection = self.connection().await?;
        control(connection, "BEGIN IMMEDIATE").await?;
        if is_ailing {
            control(connection, SOMETHING).await?;
        }
        let together = |a: &Job, b: &Job| matches!((a, b), (Job::Receive(_), Job::Receive(_)));
        for group in jobs.chunk_by_mut(together) {
            match group {
                [Job::Write(write)] => {
                    control(connection, "SAVEPOINT job").await?;
                    let keep = write.run(connection).await;
                    end_savepoint(connection, keep).await?;
                }
                deliveries => receive_all(connection, deliveries).await?,
            }
        }
        control(connection, "COMMIT").await
    }

    async fn connection(&mut self) -> Answer<&mut SqliteConnection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await.doing("opening the database again")?,
        };
        Ok(self.connection.insert(connection))
    }

    /// After a failure: rolls back what is open and starts afresh with the next transaction.
    async fn give_up_connection(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // Fails where SQLite has rolled back by itself; closing would do it, too.
            control(&mut connection, "ROLLBACK").await.ok();
            connection.close().await.ok();
        }
    }
}

/// Writes deliveries with few statements; if that fails, one by one, so that only the one that cannot be written fails.
async fn receive_all(connection: &mut SqliteConnection, jobs: &mut [Job]) -> Answer<()> {
    let mut deliveries: Vec<&mut Delivery> = jobs
        .iter_mut()
        .filter_map(|job| match job {
            Job::Receive(delivery) => Some(&mut **delivery),
            Job::Write(_) | Job::Close(_) => None,
        })
        .collect();
    if receive_together(connection, &mut deliveries).await? {
        return Ok(());
    }
    if deliveries.len() > 1 {
        for delivery in &mut deliveries {
            receive_together(connection, std::slice::from_mut(delivery)).await?;
        }
    }
    Ok(())
}

/// Whether these deliveries were written; their receipts say what became of each. The error is the transaction's.
async fn receive_together(connection: &mut SqliteConnection, deliveries: &mut [&mut Delivery]) -> Answer<bool> {
    if deliveries.is_empty() {
        return Ok(true);
    }
    control(connection, "SAVEPOINT job").await?;
    let arrivals: Vec<&Arrival> = deliveries.iter().map(|delivery| &delivery.arrival).collect();
    let receipts = receive::receive(connection, &arrivals).await;
    end_savepoint(connection, receipts.is_ok()).await?;
    let written = receipts.is_ok();
    match receipts {
        Ok(receipts) => {
            for (delivery, receipt) in deliveries.iter_mut().zip(receipts) {
                delivery.receipt = Some(Ok(receipt));
            }
        }
        Err(error) => {
            for delivery in deliveries {
                delivery.receipt = Some(Err(error.clone()));
            }
        }
    }
    Ok(written)
}

async fn end_savepoint(connection: &mut SqliteConnection, keep: bool) -> Answer<()> {
    if !keep {
        control(connection, "ROLLBACK TO job").await?;
    }
    control(connection, "RELEASE job").await
}

async fn control(connection: &mut SqliteConnection, statement: &'static str) -> Answer<()> {
    sqlx::query(statement).execute(connection).await.doing("writing to the database")?;
    Ok(())
}
