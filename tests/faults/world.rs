//! One simulated GitHub with a service that can die at any request and is started again on the same database.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use plimsoll::clock::{Clock as _, ManualClock, Random, SystemClock};
use plimsoll::engine::EngineOptions;
use plimsoll::sandbox::github::{GitHub, Options};
use plimsoll::service::Service;
use plimsoll::store::{self, Store, WorkState};
use plimsoll::tracker::Connection;
use plimsoll::tracker::github::{self as adapter, BaseUrl, Credentials, GitHubWebhooks, Settings};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::clocks::WrongClock;

/// Of real time: whoever works longer at one moment of the story does so for ever.
const FOR_EVER: Duration = Duration::from_mins(1);
/// Of real time: how long the service waits for an answer that never comes.
const PATIENCE: Duration = Duration::from_millis(400);

pub(crate) struct World {
    pub(crate) github: GitHub,
    pub(crate) time: Arc<ManualClock>,
    pub(crate) clock: Arc<WrongClock>,
    pub(crate) store: Arc<dyn Store>,
    /// How often the service died.
    pub(crate) deaths: u64,
    service: Option<Service>,
    database: String,
    serving: tokio::task::JoinHandle<()>,
    _directory: TempDir,
}

impl World {
    pub(crate) async fn start(at: Timestamp) -> Self {
        let time = Arc::new(ManualClock::new(at));
        let options =
            Options { clock: Arc::clone(&time) as _, auth_clock: Arc::new(SystemClock), ..Options::default() };
        let github = GitHub::start(options).await.unwrap();
        let clock = Arc::new(WrongClock::new(Arc::clone(&time)));
        let directory = directory();
        let database = format!("sqlite://{}", directory.path().join("plimsoll.db").display());
        let store = store::open(&database).await.unwrap();
        let serving = tokio::spawn(async {});
        let mut world =
            Self { github, time, clock, store, deaths: 0, service: None, database, serving, _directory: directory };
        world.serve().await;
        world
    }

    async fn serve(&mut self) {
        let app = self.github.app();
        let credentials = Credentials::App { id: app.id, private_key: SecretString::from(app.private_key_pem) };
        let settings = Settings::new(BaseUrl::new(&self.github.url()).unwrap(), credentials);
        let settings = Settings { timeout: PATIENCE, clock: Arc::clone(&self.clock) as _, ..settings };
        let connection = Connection {
            tracker: Arc::new(adapter::GitHub::new(&settings).unwrap()),
            webhooks: Arc::new(GitHubWebhooks::new(vec![SecretString::from(app.webhook_secret)])),
        };
        let entropy = Arc::new(Random::seeded(self.deaths));
        let clock = Arc::clone(&self.clock);
        let service =
            Service::new(Arc::clone(&self.store), vec![connection], clock as _, entropy, EngineOptions::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks/github", listener.local_addr().unwrap());
        let router = service.router();
        self.serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        self.service = Some(service);
        self.github.send_webhooks_to(&url);
    }

    /// The process dies, whatever it is doing, and another is started on the same database, as `plimsoll serve` does it.
    pub(crate) async fn die_and_rise(&mut self) {
        self.deaths += 1;
        self.serving.abort();
        self.service = None;
        self.store.close().await;
        self.store = store::open(&self.database).await.unwrap();
        self.store.take_back_leases().await.unwrap();
        self.serve().await;
    }

    /// Works off what is due now. Where a request hangs for good, the service dies at it when told so, or else runs out of
    /// patience.
    pub(crate) async fn work(&mut self, dies_at_hangs: bool) -> usize {
        let engine = self.service.as_ref().unwrap().engine();
        let github = self.github.clone();
        let settled = tokio::time::timeout(FOR_EVER, async {
            tokio::select! {
                biased;
                () = github.hung(), if dies_at_hangs => None,
                runs = engine.settle() => Some(runs.unwrap()),
            }
        });
        let settled = settled.await.expect("the service never comes to rest at one moment");
        if settled.is_none() {
            drop(engine);
            self.die_and_rise().await;
        }
        settled.unwrap_or(1)
    }

    /// Delivers all that is due and works it off, until nothing more happens at this moment.
    pub(crate) async fn drain(&mut self) {
        for _ in 0..1_000 {
            let delivered = self.github.deliver_all().await.len();
            if self.work(false).await == 0 && delivered == 0 {
                return;
            }
        }
        panic!("the bot never comes to rest: {:?}", self.store.work(20).await.unwrap());
    }

    /// Nothing disturbs any more, and time passes until nothing is left to do.
    pub(crate) async fn rest(&mut self, until: Timestamp) {
        self.github.clear_faults();
        self.ask_for_lost_deliveries();
        let mut looks = 0;
        while self.time.now() < until {
            self.drain().await;
            looks += 1;
            assert!(looks < 2_000, "no rest is found: {:?}", self.store.work(20).await.unwrap());
            let work = self.store.work(100).await.unwrap();
            assert!(work.iter().all(|row| row.state != WorkState::Dead), "given up: {work:?}");
            let due = self.store.next_due().await.unwrap().map(|due| due.duration_since(self.clock.now()));
            match due {
                None if self.github.pending().is_empty() => break,
                // Deliveries that are held back come in their time.
                None => self.time.advance(SignedDuration::from_mins(10)),
                Some(wait) => self.time.advance(wait.max(SignedDuration::from_secs(1))),
            }
        }
        let left = self.store.work(20).await.unwrap();
        assert!(left.is_empty(), "work is left open: {left:?}");
        assert_eq!(self.github.pending().len(), 0, "webhooks are left unread");
        self.time.set(until);
    }

    /// The last requests, a line each: for whoever has to find out what went wrong.
    pub(crate) fn last_requests(&self, count: usize) -> Vec<String> {
        let all = self.github.requests();
        let last = all.iter().skip(all.len().saturating_sub(count));
        last.map(|one| {
            let faulted = if one.faulted { " (faulted)" } else { "" };
            format!("{} {} {} as {}: {}{faulted}", one.at, one.method, one.path, one.actor, one.status)
        })
        .collect()
    }

    /// What the App's log of deliveries tells as failed is asked for again.
    fn ask_for_lost_deliveries(&self) {
        let sent = self.github.deliveries();
        let arrived = |guid: &str| {
            sent.iter().any(|one| one.guid == guid && one.status.is_some_and(|status| (200..300).contains(&status)))
        };
        let mut asked: Vec<&str> = Vec::new();
        for one in &sent {
            if !asked.contains(&one.guid.as_str()) && !arrived(&one.guid) {
                self.github.redeliver(one.id);
                asked.push(&one.guid);
            }
        }
    }
}

/// In memory where the system has such a place: no power fails here.
fn directory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}
