//! A simulated GitHub, the service, a database in a temporary directory, and a clock that only the test moves.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use plimsoll::cli::live::Live;
use plimsoll::clock::{Entropy, ManualClock, Random, SystemClock, Waiting};
use plimsoll::engine::{Engine, EngineOptions};
use plimsoll::sandbox::github::{GitHub, Options, Repository};
use plimsoll::service::Service;
use plimsoll::store::{self, Store, WorkRow};
use plimsoll::tracker::Connection;
use plimsoll::tracker::github::{self as adapter, BaseUrl, Credentials, GitHubWebhooks, Settings};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// The policy that turns the bot on with the defaults.
pub(crate) const ON: &str = "version: 1\n";
pub(crate) const POLICY_PATH: &str = ".github/plimsoll.yml";

pub(crate) struct World {
    pub(crate) github: GitHub,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<dyn Store>,
    /// Where the service listens.
    pub(crate) url: String,
    service: Service,
    database: String,
    serving: tokio::task::JoinHandle<()>,
    _directory: TempDir,
}

impl World {
    /// A GitHub and a running service, connected as an App.
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(ManualClock::new("2026-03-02T09:00:00Z".parse().unwrap()));
        let options =
            Options { clock: Arc::clone(&clock) as _, auth_clock: Arc::new(SystemClock), ..Options::default() };
        let github = GitHub::start(options).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", directory.path().join("plimsoll.db").display());
        let store = store::open(&database).await.unwrap();
        let service = service(&github, Arc::clone(&store), Arc::clone(&clock), app_of(&github), seeded());
        let (url, serving) = serve(&service).await;
        github.send_webhooks_to(&format!("{url}/webhooks/github"));
        Self { github, clock, store, url, service, database, serving, _directory: directory }
    }

    /// `acme/shop` with a policy that turns the bot on, known to the service.
    pub(crate) async fn with_shop() -> (Self, Repository) {
        let world = Self::new().await;
        let shop = world.github.repository("acme/shop");
        shop.commit_file(POLICY_PATH, ON);
        world.settle().await;
        world.later(SignedDuration::from_mins(1));
        (world, shop)
    }

    /// Delivers every webhook and works off all that is due, until nothing more happens.
    pub(crate) async fn settle(&self) {
        for _ in 0..100 {
            let delivered = self.github.deliver_all().await;
            for delivery in &delivered {
                let status = delivery.status.unwrap_or_default();
                assert!((200..300).contains(&status), "{} was answered {status}", delivery.event);
            }
            let runs = self.service.engine().settle().await.unwrap();
            if delivered.is_empty() && runs == 0 {
                return;
            }
        }
        panic!("the bot never comes to rest: {:?}", self.store.work(20).await.unwrap());
    }

    /// What the service does when it starts; its work is not done yet.
    pub(crate) async fn catch_up(&self) {
        self.service.engine().catch_up().await.unwrap();
    }

    /// What the clock says is to be done now.
    pub(crate) async fn tick(&self) {
        self.service.engine().run_schedules().await.unwrap();
    }

    /// Works off all that is due; no webhook arrives meanwhile.
    pub(crate) async fn work(&self) {
        self.service.engine().settle().await.unwrap();
    }

    /// Another service on the same database and GitHub, for stories about how one starts and ends.
    pub(crate) fn another_service(&self, entropy: Arc<dyn Entropy>) -> Service {
        service(&self.github, Arc::clone(&self.store), Arc::clone(&self.clock), app_of(&self.github), entropy)
    }

    /// One that works with the token of an account, in repositories that its settings name.
    pub(crate) fn service_with_token(&self, login: &str, repositories: &[&str]) -> Service {
        let credentials = Credentials::Token(SecretString::from(self.github.personal_token(login)));
        let repositories = repositories.iter().map(|name| (*name).to_owned()).collect();
        let settings = Settings { repositories, ..settings(&self.github, credentials, &self.clock) };
        service_by(&self.github, Arc::clone(&self.store), Arc::clone(&self.clock), &settings, seeded())
    }

    /// Moves the clock.
    pub(crate) fn later(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    /// Moves the clock to when the next work is due, and works.
    pub(crate) async fn wait_for_work(&self) {
        use plimsoll::clock::Clock as _;
        if let Some(due) = self.store.next_due().await.unwrap() {
            self.clock.set(due.max(self.clock.now()));
        }
        self.settle().await;
    }

    /// Works, also what waits a moment to gather more.
    pub(crate) async fn gather(&self) {
        self.settle().await;
        self.later(SignedDuration::from_secs(30));
        self.settle().await;
    }

    pub(crate) async fn open_work(&self) -> Vec<WorkRow> {
        self.store.work(100).await.unwrap()
    }

    /// The process dies and another starts on the same database.
    pub(crate) async fn restart(mut self) -> Self {
        self.serving.abort();
        self.store.close().await;
        self.store = store::open(&self.database).await.unwrap();
        self.start_again().await;
        self
    }

    /// The database is lost with the process; another starts on an empty one.
    pub(crate) async fn lose_database(mut self) -> Self {
        self.serving.abort();
        self.store.close().await;
        self.database = self.database.replace(".db", "2.db");
        self.store = store::open(&self.database).await.unwrap();
        self.start_again().await;
        self
    }

    async fn start_again(&mut self) {
        self.service = self.another_service(seeded());
        (self.url, self.serving) = serve(&self.service).await;
        self.github.send_webhooks_to(&format!("{}/webhooks/github", self.url));
    }

    /// How a story ends: no open work, no webhook unread, no rule of GitHub broken.
    pub(crate) async fn ends_quietly(self) {
        self.settle().await;
        assert_eq!(self.open_work().await, [], "work is left open");
        assert_eq!(self.github.pending().len(), 0, "webhooks are left unread");
        assert_eq!(self.github.violations(), [], "rules of GitHub were broken");
    }

    /// What `plimsoll apply` works with, as the App; waiting moves the clock.
    pub(crate) fn live(&self) -> Live {
        self.live_as(app_of(&self.github), Arc::clone(&self.clock) as _, CancellationToken::new())
    }

    /// The same with the token of a person who only reads.
    pub(crate) fn live_with_token(&self) -> Live {
        self.live_as(self.reader(), Arc::clone(&self.clock) as _, CancellationToken::new())
    }

    /// The App's, but whoever has to wait is interrupted instead.
    pub(crate) fn impatient(&self) -> Live {
        let stop = CancellationToken::new();
        self.live_as(app_of(&self.github), Arc::new(Impatient(stop.clone())), stop)
    }

    /// The reader's, but whoever has to wait is interrupted instead.
    pub(crate) fn impatient_with_token(&self) -> Live {
        let stop = CancellationToken::new();
        self.live_as(self.reader(), Arc::new(Impatient(stop.clone())), stop)
    }

    /// The App's, and while it waits the service works.
    pub(crate) fn beside_the_service(&self) -> Live {
        let waiting = Beside { clock: Arc::clone(&self.clock), engine: self.service.engine() };
        self.live_as(app_of(&self.github), Arc::new(waiting), CancellationToken::new())
    }

    fn reader(&self) -> Credentials {
        Credentials::Token(SecretString::from(self.github.personal_token("reader")))
    }

    fn live_as(&self, credentials: Credentials, waiting: Arc<dyn Waiting>, stop: CancellationToken) -> Live {
        let settings = settings(&self.github, credentials, &self.clock);
        let tracker = Arc::new(adapter::GitHub::new(&settings).unwrap());
        Live { tracker, clock: Arc::clone(&self.clock) as _, waiting, stop }
    }

    pub(crate) fn now(&self) -> Timestamp {
        use plimsoll::clock::Clock as _;
        self.clock.now()
    }

    /// What was written to GitHub, as `METHOD path`.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.github.writes().iter().map(|request| format!("{} {}", request.method, request.path)).collect()
    }

    /// What was asked of GitHub since the log was last emptied, tokens left out.
    pub(crate) fn calls(&self) -> Vec<String> {
        let requests = self.github.requests();
        let asked = requests.iter().filter(|request| !request.path.starts_with("/app"));
        asked.map(|request| format!("{} {} {}", request.method, request.path, request.status)).collect()
    }
}

