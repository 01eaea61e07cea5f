//! Scripted trouble: what goes wrong, with which requests, how often, and before or after the work was done.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(in super::super) enum Trouble {
    Answer { status: u16, headers: Vec<(String, String)>, body: Value },
    Delay(Duration),
    Drop,
    Truncate,
    Hang,
    Call(Callback),
}

/// What a test does when a fault strikes.
#[derive(Clone)]
pub(in super::super) struct Callback(Arc<dyn Fn() + Send + Sync>);

impl Callback {
    pub(in super::super) fn call(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback")
    }
}

/// A rule: what happens to the next requests with a method and a path that begins so.
///
/// Faults strike before the handler unless [`Fault::after`] is said; then the change is made and its answer lost.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path_prefix: String,
    spared: u32,
    times: u32,
    moment: Moment,
    trouble: Trouble,
}

impl Fault {
    /// A fault for the next request with this method (`*`: any) and a path (without query) that begins so. Until more is
    /// said it answers 500.
    #[must_use]
    pub fn on(method: &str, path_prefix: &str) -> Self {
        Self {
            method: method.to_uppercase(),
            path_prefix: path_prefix.to_owned(),
            spared: 0,
            times: 1,
            moment: Moment::Before,
            trouble: Trouble::Answer { status: 500, headers: Vec::new(), body: json!({"message": "Server Error"}) },
        }
    }

    /// Strikes this often; 0 is never.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Spares so many requests that fit before it strikes.
    #[must_use]
    pub fn sparing(mut self, requests: u32) -> Self {
        self.spared = requests;
        self
    }

    /// Strikes until [`crate::sandbox::github::GitHub::clear_faults`].
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// Strikes when the handler is done: a write has happened, and the answer is lost.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.moment = Moment::After;
        self
    }

    /// Answers with this status (100 to 999) instead.
    #[must_use]
    pub fn answer(mut self, status: u16) -> Self {
        let words = StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason()).unwrap_or("Scripted");
        self.trouble = Trouble::Answer { status, headers: Vec::new(), body: json!({"message": words}) };
        self
    }

    /// Adds a header to the scripted answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Trouble::Answer { headers, .. } = &mut self.trouble {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Sets the body of the scripted answer.
    #[must_use]
    pub fn body(mut self, json: Value) -> Self {
        if let Trouble::Answer { body, .. } = &mut self.trouble {
            *body = json;
        }
        self
    }

    /// Answers as GitHub does when a secondary limit is exceeded: 403, with `retry-after` in seconds where it is told.
    #[must_use]
    pub fn secondary_limit(self, retry_after: Option<u32>) -> Self {
        let words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        let fault = self.answer(403).body(json!({
            "message": words,
            "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        }));
        match retry_after {
            Some(seconds) => fault.header("retry-after", &seconds.to_string()),
            None => fault,
        }
    }

    /// Lets the request wait, and then takes its course.
    #[must_use]
    pub fn delay(mut self, by: Duration) -> Self {
        self.trouble = Trouble::Delay(by);
        self
    }

    /// Ends the connection without an answer.
    #[must_use]
    pub fn drop_connection(mut self) -> Self {
        self.trouble = Trouble::Drop;
        self
    }

    /// Sends only half of the answer's body, and then ends the connection; the work is done.
    #[must_use]
    pub fn truncate(mut self) -> Self {
        self.trouble = Trouble::Truncate;
        self.after()
    }

    /// Never answers. A story hears of it by [`crate::sandbox::github::GitHub::hung`], e.g. to let its bot die just there.
    #[must_use]
    pub fn hang(mut self) -> Self {
        self.trouble = Trouble::Hang;
        self
    }

    /// Lets something happen in the story, and then takes its course: the clock moves while the request is answered, or a
    /// person is faster. It must not talk to the simulated GitHub's API.
    #[must_use]
    pub fn meanwhile(mut self, act: impl Fn() + Send + Sync + 'static) -> Self {
        self.trouble = Trouble::Call(Callback(Arc::new(act)));
        self
    }

    fn matches(&self, method: &str, path: &str, moment: Moment) -> bool {
        self.times > 0
            && self.moment == moment
            && (self.method == "*" || self.method == method)
            && path.starts_with(&self.path_prefix)
    }
}

/// The trouble that waits for a request before its handler runs; it counts as struck.
pub(in super::super) fn before(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Trouble> {
    take(faults, method, path, Moment::Before)
}

/// The trouble that waits for a request whose handler is done; it counts as struck.
pub(in super::super) fn after(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Trouble> {
    take(faults, method, path, Moment::After)
}

fn take(faults: &mut Vec<Fault>, method: &str, path: &str, moment: Moment) -> Option<Trouble> {
    let fitting = faults.iter_mut().filter(|fault| fault.matches(method, path, moment));
    let mut striking = None;
    for fault in fitting {
        if fault.spared > 0 {
            fault.spared -= 1;
        } else if striking.is_none() {
            striking = Some(fault);
        }
    }
    let fault = striking?;
    if fault.times != u32::MAX {
        fault.times -= 1;
    }
    let trouble = fault.trouble.clone();
    faults.retain(|fault| fault.times > 0);
    Some(trouble)
}
