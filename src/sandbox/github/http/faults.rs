//! Scripted trouble: what goes wrong, with which requests, how often, and before or after the work was done.

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
}

/// A rule: what happens to the next requests with a method and a path that begins so.
///
/// Faults strike before the handler unless [`Fault::after`] is said; then the change is made and its answer lost.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path_prefix: String,
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
    let fault = faults.iter_mut().find(|fault| fault.matches(method, path, moment))?;
    if fault.times != u32::MAX {
        fault.times -= 1;
    }
    let trouble = fault.trouble.clone();
    faults.retain(|fault| fault.times > 0);
    Some(trouble)
}
