//! GitHub's limits as its answers tell them, remembered per installation, so that nothing is asked in vain.
//!
//! The rules are those of docs.github.com, "Rate limits for the REST API": obey `retry-after`, else wait for
//! `x-ratelimit-reset` where nothing remains, else at least a minute and longer each time.

use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};

use crate::backlog::Lane;
use crate::tracker::{Later, PauseScope, Quota as Allowance};

use super::recent::Recent;

const MAX_INSTALLATIONS: usize = 2_000;
/// What GitHub never asks for; a larger number is an error of somebody in between.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// The first wait where GitHub names none.
const UNNAMED_WAIT: SignedDuration = SignedDuration::from_secs(60);
/// Doublings of it, at most: about an hour.
const MAX_DOUBLINGS: u32 = 6;
/// After so many outages in a row it is not the request, it is GitHub.
const OUTAGES_IN_A_ROW: u32 = 5;
const OUTAGE_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// Sweeps leave one in so many requests to events and people.
const KEPT_FROM_SWEEPS: u64 = 10;

/// Whose limit, and for what: GraphQL has one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool<'a> {
    Rest(&'a str),
    GraphQl(&'a str),
}

impl Pool<'_> {
    fn key(self) -> (String, bool) {
        match self {
            Self::Rest(installation) => (installation.to_owned(), false),
            Self::GraphQl(installation) => (installation.to_owned(), true),
        }
    }

    /// Whom a used-up hour concerns: without GraphQL, everything but boards goes on.
    const fn scope(self) -> PauseScope {
        match self {
            Self::Rest(_) => PauseScope::Installation,
            Self::GraphQl(_) => PauseScope::Subject,
        }
    }
}

/// What is known of every installation's limits.
#[derive(Debug)]
pub(super) struct Limits(Mutex<Recent<(String, bool), Standing>>);

impl Default for Limits {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(MAX_INSTALLATIONS)))
    }
}

impl Limits {
    /// Whether it is known beforehand that a request would be refused.
    pub(super) fn closed(&self, pool: Pool<'_>, lane: Lane, now: Timestamp) -> Option<Later> {
        self.of(pool, |standing| standing.closed(lane, now))
    }

    /// Whether GitHub asked for nothing to be asked now.
    pub(super) fn rests(&self, pool: Pool<'_>, now: Timestamp) -> Option<Later> {
        self.of(pool, |standing| standing.rests(now))
    }

    /// What is left where least is left, of the windows that have not ended.
    pub(super) fn tightest(&self, now: Timestamp) -> Option<Allowance> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = all.values().filter_map(|standing| standing.quota).filter(|quota| now < quota.resets_at);
        open.min_by_key(|quota| quota.remaining)
            .map(|quota| Allowance { limit: quota.limit, remaining: quota.remaining })
    }

    /// Learns from an answer. Says "later" when the answer does.
    pub(super) fn learn(
        &self,
        pool: Pool<'_>,
        status: StatusCode,
        headers: &HeaderMap,
        message: &str,
        now: Timestamp,
    ) -> Option<Later> {
        self.of(pool, |standing| standing.learn(status, headers, message, now))
    }

    /// Learns that no answer came.
    pub(super) fn outage(&self, pool: Pool<'_>, why: String, now: Timestamp) -> Later {
        self.of(pool, |standing| standing.outage(why, now))
    }

    fn of<T>(&self, pool: Pool<'_>, act: impl FnOnce(&mut Standing) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = pool.key();
        if let Some(standing) = all.get(&key) {
            return act(standing);
        }
        let mut standing = Standing { scope: pool.scope(), ..Standing::default() };
        let told = act(&mut standing);
        all.insert(key, standing, 1);
        told
    }
}

/// What is known of one installation's limits.
#[derive(Debug)]
struct Standing {
    /// Whom a used-up hour concerns.
    scope: PauseScope,
    quota: Option<Quota>,
    /// GitHub asked for nothing to be asked before.
    rests_until: Option<Timestamp>,
    unnamed_waits: u32,
    outages: u32,
}

impl Default for Standing {
    fn default() -> Self {
        Self { scope: PauseScope::Installation, quota: None, rests_until: None, unnamed_waits: 0, outages: 0 }
    }
}

/// The hourly limit.
#[derive(Clone, Copy, Debug)]
struct Quota {
    limit: u64,
    remaining: u64,
    resets_at: Timestamp,
}

