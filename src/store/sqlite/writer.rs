//! Group commit: one thread owns the one connection that writes, and commits everything that waits as one transaction.
//! A thread of its own, because SQLite blocks: a job costs one change of threads, however many statements it has.
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

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::convert::{Doing as _, database};
use super::file::Opening;
use super::receive;
use crate::store::{Arrival, Receipt, StoreError};

/// How many jobs may wait before callers have to.
const WAITING: usize = 1024;
/// How many jobs share a transaction at most.
const BATCH: usize = 512;

/// Writes a page without changing anything: nobody reads this number.
const SOMETHING: &str = "PRAGMA application_id = 0";

type Answer<T> = Result<T, StoreError>;

/// Takes jobs for the writing task.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    is_ailing: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. It ends when it is closed or the last handle is dropped; what was sent before is still written.
    pub(super) fn start(connection: Connection, opening: Opening) -> Answer<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let is_ailing = Arc::new(AtomicBool::new(false));
        let task = Task { connection: Some(connection), opening, is_ailing: Arc::clone(&is_ailing) };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || task.run(waiting))
            .map_err(|error| database("starting the thread that writes to the database", &error))?;
        Ok(Self { jobs, is_ailing })
    }

    /// Whether what is asked for now would be written, as far as is known. If the last transaction failed, one is tried.
    pub(super) async fn check(&self) -> Answer<()> {
        if self.jobs.is_closed() {
            return Err(StoreError::Closed);
        }
        if self.is_ailing.load(Ordering::Relaxed) {
            return self.write(|_| Ok(())).await;
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
        F: FnOnce(&Connection) -> Answer<T> + Send + 'static,
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
    fn run(&mut self, db: &Connection) -> bool;
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
    F: FnOnce(&Connection) -> Answer<T> + Send,
{
    fn run(&mut self, db: &Connection) -> bool {
        if let Some(work) = self.work.take() {
            self.result = Some(work(db));
        }
        matches!(self.result, Some(Ok(_)))
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
    connection: Option<Connection>,
    opening: Opening,
    /// The last transaction failed.
    is_ailing: Arc<AtomicBool>,
}

impl Task {
    fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut closing = Vec::new();
        while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
            let commit = self.transaction(&mut batch);
            self.is_ailing.store(commit.is_err(), Ordering::Relaxed);
            if commit.is_err() {
                self.give_up_connection();
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
        // Closed before anybody hears of it.
        drop(self.connection.take());
        for closed in closing {
            closed.send(()).ok();
        }
    }

    fn transaction(&mut self, jobs: &mut [Job]) -> Answer<()> {
        let is_ailing = self.is_ailing.load(Ordering::Relaxed);
        let db = self.connection()?;
        control(db, "BEGIN IMMEDIATE")?;
        if is_ailing {
            control(db, SOMETHING)?;
        }
        let together = |a: &Job, b: &Job| matches!((a, b), (Job::Receive(_), Job::Receive(_)));
        for group in jobs.chunk_by_mut(together) {
            match group {
                [Job::Write(write)] => {
                    control(db, "SAVEPOINT job")?;
                    let keep = write.run(db);
                    end_savepoint(db, keep)?;
                }
                deliveries => receive_all(db, deliveries)?,
            }
        }
        control(db, "COMMIT")
    }

    fn connection(&mut self) -> Answer<&Connection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.opening.connect()?,
        };
        Ok(self.connection.insert(connection))
    }

    /// After a failure: rolls back what is open, by closing, and starts afresh with the next transaction.
    fn give_up_connection(&mut self) {
        drop(self.connection.take());
    }
}

/// Writes deliveries with few statements; if that fails, one by one, so that only the one that cannot be written fails.
fn receive_all(db: &Connection, jobs: &mut [Job]) -> Answer<()> {
    let mut deliveries: Vec<&mut Delivery> = jobs
        .iter_mut()
        .filter_map(|job| match job {
            Job::Receive(delivery) => Some(&mut **delivery),
            Job::Write(_) | Job::Close(_) => None,
        })
        .collect();
    if receive_together(db, &mut deliveries)? {
        return Ok(());
    }
    if deliveries.len() > 1 {
        for delivery in &mut deliveries {
            receive_together(db, std::slice::from_mut(delivery))?;
        }
    }
    Ok(())
}

/// Whether these deliveries were written; their receipts say what became of each. The error is the transaction's.
fn receive_together(db: &Connection, deliveries: &mut [&mut Delivery]) -> Answer<bool> {
    if deliveries.is_empty() {
        return Ok(true);
    }
    control(db, "SAVEPOINT job")?;
    let arrivals: Vec<&Arrival> = deliveries.iter().map(|delivery| &delivery.arrival).collect();
    let receipts = receive::receive(db, &arrivals);
    end_savepoint(db, receipts.is_ok())?;
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

fn end_savepoint(db: &Connection, keep: bool) -> Answer<()> {
    if !keep {
        control(db, "ROLLBACK TO job")?;
    }
    control(db, "RELEASE job")
}

fn control(db: &Connection, sql: &str) -> Answer<()> {
    db.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).doing("writing to the database")?;
    Ok(())
}
