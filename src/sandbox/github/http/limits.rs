//! Rate limits: the hourly budget of each caller, and a watch over GitHub's secondary limits.
//!
//! Primary limits are enforced. Secondary limits are watched and told as violations; a test that wants them enforced
//! scripts [`super::faults::Fault::secondary_limit`]. Whoever was told to wait and asks before that is told on, too.

use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::log::{Request, ViolationKind};
use super::super::state::World;
use super::auth::Caller;

/// What a caller used up of its hour.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Budget {
    pub(in super::super) limit: u64,
    pub(in super::super) used: u64,
    pub(in super::super) resets_at: Timestamp,
    /// `core`, or `graphql` which is counted apart.
    pub(in super::super) resource: &'static str,
}

impl Budget {
    pub(in super::super) const fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    pub(in super::super) fn json(&self) -> Value {
        json!({"limit": self.limit, "used": self.used, "remaining": self.remaining(), "reset": self.resets_at.as_second()})
    }

    /// The headers that every answer carries.
    pub(in super::super) fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining().to_string()),
            ("x-ratelimit-used", self.used.to_string()),
            ("x-ratelimit-reset", self.resets_at.as_second().to_string()),
            ("x-ratelimit-resource", self.resource.to_owned()),
        ]
    }
}

/// The caller's budget; a new hour begins with the first request after the old one has ended.
pub(in super::super) fn budget<'a>(world: &'a mut World, caller: &Caller) -> &'a mut Budget {
    budget_for(world, caller, "core")
}

/// The caller's budget for a path: GraphQL has one of its own.
pub(in super::super) fn budget_at<'a>(world: &'a mut World, caller: &Caller, path: &str) -> &'a mut Budget {
    budget_for(world, caller, resource_at(path))
}

/// What is counted where a path is asked.
fn resource_at(path: &str) -> &'static str {
    if path == super::super::graphql::PATH { "graphql" } else { "core" }
}

/// Under which a used-up hour is remembered: it concerns its own resource alone.
fn hour_key(caller: &Caller, path: &str) -> String {
    format!("{} {}", caller.limit_key(), resource_at(path))
}

fn budget_for<'a>(world: &'a mut World, caller: &Caller, resource: &'static str) -> &'a mut Budget {
    let now = world.now();
    let limit = if matches!(caller, Caller::Anonymous) { 60 } else { world.rate_limit };
    let fresh = Budget {
        resource,
        limit,
        used: 0,
        resets_at: now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now),
    };
    let budget = world.budgets.entry((caller.limit_key(), resource)).or_insert(fresh);
    if budget.resets_at <= now {
        *budget = fresh;
    }
    budget
}

/// Remembers until when a refused caller was told to wait: `retry-after`, else the end of an hour that is used up.
pub(in super::super) fn tell(world: &mut World, caller: &Caller, path: &str, answer: &Response) {
    if !matches!(answer.status().as_u16(), 403 | 429) || matches!(caller, Caller::Anonymous) {
        return;
    }
    let number = |name: &str| answer.headers().get(name)?.to_str().ok()?.parse::<i64>().ok();
    let retry_after =
        number("retry-after").and_then(|seconds| world.now().checked_add(SignedDuration::from_secs(seconds)).ok());
    let used_up = number("x-ratelimit-remaining") == Some(0);
    let reset =
        || number("x-ratelimit-reset").filter(|_| used_up).and_then(|second| Timestamp::from_second(second).ok());
    if let Some(until) = retry_after {
        world.told.insert(caller.limit_key(), until);
    } else if let Some(until) = reset() {
        world.told.insert(hour_key(caller, path), until);
    }
}

/// Notes it when a caller does not wait as it was told. `GET /rate_limit` is always allowed.
pub(in super::super) fn watch_told(world: &mut World, method: &str, path: &str, caller: &Caller) {
    let now = world.now();
    let told = [caller.limit_key(), hour_key(caller, path)].iter().filter_map(|key| world.told.get(key)).max().copied();
    let Some(until) = told.filter(|until| now < *until) else { return };
    if path != "/rate_limit" {
        let actor = caller.name(world);
        world.violation(
            ViolationKind::TooSoon,
            &actor,
            format!("{method} {path}, but it was told to wait until {until}"),
        );
    }
}

/// Notes it when a caller's requests of the last minute or hour pass a secondary limit: 900 points a minute (a read is 1, a
/// write 5), 80 writes that make content a minute, 500 an hour. Called for each request that was just logged.
pub(in super::super) fn watch_secondary(world: &mut World) {
    let Some(last) = world.requests.last().cloned() else { return };
    let since = |minutes: i64| last.at.saturating_sub(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MIN);
    let (minute, hour) = (since(1), since(60));
    let makes_content = |one: &Request| one.is_write() && one.method != "DELETE" && (200..300).contains(&one.status);
    let (mut points, mut contents, mut contents_of_hour) = (0_u32, 0_u32, 0_u32);
    for one in world.requests.iter().rev().take_while(|one| one.at > hour).filter(|one| one.actor == last.actor) {
        let recent = one.at > minute;
        points += if !recent {
            0
        } else if !one.is_write() {
            1
        } else {
            5
        };
        contents += u32::from(recent && makes_content(one));
        contents_of_hour += u32::from(makes_content(one));
    }
    let mut tell = |what: &str| world.violation(ViolationKind::TooFast, &last.actor, what.to_owned());
    if points > 900 {
        tell("more than 900 points in a minute");
    }
    if makes_content(&last) && contents > 80 {
        tell("more than 80 writes in a minute");
    } else if makes_content(&last) && contents_of_hour > 500 {
        tell("more than 500 writes in an hour");
    }
}