/// Presses Ctrl-C instead of waiting.
struct Impatient(CancellationToken);

#[async_trait::async_trait]
impl Waiting for Impatient {
    async fn until(&self, _: Timestamp) {
        self.0.cancel();
        std::future::pending::<()>().await;
    }
}

/// A service that works while somebody else waits.
struct Beside {
    clock: Arc<ManualClock>,
    engine: Arc<Engine>,
}

#[async_trait::async_trait]
impl Waiting for Beside {
    async fn until(&self, moment: Timestamp) {
        self.clock.until(moment).await;
        self.engine.settle().await.unwrap();
    }
}

fn seeded() -> Arc<dyn Entropy> {
    Arc::new(Random::seeded(11))
}

fn app_of(github: &GitHub) -> Credentials {
    let app = github.app();
    Credentials::App { id: app.id, private_key: SecretString::from(app.private_key_pem) }
}

fn settings(github: &GitHub, credentials: Credentials, clock: &Arc<ManualClock>) -> Settings {
    let settings = Settings::new(BaseUrl::new(&github.url()).unwrap(), credentials);
    Settings { clock: Arc::clone(clock) as _, ..settings }
}

fn service(
    github: &GitHub,
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    credentials: Credentials,
    entropy: Arc<dyn Entropy>,
) -> Service {
    let settings = settings(github, credentials, &clock);
    service_by(github, store, clock, &settings, entropy)
}

fn service_by(
    github: &GitHub,
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    settings: &Settings,
    entropy: Arc<dyn Entropy>,
) -> Service {
    let connection = Connection {
        tracker: Arc::new(adapter::GitHub::new(settings).unwrap()),
        webhooks: Arc::new(GitHubWebhooks::new(vec![SecretString::from(github.app().webhook_secret)])),
    };
    Service::new(store, vec![connection], clock, entropy, EngineOptions::default())
}

async fn serve(service: &Service) -> (String, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = service.router();
    (url, tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }))
}