impl Standing {
    fn rests(&self, now: Timestamp) -> Option<Later> {
        let until = self.rests_until.filter(|until| now < *until)?;
        // A clock that was set back must not make it longer than GitHub ever asks for.
        let until = until.min(now.checked_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX));
        Some(Later {
            until: Some(until),
            scope: PauseScope::Installation,
            why: "GitHub named a time to wait".to_owned(),
        })
    }

    fn closed(&self, lane: Lane, now: Timestamp) -> Option<Later> {
        if let Some(later) = self.rests(now) {
            return Some(later);
        }
        let quota = self.quota.filter(|quota| now < quota.resets_at)?;
        let until = Some(quota.resets_at);
        if quota.remaining == 0 {
            let why = "the hourly limit is used up".to_owned();
            return Some(Later { until, scope: self.scope, why });
        }
        if lane == Lane::Sweeps && quota.remaining < quota.limit / KEPT_FROM_SWEEPS {
            let why = "what is left of the hourly limit is kept for people and events".to_owned();
            return Some(Later { until, scope: PauseScope::Subject, why });
        }
        None
    }

    fn learn(&mut self, status: StatusCode, headers: &HeaderMap, message: &str, now: Timestamp) -> Option<Later> {
        self.quota = quota(headers).or(self.quota);
        if status.is_server_error() {
            return Some(self.outage(format!("GitHub answered {}", status.as_u16()), now));
        }
        self.outages = 0;
        let refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        let limited = refused.then(|| self.limited(status, headers, message, now)).flatten();
        if limited.is_none() {
            self.unnamed_waits = 0;
        }
        limited
    }

    fn limited(&mut self, status: StatusCode, headers: &HeaderMap, message: &str, now: Timestamp) -> Option<Later> {
        let later = |until, why: &str| Later { until, scope: PauseScope::Installation, why: why.to_owned() };
        if let Some(seconds) = number(headers, "retry-after") {
            let until = Some(after_seconds(now, seconds));
            self.rests_until = self.rests_until.max(until);
            return Some(later(until, "GitHub named a time to wait"));
        }
        if let Some(quota) = quota(headers).filter(|quota| quota.remaining == 0) {
            let latest = now.checked_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
            let used_up = later(Some(quota.resets_at.min(latest)), "the hourly limit is used up");
            return Some(Later { scope: self.scope, ..used_up });
        }
        if status == StatusCode::TOO_MANY_REQUESTS || is_limit_message(message) {
            let wait = UNNAMED_WAIT.saturating_mul(1 << self.unnamed_waits.min(MAX_DOUBLINGS));
            self.unnamed_waits = self.unnamed_waits.saturating_add(1);
            let until = now.checked_add(wait).ok();
            self.rests_until = self.rests_until.max(until);
            return Some(later(until, "a secondary limit was reached"));
        }
        None
    }

    fn outage(&mut self, why: String, now: Timestamp) -> Later {
        self.outages = self.outages.saturating_add(1);
        if self.outages < OUTAGES_IN_A_ROW {
            return Later { until: None, scope: PauseScope::Subject, why };
        }
        let until = now.checked_add(OUTAGE_WAIT).ok();
        Later { until, scope: PauseScope::Installation, why: format!("{why}, {} times in a row", self.outages) }
    }
}

fn after_seconds(now: Timestamp, seconds: u64) -> Timestamp {
    let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)).min(LONGEST_WAIT);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// The quota of plain requests or of GraphQL; search and others have their own, which say nothing about it.
