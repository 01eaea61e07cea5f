//! Marks as labels: those that exist, putting one, taking one away.

use std::sync::{Mutex, PoisonError};

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::backlog::{LabelKey, Repository};
use crate::tracker::{Mark, Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::pacing::Write;
use super::recent::Recent;
use super::rest::Label;

/// So many labels over all repositories are remembered.
const CAPACITY: usize = 500_000;
/// For so long, unless an event says that they changed.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);
/// Pages of a hundred labels that are read at most.
const MAX_PAGES: usize = 20;

/// The labels of repositories, by the repository's id.
#[derive(Debug)]
pub(super) struct LabelCache(Mutex<Recent<String, Known>>);

#[derive(Clone, Debug)]
struct Known {
    names: Vec<String>,
    read_at: Timestamp,
}

impl Default for LabelCache {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(CAPACITY)))
    }
}

impl LabelCache {
    fn get(&self, repository: &Repository, now: Timestamp) -> Option<Vec<String>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(&repository.place.repository)?;
        (now.duration_since(known.read_at) < HOLDS).then(|| known.names.clone())
    }

    fn keep(&self, repository: &Repository, names: Vec<String>, now: Timestamp) {
        let weight = names.len() + 1;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(repository.place.repository.clone(), Known { names, read_at: now }, weight);
    }

    fn add(&self, repository: &Repository, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&repository.place.repository) {
            known.names.push(name.to_owned());
        }
    }

    pub(super) fn forget(&self, repository: &Repository) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&repository.place.repository);
    }
}

impl GitHub {
    pub(super) async fn cached_labels(&self, desk: &Desk<'_>) -> Result<Vec<String>, TrackerError> {
        match self.labels.get(desk.repository, desk.errand.now) {
            Some(names) => Ok(names),
            None => self.read_labels(desk).await,
        }
    }

    async fn read_labels(&self, desk: &Desk<'_>) -> Result<Vec<String>, TrackerError> {
        let purpose = Purpose {
            doing: format!("reading the labels of {}", desk.repository.name),
            missing: Missing::Below,
            needs: "issues: read",
        };
        let path = format!("{}/labels?per_page=100", desk.path);
        let labels = self.client.list::<Label>(desk.caller(), &path, MAX_PAGES, &purpose).await?;
        let names: Vec<String> = labels.into_iter().filter_map(Label::into_name).collect();
        self.labels.keep(desk.repository, names.clone(), desk.errand.now);
        Ok(names)
    }

    pub(super) async fn put_mark(&self, desk: &Desk<'_>, mark: &Mark) -> Result<String, TrackerError> {
        let label = self.label_for(desk, mark).await?;
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("putting the label `{}` on {}", brief(&label), item.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let body = json!({ "labels": [label] });
        let path = format!("{}/labels", item.path);
        self.client.write(desk.caller(), Write::Creation, Method::POST, &path, Some(body), &purpose).await?;
        Ok(label)
    }

    /// The label that stands for a mark in this repository; created where there is none.
    pub(super) async fn label_for(&self, desk: &Desk<'_>, mark: &Mark) -> Result<String, TrackerError> {
        if let Some(label) = choose(&self.cached_labels(desk).await?, mark) {
            return Ok(label);
        }
        // Before a twin is made for good, look whether one has come since.
        match choose(&self.read_labels(desk).await?, mark) {
            Some(label) => Ok(label),
            None => self.create_label(desk, mark).await,
        }
    }

    async fn create_label(&self, desk: &Desk<'_>, mark: &Mark) -> Result<String, TrackerError> {
        let purpose = Purpose {
            doing: format!("creating the label `{}` in {}", brief(&mark.label), desk.repository.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let body = json!({ "name": mark.label, "color": mark.colour, "description": mark.description });
        let path = format!("{}/labels", desk.path);
        let created =
            self.client.try_write(desk.caller(), Write::Creation, Method::POST, &path, Some(body), &purpose).await?;
        match created {
            Ok(_) => self.labels.add(desk.repository, &mark.label),
            Err(complaint) if complaint.has_code("already_exists") => self.labels.forget(desk.repository),
            Err(complaint) => return Err(purpose.failed(format!("GitHub answered 422 ({})", complaint.text()))),
        }
        Ok(mark.label.clone())
    }

    pub(super) async fn remove_label(&self, desk: &Desk<'_>, label: &str) -> Result<(), TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("taking the label `{}` from {}", brief(label), item.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let path = format!("{}/labels/{}", item.path, segment(label));
        match self.client.write(desk.caller(), Write::Change, Method::DELETE, &path, None, &purpose).await {
            Ok(_) | Err(TrackerError::Missing { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The spelling that the repository already has: of the mark's own label, else of its first alias that exists.
fn choose(existing: &[String], mark: &Mark) -> Option<String> {
    std::iter::once(&mark.label).chain(&mark.aliases).find_map(|wanted| {
        let key = LabelKey::new(wanted);
        let same = |name: &&String| LabelKey::new(name) == key;
        existing.iter().find(|name| *name == wanted).or_else(|| existing.iter().find(same)).cloned()
    })
}

#[cfg(test)]
mod tests {
    use super::choose;
    use crate::tracker::Mark;

    fn chosen(existing: &[&str]) -> Option<String> {
        let mark = Mark {
            label: "technical-debt".into(),
            aliases: vec!["tech-debt".into(), "kind/cleanup".into()],
            colour: "8b5a2b".into(),
            description: String::new(),
        };
        choose(&existing.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), &mark)
    }

    #[test]
    fn the_spelling_that_exists_is_adopted() {
        assert_eq!(chosen(&["bug", "Kind/Cleanup", "Tech Debt"]).as_deref(), Some("Tech Debt"));
        assert_eq!(chosen(&["tech-debt", "Technical debt"]).as_deref(), Some("Technical debt"));
        assert_eq!(chosen(&["Technical debt", "technical-debt"]).as_deref(), Some("technical-debt"));
        assert_eq!(chosen(&["Kind: cleanup"]).as_deref(), Some("Kind: cleanup"));
        assert_eq!(chosen(&["bug", "debt"]), None);
    }
}
