//! The simulated GitHub as a whole: starting it, its accounts, its log.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::super::Shared;
use super::super::app::App;
use super::super::change;
use super::super::hooks::{self, Sender, Weather};
use super::super::http::faults::Fault;
use super::super::http::limits;
use super::super::http::line::{Line, Lines};
use super::super::log::{Request, Violation};
use super::super::routes;
use super::super::state::{AccountKind, TokenHolder, World};
use super::Repository;
use crate::clock::{Clock, Entropy, Random, SystemClock};

/// When webhooks are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WebhookMode {
    /// When the driver says so: [`GitHub::deliver_all`].
    #[default]
    Manual,
    /// At once, in the background.
    Automatic,
}

/// How to start a simulated GitHub.
#[derive(Clone)]
pub struct Options {
    /// The App that it knows.
    pub app: App,
    /// Tells the time of everything that happens.
    pub clock: Arc<dyn Clock>,
    /// Tells the time by which the App's signed tokens and installation tokens are valid. A client that signs by the
    /// machine's clock (octocrab does) needs that clock here, whatever time the story has.
    pub auth_clock: Arc<dyn Clock>,
    /// Makes tokens, GUIDs and the weather.
    pub entropy: Arc<dyn Entropy>,
    /// Where webhooks go; until it is known they wait.
    pub webhook_url: Option<String>,
    /// When they go.
    pub webhooks: WebhookMode,
}

impl Default for Options {
    /// The machine's clock, a fixed seed, webhooks by hand.
    fn default() -> Self {
        Self {
            app: App::default(),
            clock: Arc::new(SystemClock),
            auth_clock: Arc::new(SystemClock),
            entropy: Arc::new(Random::seeded(7)),
            webhook_url: None,
            webhooks: WebhookMode::Manual,
        }
    }
}