fn quota(headers: &HeaderMap) -> Option<Quota> {
    let resource = headers.get("x-ratelimit-resource").and_then(|value| value.to_str().ok());
    if resource.is_some_and(|resource| !matches!(resource, "core" | "graphql")) {
        return None;
    }
    let remaining = number(headers, "x-ratelimit-remaining")?;
    let reset = i64::try_from(number(headers, "x-ratelimit-reset")?).ok()?;
    // A second more, so that clocks which differ a little do not ask too early.
    let resets_at = Timestamp::from_second(reset.checked_add(1)?).ok()?;
    Some(Quota { limit: number(headers, "x-ratelimit-limit").unwrap_or(0), remaining, resets_at })
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// GitHub tells a secondary limit without headers only in words.
fn is_limit_message(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["secondary rate limit", "rate limit exceeded", "abuse detection"].iter().any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, StatusCode};
    use jiff::Timestamp;

    use super::Standing;
    use crate::backlog::Lane;
    use crate::tracker::{Later, PauseScope};

    const NOW: i64 = 1_800_000_000;

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn learn(standing: &mut Standing, status: u16, pairs: &[(&'static str, &str)], message: &str) -> Option<Later> {
        standing.learn(StatusCode::from_u16(status).unwrap(), &headers(pairs), message, now())
    }

    fn seconds(later: &Later) -> Option<i64> {
        later.until.map(|until| until.as_second() - NOW)
    }

    #[test]
    fn retry_after_is_obeyed_before_everything_else() {
        for status in [403, 429] {
            let exhausted =
                [("retry-after", "30"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800003600")];
            let later = learn(&mut Standing::default(), status, &exhausted, "").unwrap();
            assert_eq!((seconds(&later), later.scope), (Some(30), PauseScope::Installation));
        }
        let forever = [("retry-after", "99999999999999")];
        assert_eq!(seconds(&learn(&mut Standing::default(), 429, &forever, "").unwrap()), Some(86_400));
    }

    #[test]
    fn an_exhausted_limit_lasts_until_its_reset_and_is_known_beforehand() {
        let mut standing = Standing::default();
        let exhausted =
            [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000600")];
        let later = learn(&mut standing, 403, &exhausted, "API rate limit exceeded").unwrap();
        assert_eq!((seconds(&later), later.scope), (Some(601), PauseScope::Installation));
        let closed = standing.closed(Lane::People, now()).unwrap();
        assert_eq!((seconds(&closed), closed.scope), (Some(601), PauseScope::Installation));
        let reset = Timestamp::from_second(NOW + 601).unwrap();
        assert_eq!(standing.closed(Lane::People, reset), None);
    }

    #[test]
    fn sweeps_leave_the_last_tenth_to_the_others() {
        let mut standing = Standing::default();
        let low =
            [("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "499"), ("x-ratelimit-reset", "1800000600")];
        assert_eq!(learn(&mut standing, 200, &low, ""), None);
        assert_eq!(standing.closed(Lane::Sweeps, now()).unwrap().scope, PauseScope::Subject);
        assert_eq!(standing.closed(Lane::Events, now()), None);
        assert_eq!(standing.closed(Lane::People, now()), None);
    }

    #[test]
    fn other_resources_say_nothing() {
        let mut standing = Standing::default();
        let search =
            [("x-ratelimit-resource", "search"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1800000600")];
        assert_eq!(learn(&mut standing, 200, &search, ""), None);
        assert_eq!(standing.closed(Lane::Sweeps, now()), None);
    }

    #[test]
    fn a_secondary_limit_without_a_time_waits_longer_each_time() {
        let mut standing = Standing::default();
        let message = "You have exceeded a secondary rate limit. Please wait a few minutes.";
        let waits: Vec<_> =
            (0..9).map(|_| seconds(&learn(&mut standing, 403, &[], message).unwrap()).unwrap()).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3840, 3840, 3840]);
        assert_eq!(learn(&mut standing, 200, &[], ""), None);
        assert_eq!(seconds(&learn(&mut standing, 429, &[], "").unwrap()), Some(60));
        assert!(learn(&mut standing, 403, &[], "You have triggered an abuse detection mechanism").is_some());
    }

    #[test]
    fn another_403_is_no_limit() {
        let plenty = [("x-ratelimit-remaining", "4999"), ("x-ratelimit-reset", "1800000600")];
        assert_eq!(learn(&mut Standing::default(), 403, &plenty, "Resource not accessible by integration"), None);
    }

    #[test]
    fn one_outage_concerns_a_subject_and_many_in_a_row_the_installation() {
        let mut standing = Standing::default();
        for _ in 0..4 {
            let later = learn(&mut standing, 502, &[], "").unwrap();
            assert_eq!((later.until, later.scope), (None, PauseScope::Subject));
        }
        let later = standing.outage("no connection".into(), now());
        assert_eq!((seconds(&later), later.scope), (Some(30), PauseScope::Installation));
        assert_eq!(later.why, "no connection, 5 times in a row");
        assert_eq!(learn(&mut standing, 404, &[], ""), None);
        assert_eq!(learn(&mut standing, 500, &[], "").unwrap().scope, PauseScope::Subject);
    }
}
