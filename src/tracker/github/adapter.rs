//! The tracker's port over GitHub: which request serves which of its methods.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::backlog::{Acknowledgement, Actor, CloseReason, Event, Item, Lane, Place, Repository, TrackerName};
use crate::command::{Access, Naming, Points, Site};
use crate::policy::SprintSource;
use crate::store::{FailedDelivery, WritePace};
use crate::tracker::{
    Bookmark, Coverage, Errand, ItemPage, Listing, Mark, Missing, NewItem, Policies, PolicyLookup, PolicyNotice,
    Tracker, TrackerError, Traffic,
};

use super::account::Account;
use super::answer::Purpose;
use super::base_url::segment;
use super::client::{Caller, Client};
use super::fields::FieldsCache;
use super::ids::{TRACKER, item_address};
use super::labels::LabelCache;
use super::parents::ParentsCache;
use super::policy_file::SHARED_POLICY_REPOSITORY;
use super::reactions::Reactions;
use super::recent::Recent;
use super::rights::RightsCache;
use super::settings::{Settings, SettingsError};
use super::teams::TeamsCache;

/// So many repositories without a told installation are remembered.
const MAX_LOOKED_UP: usize = 2_000;

/// The adapter.
#[derive(Debug)]
pub struct GitHub {
    pub(super) client: Client,
    pub(super) labels: LabelCache,
    pub(super) rights: RightsCache,
    pub(super) teams: TeamsCache,
    pub(super) fields: FieldsCache,
    pub(super) parents: ParentsCache,
    pub(super) reactions: Reactions,
    /// Those that are looked through without an installation naming them.
    pub(super) named: Vec<String>,
    me: OnceCell<Actor>,
    looked_up: Mutex<Recent<String, String>>,
}

impl GitHub {
    /// Sets the adapter up; asks nothing yet. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the private key or the token cannot be one, or TLS cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            client: Client::new(settings)?,
            labels: LabelCache::default(),
            rights: RightsCache::default(),
            teams: TeamsCache::default(),
            fields: FieldsCache::default(),
            parents: ParentsCache::default(),
            reactions: Reactions::default(),
            named: settings.repositories.clone(),
            me: OnceCell::new(),
            looked_up: Mutex::new(Recent::new(MAX_LOOKED_UP)),
        })
    }

    /// Where the work is and on whose behalf it is done.
    pub(super) async fn desk<'a>(
        &self,
        repository: &'a Repository,
        errand: &'a Errand,
    ) -> Result<Desk<'a>, TrackerError> {
        let path = repository_path(repository)?;
        let installation = if self.client.is_app() && repository.place.installation.is_empty() {
            self.installation_of(repository, errand, &path).await?
        } else if self.client.is_app() {
            repository.place.installation.clone()
        } else {
            String::new()
        };
        Ok(Desk { repository, errand, path, installation })
    }

    /// The installation of a repository whose webhook does not name it (one that is set up by hand).
    async fn installation_of(
        &self,
        repository: &Repository,
        errand: &Errand,
        path: &str,
    ) -> Result<String, TrackerError> {
        #[derive(Deserialize)]
        struct Installation {
            id: u64,
        }
        let id = if repository.place.repository.is_empty() { &repository.name } else { &repository.place.repository };
        let known = self.looked_up.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let purpose = Purpose {
            doing: format!("looking up the App's installation for {}", repository.name),
            missing: Missing::Repository,
            needs: "metadata: read",
        };
        let caller = Caller { as_root: true, ..Caller::errand("", repository, errand) };
        let answer = self.client.get(caller, &format!("{path}/installation"), &purpose).await?;
        let found = answer.json::<Installation>(&purpose)?.id.to_string();
        self.looked_up.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), found.clone(), 1);
        Ok(found)
    }

    async fn ask_me(&self) -> Result<Actor, TrackerError> {
        #[derive(Deserialize)]
        struct App {
            slug: String,
        }
        let purpose = Purpose {
            doing: "asking GitHub who the bot is".to_owned(),
            missing: Missing::Below,
            needs: "metadata: read",
        };
        if self.client.is_app() {
            let app: App = self.client.get(Caller::root(), "/app", &purpose).await?.json(&purpose)?;
            Ok(Actor::bot(format!("{}[bot]", app.slug)))
        } else {
            let account: Account = self.client.get(Caller::root(), "/user", &purpose).await?.json(&purpose)?;
            Ok(account.actor())
        }
    }
}

