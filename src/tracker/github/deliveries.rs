//! GitHub's log of the App's deliveries: which never arrived, and asking for them again. GitHub never does so by itself, and
//! keeps what it sent for three days.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::store::FailedDelivery;
use crate::tracker::{Errand, Missing, TrackerError};

use super::adapter::GitHub;
use super::answer::Purpose;
use super::base_url::segment;
use super::client::Caller;
use super::pacing::Write;

const KEPT_FOR: SignedDuration = SignedDuration::from_hours(3 * 24);
/// So many pages of a hundred are read at most; the oldest failures are left out then.
const MAX_PAGES: usize = 50;

#[derive(Deserialize)]
struct Attempt {
    id: u64,
    guid: String,
    event: String,
    delivered_at: Option<Timestamp>,
    status_code: Option<u16>,
}

impl Attempt {
    fn arrived(&self) -> bool {
        self.status_code.is_some_and(|code| (200..400).contains(&code))
    }
}

/// The attempts of the log, newest first, on their way to what never arrived.
#[derive(Default)]
struct Log {
    /// By delivery: the newest attempt, or none when one arrived.
    newest: HashMap<String, Option<u64>>,
    /// In the order in which they were met.
    order: Vec<String>,
}

impl Log {
    fn take(&mut self, attempt: Attempt) {
        let arrived = attempt.arrived();
        // Nobody keeps a ping, so nobody could tell that it came.
        if attempt.event == "ping" {
            return;
        }
        match self.newest.entry(attempt.guid) {
            Entry::Vacant(place) => {
                self.order.push(place.key().clone());
                place.insert((!arrived).then_some(attempt.id));
            }
            Entry::Occupied(mut place) if arrived => {
                place.insert(None);
            }
            Entry::Occupied(_) => {}
        }
    }

    fn failed(mut self) -> Vec<FailedDelivery> {
        let newest = &mut self.newest;
        let failed = self.order.into_iter().rev().filter_map(|delivery| {
            let attempt = newest.remove(&delivery)??.to_string();
            Some(FailedDelivery { delivery, attempt })
        });
        failed.collect()
    }
}

impl GitHub {
    pub(super) async fn list_failed_deliveries(&self, errand: &Errand) -> Result<Vec<FailedDelivery>, TrackerError> {
        if !self.client.is_app() {
            return Ok(Vec::new());
        }
        let purpose = Purpose {
            doing: "looking for deliveries that failed".to_owned(),
            missing: Missing::Below,
            needs: "metadata: read",
        };
        let oldest = errand.now.checked_sub(KEPT_FOR).unwrap_or(Timestamp::MIN);
        let mut log = Log::default();
        // Servers that do not know `status` answer with everything; what arrived is left out here too.
        let mut path = "/app/hook/deliveries?per_page=100&status=failure".to_owned();
        for _ in 0..MAX_PAGES {
            let answer = self.client.get(Caller::root_errand(errand), &path, &purpose).await?;
            let page: Vec<Attempt> = answer.json(&purpose)?;
            let is_last = page.last().is_some_and(|last| last.delivered_at.is_some_and(|at| at < oldest));
            let recent = page.into_iter().filter(|one| one.delivered_at.is_none_or(|at| at >= oldest));
            recent.for_each(|attempt| log.take(attempt));
            match self.client.here(answer.links.next, &purpose)? {
                Some(next) if !is_last => path = next,
                _ => break,
            }
        }
        Ok(log.failed())
    }

    pub(super) async fn ask_for_delivery(&self, errand: &Errand, failed: &FailedDelivery) -> Result<(), TrackerError> {
        let purpose = Purpose {
            doing: format!("asking for the delivery {} again", failed.delivery),
            missing: Missing::Below,
            needs: "metadata: read",
        };
        let path = format!("/app/hook/deliveries/{}/attempts", segment(&failed.attempt));
        let asked = self
            .client
            .try_write(Caller::root_errand(errand), Write::Change, Method::POST, &path, None, &purpose)
            .await;
        match asked {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(complaint)) => {
                tracing::warn!(lost = failed.delivery, why = complaint.text(), "it cannot be delivered again");
                Ok(())
            }
            Err(TrackerError::Missing { .. }) => {
                tracing::warn!(lost = failed.delivery, "GitHub no longer has it to deliver again");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Log};

    fn failed(attempts: &[(u64, &str, Option<u16>)]) -> Vec<(String, String)> {
        let mut log = Log::default();
        for (id, guid, status_code) in attempts {
            let event = if *guid == "ping" { "ping" } else { "issues" };
            log.take(Attempt {
                id: *id,
                guid: (*guid).to_owned(),
                event: event.to_owned(),
                delivered_at: None,
                status_code: *status_code,
            });
        }
        log.failed().into_iter().map(|one| (one.delivery, one.attempt)).collect()
    }

    #[test]
    fn only_what_never_arrived_is_lost_and_the_newest_attempt_stands_for_it() {
        let attempts = [
            (9, "a", Some(502)),
            (8, "b", Some(202)),
            (7, "ping", Some(500)),
            (6, "c", None),
            (5, "a", Some(401)),
            (4, "b", Some(504)),
            (3, "d", Some(500)),
            (2, "d", Some(200)),
        ];
        let of = |delivery: &str, attempt: &str| (delivery.to_owned(), attempt.to_owned());
        assert_eq!(failed(&attempts), [of("c", "6"), of("a", "9")]);
    }
}
