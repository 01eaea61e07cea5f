//! Where the demo plays: everything that the real service has, on loopback and in a temporary directory, and a clock that
//! only the story moves. So it is the same each time, and two weeks pass at once.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::{Clock as _, ManualClock, Random, SystemClock};
use crate::decide::ItemMemory;
use crate::engine::{Engine, EngineOptions};
use crate::sandbox::github::{self as simulated, Issue, Project, Repository};
use crate::service::Service;
use crate::store::{self, Record, Store};
use crate::tracker::Connection;
use crate::tracker::github::{BaseUrl, Credentials, GitHub, GitHubWebhooks, Settings, item_subject};

use super::Failure;

/// Wednesday morning in Vienna, where the shop is.
const BEGINNING: &str = "2026-03-04T08:00:00Z";
/// Whoever waits to see whether more comes waits no longer than this.
const SOON: SignedDuration = SignedDuration::from_mins(10);
/// Webhooks bring work, work brings webhooks: so often at most.
const ROUNDS: usize = 200;

pub(super) struct Stage {
    pub(super) github: simulated::GitHub,
    pub(super) shop: Repository,
    pub(super) project: Project,
    pub(super) store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    engine: Arc<Engine>,
    serving: JoinHandle<std::io::Result<()>>,
    _directory: TempDir,
}

impl Stage {
    /// Starts everything and connects it.
    pub(super) async fn set_up() -> Result<Self, Failure> {
        let clock = Arc::new(ManualClock::new(BEGINNING.parse()?));
        // The service signs by the machine's clock.
        let (story_clock, auth_clock) = (Arc::clone(&clock) as _, Arc::new(SystemClock));
        let options = simulated::Options { clock: story_clock, auth_clock, ..simulated::Options::default() };
        let github = simulated::GitHub::start(options).await?;
        let directory = tempfile::tempdir()?;
        let store = store::open(&format!("sqlite://{}", directory.path().join("plimsoll.db").display())).await?;
        let service = service(&github, Arc::clone(&store), Arc::clone(&clock))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        github.send_webhooks_to(&format!("http://{}/webhooks/github", listener.local_addr()?));
        let (engine, router) = (service.engine(), service.router());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let shop = github.repository("spokes/shop");
        let project = github.project("spokes", "Spokes shop");
        Ok(Self { github, shop, project, store, clock, engine, serving, _directory: directory })
    }

    /// The present moment of the story.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets some time pass in which nothing is looked at.
    pub(super) fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Lets time pass until a moment, and does what the schedules want then. The story never goes back.
    pub(super) async fn until(&self, moment: Timestamp) -> Result<(), Failure> {
        self.comes_to_rest().await?;
        self.clock.set(moment.max(self.clock.now()));
        self.engine.run_schedules().await?;
        self.comes_to_rest().await
    }

    /// Delivers every webhook and works off all that is due, until nothing more happens. Who waits for more of the kind is
    /// waited for.
    pub(super) async fn comes_to_rest(&self) -> Result<(), Failure> {
        for _ in 0..ROUNDS {
            let delivered = self.github.deliver_all().await;
            if let Some(lost) = delivered.iter().find(|one| !one.status.is_some_and(|it| (200..300).contains(&it))) {
                return Err(format!("the webhook {} was answered {:?}", lost.event, lost.status).into());
            }
            if self.engine.settle().await? > 0 || !delivered.is_empty() {
                continue;
            }
            match self.store.next_due().await? {
                None => return Ok(()),
                Some(due) if due <= self.now().checked_add(SOON)? => self.clock.set(due.max(self.now())),
                Some(due) => return Err(format!("the demo did not come to rest: work waits until {due}").into()),
            }
        }
        Err("the demo did not come to rest; `PLIMSOLL_LOG=debug` may say why".into())
    }

    /// What the service remembers of an issue, and what it last did to it.
    pub(super) async fn known(&self, issue: &Issue) -> Result<Option<(ItemMemory, Option<Record>)>, Failure> {
        let subject = item_subject(self.shop.id(), issue.number());
        let Some(memory) = self.store.item(&subject).await? else { return Ok(None) };
        let records = self.store.records(Some(&subject), 1).await?;
        Ok(Some((memory, records.into_iter().next())))
    }

    /// Ends everything.
    pub(super) async fn close(self) {
        self.serving.abort();
        self.store.close().await;
    }
}

/// The time zone of the shop's board.
pub(super) fn zone() -> Result<TimeZone, Failure> {
    Ok(TimeZone::get("Europe/Vienna")?)
}

fn service(github: &simulated::GitHub, store: Arc<dyn Store>, clock: Arc<ManualClock>) -> Result<Service, Failure> {
    let app = github.app();
    let credentials = Credentials::App { id: app.id, private_key: SecretString::from(app.private_key_pem) };
    let settings = Settings { write_limits: None, ..Settings::new(BaseUrl::new(&github.url())?, credentials) };
    let connection = Connection {
        tracker: Arc::new(GitHub::new(&settings)?),
        webhooks: Arc::new(GitHubWebhooks::new(vec![SecretString::from(app.webhook_secret)])),
    };
    Ok(Service::new(store, vec![connection], clock, Arc::new(Random::seeded(7)), EngineOptions::default()))
}
