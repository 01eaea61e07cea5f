//! What the simulated GitHub remembers: plain structs, no HTTP, no JSON.

mod account;
mod installation;
mod issue;
mod project;
mod repository;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::app::App;
use super::hooks::{Delivery, Weather};
use super::http::faults::Fault;
use super::http::limits::Budget;
use super::log::{Request, Violation, ViolationKind};
use crate::clock::{Clock, Entropy};

pub(super) use account::{Account, AccountKind, Role};
pub(super) use installation::{Installation, Permissions, Selection, Token, TokenHolder};
pub(super) use issue::{Comment, Happening, Issue, IssueState, Reaction, Slot, TimelineEntry};
pub(super) use project::{FieldKind, FieldValue, Iteration, Project, ProjectContent, ProjectField, ProjectItem};
pub(super) use repository::{Commit, File, Label, Milestone, Repository, Status};

/// Everything, behind one lock.
pub(super) struct World {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) auth_clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    /// The address under which the API answers, without a slash at its end.
    pub(super) url: String,
    pub(super) app: App,
    pub(super) bot: Arc<Account>,
    pub(super) created_at: Timestamp,
    last_id: u64,
    /// By login in lower case.
    pub(super) accounts: BTreeMap<String, Arc<Account>>,
    pub(super) repositories: BTreeMap<u64, Repository>,
    pub(super) projects: BTreeMap<u64, Project>,
    /// Whether projects can be asked for what a filter finds; Enterprise Server cannot.
    pub(super) filters_projects: bool,
    /// Names that repositories had, in lower case.
    pub(super) former_names: HashMap<String, u64>,
    pub(super) installations: BTreeMap<u64, Installation>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) budgets: HashMap<(String, &'static str), Budget>,
    /// Until when callers were told to wait, by whom a limit is shared.
    pub(super) told: HashMap<String, Timestamp>,
    pub(super) rate_limit: u64,
    pub(super) faults: Vec<Fault>,
    pub(super) requests: Vec<Request>,
    pub(super) violations: Vec<Violation>,
    /// Deliveries that nobody has tried to send yet, in the order in which they will go.
    pub(super) outbox: VecDeque<Delivery>,
    /// Deliveries that were tried, oldest first.
    pub(super) sent: Vec<Delivery>,
    pub(super) webhook_url: Option<String>,
    pub(super) weather: Weather,
    /// The issue types that organisations have.
    pub(super) issue_types: Vec<String>,
    /// The number fields that organisations give their issues, by id.
    pub(super) issue_fields: BTreeMap<u64, String>,
    /// Who belongs to which team, `organisation/team`; all in lower case.
    pub(super) teams: BTreeSet<(String, String)>,
}

impl World {
    pub(super) fn new(
        app: App,
        url: String,
        webhook_url: Option<String>,
        (clock, auth_clock): (Arc<dyn Clock>, Arc<dyn Clock>),
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let now = clock.now();
        let bot = Account { id: 1_000_000, login: format!("{}[bot]", app.slug), kind: AccountKind::Bot };
        let bot = Arc::new(bot);
        Self {
            clock,
            auth_clock,
            entropy,
            url,
            app,
            created_at: now,
            last_id: 1_000_000,
            accounts: BTreeMap::from([(bot.login.to_lowercase(), Arc::clone(&bot))]),
            bot,
            repositories: BTreeMap::new(),
            projects: BTreeMap::new(),
            filters_projects: true,
            former_names: HashMap::new(),
            installations: BTreeMap::new(),
            tokens: HashMap::new(),
            budgets: HashMap::new(),
            told: HashMap::new(),
            rate_limit: 5_000,
            faults: Vec::new(),
            requests: Vec::new(),
            violations: Vec::new(),
            outbox: VecDeque::new(),
            sent: Vec::new(),
            webhook_url,
            weather: Weather::default(),
            issue_fields: BTreeMap::new(),
            teams: BTreeSet::new(),
            issue_types: ["Task", "Bug", "Feature"].map(str::to_owned).to_vec(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Ids are counted, so that a run is the same each time.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The account with this login, opened when it is new: `renovate[bot]` is a bot, any other a person.
    pub(super) fn account(&mut self, login: &str) -> Arc<Account> {
        let kind = if login.ends_with("[bot]") { AccountKind::Bot } else { AccountKind::User };
        self.account_of_kind(login, kind)
    }

    pub(super) fn account_of_kind(&mut self, login: &str, kind: AccountKind) -> Arc<Account> {
        if let Some(account) = self.known_account(login) {
            return account;
        }
        let account = Arc::new(Account { id: self.next_id(), login: login.to_owned(), kind });
        self.accounts.insert(login.to_lowercase(), Arc::clone(&account));
        account
    }

    pub(super) fn known_account(&self, login: &str) -> Option<Arc<Account>> {
        self.accounts.get(&login.to_lowercase()).cloned()
    }

    pub(super) fn repository_named(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.values().find(|repository| repository.full_name().eq_ignore_ascii_case(full_name))
    }

    /// The installation that covers this repository and is not suspended.
    pub(super) fn installation_of(&self, repository: u64) -> Option<&Installation> {
        let owner = self.repositories.get(&repository)?.owner.id;
        self.installations.values().find(|one| one.covers(repository, owner) && one.suspended_at.is_none())
    }

    pub(super) fn issue(&self, repository: u64, number: u64) -> Option<&Issue> {
        self.repositories.get(&repository)?.issue(number)
    }

    pub(super) fn violation(&mut self, kind: ViolationKind, actor: &str, what: String) {
        tracing::warn!(?kind, actor, what, "the simulated GitHub saw something that should not happen");
        let at = self.now();
        self.violations.push(Violation { kind, actor: actor.to_owned(), what, at });
    }
}