/// Where the work is and on whose behalf it is done.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    pub(super) repository: &'a Repository,
    pub(super) errand: &'a Errand,
    /// `/repos/{owner}/{repo}`
    pub(super) path: String,
    pub(super) installation: String,
}

impl Desk<'_> {
    pub(super) fn caller(&self) -> Caller<'_> {
        Caller::errand(&self.installation, self.repository, self.errand)
    }

    /// `/repos/{owner}/{repo}/issues/{number}`, and what people call the item.
    pub(super) fn item(&self) -> Result<ItemDesk, TrackerError> {
        let (_, number) = item_address(&self.errand.subject).ok_or_else(|| TrackerError::Failed {
            doing: format!("working on {}", self.errand.subject),
            message: "it is no item of GitHub's".to_owned(),
        })?;
        Ok(ItemDesk {
            path: format!("{}/issues/{number}", self.path),
            name: format!("{}#{number}", self.repository.name),
        })
    }
}

/// An item's address.
#[derive(Debug)]
pub(super) struct ItemDesk {
    pub(super) path: String,
    /// `acme/shop#7`
    pub(super) name: String,
}

fn repository_path(repository: &Repository) -> Result<String, TrackerError> {
    match repository.name.split_once('/') {
        Some((owner, name)) if !owner.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(format!("/repos/{}/{}", segment(owner), segment(name)))
        }
        _ => Err(TrackerError::Failed {
            doing: format!("working on the repository {}", repository.place.repository),
            message: format!(
                "`{}` is no repository's name: expected OWNER/NAME",
                super::answer::brief(&repository.name)
            ),
        }),
    }
}

#[async_trait]
impl Tracker for GitHub {
    fn name(&self) -> TrackerName {
        TRACKER
    }

    async fn me(&self) -> Result<Actor, TrackerError> {
        self.me.get_or_try_init(|| self.ask_me()).await.cloned()
    }

    fn known_me(&self) -> Option<Actor> {
        self.me.get().cloned()
    }

    fn site(&self) -> Option<Site> {
        Some(Site { web: self.client.web()?, naming: Naming::Numbers })
    }

    fn traffic(&self, now: Timestamp) -> Traffic {
        self.client.traffic(now)
    }

    async fn read_item(
        &self,
        repository: &Repository,
        errand: &Errand,
        expected_id: Option<&str>,
    ) -> Result<Option<Item>, TrackerError> {
        self.item(&self.desk(repository, errand).await?, expected_id).await
    }

    fn time_to_write(&self, lane: Lane, writes: u64) -> SignedDuration {
        self.client.time_to_write(lane, writes)
    }

    fn take_paces(&self) -> Vec<(String, WritePace)> {
        self.client.take_paces()
    }

    fn resume_pace(&self, installation: &str, pace: WritePace) {
        self.client.resume_pace(installation, pace);
    }

    async fn list_items(
        &self,
        repository: &Repository,
        errand: &Errand,
        listing: &Listing,
        from: Option<&Bookmark>,
    ) -> Result<ItemPage, TrackerError> {
        self.page_of_items(&self.desk(repository, errand).await?, listing, from).await
    }

    async fn label_history(&self, repository: &Repository, errand: &Errand) -> Result<Vec<Event>, TrackerError> {
        self.history(&self.desk(repository, errand).await?).await
    }

    async fn labels(&self, repository: &Repository, errand: &Errand) -> Result<Vec<String>, TrackerError> {
        self.cached_labels(&self.desk(repository, errand).await?).await
    }

    fn forget_labels(&self, repository: &Repository) {
        self.labels.forget(repository);
    }

    async fn mark(&self, repository: &Repository, errand: &Errand, mark: &Mark) -> Result<String, TrackerError> {
        self.put_mark(&self.desk(repository, errand).await?, mark).await
    }

    async fn unmark(&self, repository: &Repository, errand: &Errand, label: &str) -> Result<(), TrackerError> {
        self.remove_label(&self.desk(repository, errand).await?, label).await
    }

    async fn upsert_note(
        &self,
        repository: &Repository,
        errand: &Errand,
        key: &str,
        markdown: &str,
    ) -> Result<(), TrackerError> {
        let me = self.me().await?;
        self.put_note(&self.desk(repository, errand).await?, &me, key, markdown).await
    }

