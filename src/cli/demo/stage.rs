//! Where the demo plays: everything that the real service has, on loopback and in a temporary directory.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::{Random, SystemClock};
use crate::decide::ItemMemory;
use crate::engine::EngineOptions;
use crate::sandbox::github::{self as simulated, Issue, Repository, WebhookMode};
use crate::service::Service;
use crate::store::{self, Record, Store};
use crate::tracker::Connection;
use crate::tracker::github::{BaseUrl, Credentials, GitHub, GitHubWebhooks, Settings, item_subject};

use super::Failure;

/// How often the demo looks whether everything has come to rest, and for how long at most.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: usize = 3000;

pub(super) struct Stage {
    pub(super) github: simulated::GitHub,
    pub(super) shop: Repository,
    pub(super) store: Arc<dyn Store>,
    stop: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    _directory: TempDir,
}

impl Stage {
    /// Starts everything and connects it.
    pub(super) async fn set_up() -> Result<Self, Failure> {
        let options = simulated::Options { webhooks: WebhookMode::Automatic, ..simulated::Options::default() };
        let github = simulated::GitHub::start(options).await?;
        let directory = tempfile::tempdir()?;
        let store = store::open(&format!("sqlite://{}", directory.path().join("plimsoll.db").display())).await?;
        let service = service(&github, Arc::clone(&store))?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        github.send_webhooks_to(&format!("http://{}/webhooks/github", listener.local_addr()?));
        let stop = CancellationToken::new();
        let serving = tokio::spawn(service.run(listener, stop.clone()));
        let repository = github.repository("spokes/shop");
        Ok(Self { github, shop: repository, store, stop, serving, _directory: directory })
    }

    /// Waits until every webhook was delivered and all work is done.
    pub(super) async fn comes_to_rest(&self) -> Result<(), Failure> {
        for _ in 0..LOOKS {
            if self.github.pending().is_empty() && self.store.work(1).await?.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err("the demo did not come to rest within a minute; `PLIMSOLL_LOG=debug` may say why".into())
    }

    /// What the service remembers of an issue, and what it last did to it.
    pub(super) async fn known(&self, issue: &Issue) -> Result<Option<(ItemMemory, Option<Record>)>, Failure> {
        let subject = item_subject(self.shop.id(), issue.number());
        let Some(memory) = self.store.item(&subject).await? else { return Ok(None) };
        let records = self.store.records(Some(&subject), 1).await?;
        Ok(Some((memory, records.into_iter().next())))
    }

    /// Stops the service as SIGTERM would.
    pub(super) async fn close(self) {
        self.stop.cancel();
        if let Ok(Err(error)) = self.serving.await {
            tracing::error!(%error, "the demo's service ended otherwise than asked");
        }
        self.store.close().await;
    }
}

fn service(github: &simulated::GitHub, store: Arc<dyn Store>) -> Result<Service, Failure> {
    let app = github.app();
    let credentials = Credentials::App { id: app.id, private_key: SecretString::from(app.private_key_pem) };
    let settings = Settings { write_limits: None, ..Settings::new(BaseUrl::new(&github.url())?, credentials) };
    let connection = Connection {
        tracker: Arc::new(GitHub::new(&settings)?),
        webhooks: Arc::new(GitHubWebhooks::new(vec![SecretString::from(app.webhook_secret)])),
    };
    let entropy = Arc::new(Random::from_system()?);
    Ok(Service::new(store, vec![connection], Arc::new(SystemClock), entropy, EngineOptions::default()))
}
