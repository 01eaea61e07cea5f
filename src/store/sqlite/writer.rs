//! Group commit: one thread owns the one connection that writes, and commits everything that waits as one transaction.
//! A thread of its own, because SQLite blocks: a job costs one change of threads, however many statements it has.
//!
//! Durability costs one fsync per commit, not one per delivery: while a commit is on its way to the disk, the next jobs
//! gather, and are committed together. Nobody is answered before the commit.
//!
//! - A job that fails undoes only itself. That is rare, and so is what it costs: everything is undone and done again, each
//!   job in a savepoint of its own. A job may therefore run twice, and must change nothing but the database.
//! - What a machine without power may forget is not synced on its own, but with the next job that must not be forgotten.
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
use crate::store::StoreError;

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
        let task =
            Task { connection: Some(connection), opening, syncs: OnDisk::Now, is_ailing: Arc::clone(&is_ailing) };
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

    /// Runs `work` inside the next transaction: all of it is on disk when this answers, or nothing.
    pub(super) async fn write<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Answer<T> + Send + 'static,
    {
        self.run(work, OnDisk::Now).await
    }

    /// The same for what can be found out again: a crash of the machine may undo the newest of it, the end of this process
    /// nothing. What was written before something that is on disk is there too.
    pub(super) async fn note<T, F>(&self, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Answer<T> + Send + 'static,
    {
        self.run(work, OnDisk::Later).await
    }

    async fn run<T, F>(&self, work: F, on_disk: OnDisk) -> Answer<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Answer<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Write(Box::new(Write { work, result: None, reply }), on_disk)).await?;
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

/// When a transaction has to be on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnDisk {
    /// Before anybody hears of it.
    Now,
    /// With the next one that has to be.
    Later,
}

enum Job {
    Write(Box<dyn Run>, OnDisk),
    Close(oneshot::Sender<()>),
}

/// A job that waits for its commit, whatever it answers.
trait Run: Send {
    /// Writes, and keeps the result until the commit. False: it failed and must be undone.
    fn run(&mut self, db: &Connection) -> bool;
    /// Answers the caller: with the kept result if the commit succeeded.
    fn answer(self: Box<Self>, commit: Answer<()>);
}

struct Write<T, F> {
    work: F,
    result: Option<Answer<T>>,
    reply: oneshot::Sender<Answer<T>>,
}

impl<T, F> Run for Write<T, F>
where
    T: Send + 'static,
    F: FnMut(&Connection) -> Answer<T> + Send,
{
    fn run(&mut self, db: &Connection) -> bool {
        self.result.insert((self.work)(db)).is_ok()
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
    /// How the connection syncs.
    syncs: OnDisk,
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
                    Job::Write(write, _) => write.answer(commit.clone()),
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
        let must_last = is_ailing || jobs.iter().any(|job| matches!(job, Job::Write(_, OnDisk::Now)));
        self.sync(if must_last { OnDisk::Now } else { OnDisk::Later })?;
        let db = self.connection()?;
        begin(db, is_ailing)?;
        if !all_together(db, jobs) {
            // Some failures have ended the transaction already.
            if !db.is_autocommit() {
                control(db, "ROLLBACK")?;
            }
            begin(db, is_ailing)?;
            one_by_one(db, jobs)?;
        }
        control(db, "COMMIT")
    }

    /// Says how the next transaction is to be synced.
    fn sync(&mut self, on_disk: OnDisk) -> Answer<()> {
        if self.syncs == on_disk {
            return Ok(());
        }
        let level = match on_disk {
            OnDisk::Now => "FULL",
            OnDisk::Later => "NORMAL",
        };
        // Never kept prepared: it takes effect while it is compiled.
        self.connection()?.pragma_update(None, "synchronous", level).doing("writing to the database")?;
        self.syncs = on_disk;
        Ok(())
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
        // As the next one is opened.
        self.syncs = OnDisk::Now;
    }
}

fn begin(db: &Connection, is_ailing: bool) -> Answer<()> {
    control(db, "BEGIN IMMEDIATE")?;
    if is_ailing {
        control(db, SOMETHING)?;
    }
    Ok(())
}

/// Whether all of them succeeded; if not, nothing of it may stay.
fn all_together(db: &Connection, jobs: &mut [Job]) -> bool {
    jobs.iter_mut().all(|job| match job {
        Job::Write(write, _) => write.run(db),
        Job::Close(_) => true,
    })
}

fn one_by_one(db: &Connection, jobs: &mut [Job]) -> Answer<()> {
    for job in jobs {
        if let Job::Write(write, _) = job {
            control(db, "SAVEPOINT job")?;
            if !write.run(db) {
                control(db, "ROLLBACK TO job")?;
            }
            control(db, "RELEASE job")?;
        }
    }
    Ok(())
}

fn control(db: &Connection, sql: &str) -> Answer<()> {
    db.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).doing("writing to the database")?;
    Ok(())
}