    async fn remove_note(&self, repository: &Repository, errand: &Errand, key: &str) -> Result<bool, TrackerError> {
        let me = self.me().await?;
        self.take_note_back(&self.desk(repository, errand).await?, &me, key).await
    }

    async fn acknowledge(
        &self,
        repository: &Repository,
        errand: &Errand,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError> {
        self.react(&self.desk(repository, errand).await?, comment, how).await
    }

    async fn unacknowledge(
        &self,
        repository: &Repository,
        errand: &Errand,
        comment: Option<&str>,
        how: Acknowledgement,
    ) -> Result<(), TrackerError> {
        let me = self.me().await?;
        self.unreact(&self.desk(repository, errand).await?, &me, comment, how).await
    }

    async fn answered_remarks(&self, repository: &Repository, errand: &Errand) -> Result<Vec<Event>, TrackerError> {
        let me = self.me().await?;
        self.answered(&self.desk(repository, errand).await?, &me).await
    }

    async fn rights(&self, repository: &Repository, errand: &Errand, person: &str) -> Result<Access, TrackerError> {
        self.access_of(&self.desk(repository, errand).await?, person).await
    }

    async fn belongs_to(
        &self,
        repository: &Repository,
        errand: &Errand,
        person: &str,
        team: &str,
    ) -> Result<bool, TrackerError> {
        self.is_member(&self.desk(repository, errand).await?, person, team).await
    }

    async fn close_item(
        &self,
        repository: &Repository,
        errand: &Errand,
        reason: CloseReason,
    ) -> Result<(), TrackerError> {
        self.close(&self.desk(repository, errand).await?, reason).await
    }

    async fn write_points(
        &self,
        repository: &Repository,
        errand: &Errand,
        boards: &[SprintSource],
        points: Option<Points>,
    ) -> Result<bool, TrackerError> {
        self.weigh(&self.desk(repository, errand).await?, boards, points).await
    }

    async fn create_item(
        &self,
        repository: &Repository,
        errand: &Errand,
        new: &NewItem,
    ) -> Result<String, TrackerError> {
        let me = self.me().await?;
        self.open_once(&self.desk(repository, errand).await?, &me, new).await
    }

    async fn read_policy(&self, repository: &Repository, errand: &Errand) -> Result<PolicyLookup, TrackerError> {
        self.policy(&self.desk(repository, errand).await?).await
    }

    async fn read_policies(&self, repository: &Repository, errand: &Errand) -> Result<Policies, TrackerError> {
        if self.client.is_app() {
            return Ok(Policies::default());
        }
        self.policies(&self.desk(repository, errand).await?).await
    }

    async fn show_policy_notice(
        &self,
        repository: &Repository,
        errand: &Errand,
        commit: Option<&str>,
        notice: &PolicyNotice,
    ) -> Result<(), TrackerError> {
        self.show_status(&self.desk(repository, errand).await?, commit, notice).await
    }

    async fn find(&self, name: &str, lane: Lane, now: Timestamp) -> Result<Repository, TrackerError> {
        self.find_by_name(name, lane, now).await
    }

    fn shared_policy_home(&self, repository: &Repository) -> Option<String> {
        let (owner, _) = repository.name.split_once('/')?;
        Some(format!("{owner}/{SHARED_POLICY_REPOSITORY}"))
    }

    async fn installations(&self, errand: &Errand) -> Result<Vec<String>, TrackerError> {
        self.list_installations(errand).await
    }

    async fn covered(&self, installation: &str, errand: &Errand) -> Result<Coverage, TrackerError> {
        self.list_covered(installation, errand).await
    }

    async fn failed_deliveries(&self, errand: &Errand) -> Result<Vec<FailedDelivery>, TrackerError> {
        self.list_failed_deliveries(errand).await
    }

    async fn deliver_again(&self, errand: &Errand, failed: &FailedDelivery) -> Result<(), TrackerError> {
        self.ask_for_delivery(errand, failed).await
    }

    async fn reach(&self, place: &Place, errand: &Errand) -> Result<Option<Repository>, TrackerError> {
        self.find_covered(place, errand).await
    }

    async fn locate(&self, place: &Place, errand: &Errand) -> Result<Repository, TrackerError> {
        self.find_repository(place, errand).await
    }
}