/// Why the simulated GitHub did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port of 127.0.0.1 could be opened.
    #[error("the simulated GitHub could not open a port on 127.0.0.1; is loopback allowed here? {0}")]
    Listen(#[from] std::io::Error),
    /// The client that sends webhooks could not be made.
    #[error("the simulated GitHub could not make its HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A running simulated GitHub. Clones are the same one; it ends with the last of them.
#[derive(Clone)]
pub struct GitHub {
    pub(super) shared: Arc<Shared>,
    _tasks: Arc<Tasks>,
}

struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl GitHub {
    /// Starts it on a free port of 127.0.0.1.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let clocks = (options.clock, options.auth_clock);
        let world = World::new(options.app, url, options.webhook_url, clocks, options.entropy);
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            sender: Sender::new()?,
            outgoing: Notify::new(),
            hung: Notify::new(),
        });
        let service = routes::router(Arc::clone(&shared)).into_make_service_with_connect_info::<Line>();
        let mut tasks = vec![tokio::spawn(async move {
            if let Err(error) = axum::serve(Lines(listener), service).await {
                tracing::error!(%error, "the simulated GitHub ended");
            }
        })];
        if options.webhooks == WebhookMode::Automatic {
            let shared = Arc::clone(&shared);
            tasks.push(tokio::spawn(async move {
                loop {
                    while hooks::send_next(&shared).await.is_some() {}
                    shared.outgoing.notified().await;
                }
            }));
        }
        Ok(Self { shared, _tasks: Arc::new(Tasks(tasks)) })
    }

    /// The base of the API, without a slash at its end; also the base of the pages that answers name.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.with(|world| world.url.clone())
    }

    /// The App that it knows.
    #[must_use]
    pub fn app(&self) -> App {
        self.shared.with(|world| world.app.clone())
    }

    /// The repository `owner/name`. When it is new it is made, public, with GitHub's default labels, for an organisation
    /// that has the App installed on all repositories.
    #[must_use]
    pub fn repository(&self, full_name: &str) -> Repository {
        self.find_or_make(full_name, true)
    }

    /// The same, where the owner (when new) has not installed the App.
    #[must_use]
    pub fn repository_without_app(&self, full_name: &str) -> Repository {
        self.find_or_make(full_name, false)
    }

    fn find_or_make(&self, full_name: &str, with_app: bool) -> Repository {
        let (owner, name) = full_name.split_once('/').unwrap_or(("acme", full_name));
        let id = self.shared.with(|world| {
            if let Some(known) = world.repository_named(full_name) {
                return known.id;
            }
            let owner = world.account_of_kind(owner, AccountKind::Organization);
            let id = change::create_repository(world, &owner, name);
            let installed = world.installations.values().find(|one| one.account.id == owner.id).map(|one| one.id);
            match installed {
                Some(_) if world.installation_of(id).is_none() => {}
                Some(installation) => change::add_to_installation(world, installation, &owner, id),
                None if with_app => {
                    change::install(world, &owner, &owner, None);
                }
                None => {}
            }
            id
        });
        self.shared.outgoing.notify_one();
        Repository { shared: Arc::clone(&self.shared), id }
    }

    /// A new project of an organisation or, where the owner has an account already and is a person, of theirs.
    #[must_use]
    pub fn project(&self, owner: &str, title: &str) -> super::Project {
        let id = self.shared.with(|world| {
            let owner = world.account_of_kind(owner, AccountKind::Organization);
            change::create_project(world, &owner, title)
        });
        super::Project { shared: Arc::clone(&self.shared), id }
    }

    /// Forgets how to filter a project's items, as Enterprise Server does not know yet.
    pub fn cannot_filter_projects(&self) {
        self.shared.with(|world| world.filters_projects = false);
    }

    /// Opens an account for a person.
    pub fn person(&self, login: &str) {
        self.shared.with(|world| world.account_of_kind(login, AccountKind::User));
    }

    /// Opens a machine account (a user, as GitHub knows no other kind) and gives its personal token, which does not
    /// expire.
    #[must_use]
    pub fn personal_token(&self, login: &str) -> String {
        self.shared.with(|world| {
            let account = world.account_of_kind(login, AccountKind::User);
            world.new_token("ghp_", TokenHolder::Account(account), None)
        })
    }

    /// Adds an issue type to those that organisations have (Task, Bug, Feature).
    pub fn add_issue_type(&self, name: &str) {
        self.shared.with(|world| world.issue_types.push(name.to_owned()));
    }

    /// Adds a number field to those that organisations give their issues (none).
    pub fn add_number_field(&self, name: &str) {
        self.shared.with(|world| {
            let id = world.next_id();
            world.issue_fields.insert(id, name.to_owned());
        });
    }

    /// Puts a person into a team, `organisation/team`.
    pub fn add_to_team(&self, team: &str, login: &str) {
        self.person(login);
        self.shared.with(|world| world.teams.insert((team.to_lowercase(), login.to_lowercase())));
    }

    /// Takes a permission from an owner's installation, as if they had not granted it.
    pub fn deny(&self, owner: &str, permission: &str) {
        let Some(id) = self.installation(owner) else { return };
        self.shared.with(|world| world.installations.get_mut(&id).map(|one| one.permissions.remove(permission)));
    }

    /// Lets an owner's installation only read what it was granted to write.
    pub fn only_read(&self, owner: &str, permission: &str) {
        let Some(id) = self.installation(owner) else { return };
        self.shared.with(|world| {
            let one = world.installations.get_mut(&id)?;
            one.permissions.insert(permission.to_owned(), "read".to_owned())
        });
    }

    /// The id of the owner's installation.
    #[must_use]
    pub fn installation(&self, owner: &str) -> Option<u64> {
        self.shared.with(|world| {
            world.installations.values().find(|one| one.account.login.eq_ignore_ascii_case(owner)).map(|one| one.id)
        })
    }

    /// Suspends an owner's installation: tokens are refused and webhooks stop.
    pub fn suspend(&self, owner: &str, on: bool) {
        let Some(id) = self.installation(owner) else { return };
        self.shared.with(|world| {
            let by = world.account(owner);
            change::set_suspended(world, id, &by, on);
        });
        self.shared.outgoing.notify_one();
    }

    /// Takes the App away from an owner.
    pub fn uninstall(&self, owner: &str) {
        let Some(id) = self.installation(owner) else { return };
        self.shared.with(|world| {
            let by = world.account(owner);
            change::uninstall(world, id, &by);
        });
        self.shared.outgoing.notify_one();
    }

    /// Lets every token of installations expire now.
    pub fn expire_tokens(&self) {
        self.shared.with(|world| {
            let now = world.auth_clock.now();
            for token in world.tokens.values_mut().filter(|token| token.expires_at.is_some()) {
                token.expires_at = Some(now);
            }
        });
    }

    /// Sets the requests per hour that each caller has (5,000 unless told), beginning a new hour for all.
    pub fn set_rate_limit(&self, limit: u64) {
        self.shared.with(|world| {
            world.rate_limit = limit;
            world.budgets.clear();
        });
    }

    /// Uses up what an owner's installation has left of its hour.
    pub fn exhaust_rate_limit(&self, owner: &str) {
        let Some(id) = self.installation(owner) else { return };
        self.shared.with(|world| {
            let budget = limits::budget(world, &super::super::http::auth::Caller::Installation(id));
            budget.used = budget.limit;
        });
    }

    /// Adds a fault; of several that fit a request the first strikes.
    pub fn script(&self, fault: Fault) {
        self.shared.with(|world| world.faults.push(fault));
    }

    /// Ends all scripted faults.
    pub fn clear_faults(&self) {
        self.shared.with(|world| world.faults.clear());
    }

    /// How many scripted faults have not struck as often as they are to.
    #[must_use]
    pub fn faults_waiting(&self) -> usize {
        self.shared.with(|world| world.faults.len())
    }

    /// Waits until a request hangs: [`Fault::hang`] struck.
    pub async fn hung(&self) {
        self.shared.hung.notified().await;
    }

    /// Forgives everybody who was told to wait: nobody is told on for asking earlier.
    pub fn forgive_waits(&self) {
        self.shared.with(|world| world.told.clear());
    }

    /// Sets how badly webhooks travel from now on.
    pub fn set_weather(&self, weather: Weather) {
        self.shared.with(|world| world.weather = weather);
    }

    /// Every request so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.with(|world| world.requests.clone())
    }

    /// The requests so far that asked for a change, oldest first.
    #[must_use]
    pub fn writes(&self) -> Vec<Request> {
        self.shared.with(|world| world.requests.iter().filter(|one| one.is_write()).cloned().collect())
    }

    /// Forgets the requests so far, so that the next ones can be counted. Watched limits count anew, too.
    pub fn forget_requests(&self) {
        self.shared.with(|world| world.requests.clear());
    }

    /// What should not have happened so far.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.with(|world| world.violations.clone())
    }
}
