//! What the rules know without any policy: fields of issue templates, traces of machines, what goes before what.
//!
//! All of it speaks for categories by their names in the default policy, and only where the policy has them.

use crate::classify::text::Trace;

/// Where a field's name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anywhere in the body: nobody writes it but in a template's sense.
    Anywhere,
    /// Only as a heading, before a colon or at a ticked box: otherwise it is an ordinary word.
    Named,
}

/// A field of issue templates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// Where it counts.
    pub(super) reach: Reach,
    /// What it speaks for, and how strongly. Empty: it only names a section that does not speak.
    pub(super) signs: &'static [(&'static str, f64)],
    /// Whether what stands below it is no prose about the work: versions, logs, checklists.
    pub(super) mutes: bool,
}

const fn field(name: &'static str, reach: Reach, signs: &'static [(&'static str, f64)]) -> Field {
    Field { name, reach, signs, mutes: false }
}

const fn muting(name: &'static str, signs: &'static [(&'static str, f64)]) -> Field {
    Field { name, reach: Reach::Named, signs, mutes: true }
}

use Reach::{Anywhere, Named};

/// The fields, as GitHub's and Jira's templates name them.
pub(super) const FIELDS: &[Field] = &[
    field("steps to reproduce", Anywhere, &[("bug", 2.0)]),
    field("steps to replicate", Anywhere, &[("bug", 2.0)]),
    field("how to reproduce", Anywhere, &[("bug", 1.8)]),
    field("to reproduce", Anywhere, &[("bug", 1.3)]),
    field("repro steps", Anywhere, &[("bug", 2.0)]),
    field("minimal reproduction", Anywhere, &[("bug", 1.5)]),
    field("link to minimal reproduction", Anywhere, &[("bug", 1.5)]),
    field("standalone code to reproduce the issue", Anywhere, &[("bug", 1.0)]),
    field("steps code to reproduce", Anywhere, &[("bug", 1.5)]),
    field("reproduction", Named, &[("bug", 1.5)]),
    field("reproducible", Named, &[("bug", 1.0)]),
    field("steps", Named, &[("bug", 1.2)]),
    field("describe the bug", Anywhere, &[("bug", 1.8)]),
    field("bug description", Anywhere, &[("bug", 1.8)]),
    field("bug report", Named, &[("bug", 1.8)]),
    field("bug", Named, &[("bug", 1.8)]),
    field("what went wrong", Anywhere, &[("bug", 1.5)]),
    field("what happened", Named, &[("bug", 1.2)]),
    field("what is happening", Named, &[("bug", 1.2)]),
    field("expected behavior", Anywhere, &[("bug", 1.2)]),
    field("expected behaviour", Anywhere, &[("bug", 1.2)]),
    field("expected result", Anywhere, &[("bug", 1.6)]),
    field("expected outcome", Anywhere, &[("bug", 1.4)]),
    field("what is expected", Anywhere, &[("bug", 1.2)]),
    field("what did you expect", Anywhere, &[("bug", 1.4)]),
    field("what you expected to happen", Anywhere, &[("bug", 1.4)]),
    field("expected", Named, &[("bug", 1.4)]),
    field("actual behavior", Anywhere, &[("bug", 1.4)]),
    field("actual behaviour", Anywhere, &[("bug", 1.4)]),
    field("actual result", Anywhere, &[("bug", 1.8)]),
    field("actual outcome", Anywhere, &[("bug", 1.6)]),
    field("actual", Named, &[("bug", 1.6)]),
    field("current behavior", Anywhere, &[("bug", 0.6)]),
    field("current behaviour", Anywhere, &[("bug", 0.6)]),
    field("observed behavior", Anywhere, &[("bug", 1.4)]),
    field("observed behaviour", Anywhere, &[("bug", 1.4)]),
    field("observed", Named, &[("bug", 1.0)]),
    field("error message", Named, &[("bug", 1.0)]),
    field("traceback", Named, &[("bug", 1.0)]),
    field("regression", Named, &[("bug", 1.0)]),
    field("did this work before", Anywhere, &[("bug", 1.0)]),
    field("suggest a potential alternative fix", Anywhere, &[("documentation", 2.5)]),
    field("describe the issue linked to the documentation", Anywhere, &[("documentation", 3.0)]),
    field("documentation issue", Named, &[("documentation", 3.0)]),
    field("is your feature request related to a problem", Anywhere, &[("feature", 2.5)]),
    field("describe the solution you'd like", Anywhere, &[("feature", 1.8)]),
    field("describe alternatives you've considered", Anywhere, &[("feature", 1.2)]),
    field("describe the workflow you want to enable", Anywhere, &[("feature", 1.8)]),
    field("describe your proposed solution", Anywhere, &[("feature", 1.2)]),
    field("what problem does this feature solve", Anywhere, &[("feature", 2.5)]),
    field("what does the proposed api look like", Anywhere, &[("feature", 2.0)]),
    field("feature request", Named, &[("feature", 2.0)]),
    field("feature description", Named, &[("feature", 2.0)]),
    field("feature", Named, &[("feature", 1.8)]),
    field("enhancement", Named, &[("feature", 1.5)]),
    field("proposed solution", Named, &[("feature", 1.0)]),
    field("proposed feature", Named, &[("feature", 1.8)]),
    field("possible solution", Named, &[("bug", 0.4)]),
    field("proposal", Named, &[("feature", 0.8)]),
    field("use case", Named, &[("feature", 1.0)]),
    field("user story", Named, &[("feature", 1.8)]),
    field("acceptance criteria", Anywhere, &[("feature", 0.6)]),
    field("motivation", Named, &[("feature", 0.6)]),
    field("alternatives", Named, &[("feature", 0.5)]),
    field("question", Named, &[("question", 1.5)]),
    field("questions", Named, &[("question", 0.8)]),
    field("support request", Named, &[("question", 1.5)]),
    field("technical debt", Named, &[("technical-debt", 2.5)]),
    field("refactoring", Named, &[("refactoring", 2.0)]),
    field("vulnerability", Named, &[("security", 2.0)]),
    field("performance issue", Named, &[("performance", 2.0)]),
    field("do you want to request a feature or report a bug", Anywhere, &[]),
    field("bug or feature request", Anywhere, &[]),
    field("bug report or feature request", Anywhere, &[]),
    field("is this a bug report or feature request", Anywhere, &[]),
    field("issue type", Named, &[]),
    muting("environment", &[("bug", 0.5)]),
    muting("your environment", &[("bug", 0.6)]),
    muting("system info", &[("bug", 0.6)]),
    muting("system information", &[("bug", 0.6)]),
    muting("versions", &[("bug", 0.6)]),
    muting("version", &[("bug", 0.4)]),
    muting("os", &[("bug", 0.4)]),
    muting("operating system", &[("bug", 0.4)]),
    muting("browser", &[("bug", 0.4)]),
    muting("device", &[("bug", 0.4)]),
    muting("mobile device", &[("bug", 0.3)]),
    muting("smartphone", &[("bug", 0.4)]),
    muting("platform", &[("bug", 0.2)]),
    muting("python version", &[]),
    muting("compiler version", &[]),
    muting("custom code", &[]),
    muting("relevant log output", &[]),
    muting("log output", &[]),
    muting("logs", &[("bug", 0.5)]),
    muting("stack trace", &[("bug", 1.0)]),
    muting("stacktrace", &[("bug", 1.0)]),
    muting("checklist", &[]),
    muting("issue submission checklist", &[]),
    muting("prerequisites", &[]),
    muting("code of conduct", &[]),
    muting("screenshots", &[("bug", 0.3)]),
];

/// What a trace of a machine speaks for.
pub(super) const fn traces(trace: Trace) -> &'static [(&'static str, f64)] {
    match trace {
        Trace::Exception => &[("bug", 0.8)],
        Trace::Log | Trace::Image => &[("bug", 0.4)],
    }
}

/// What a question mark at the title's end speaks for.
pub(super) const ASKS: &[(&str, f64)] = &[("question", 1.8), ("spike", 0.6)];

/// How much likelier a category is before anything was read, in nats: most items are bugs and features.
pub(super) fn prior(category: &str) -> f64 {
    match category {
        "feature" => 2.2,
        "bug" => 1.5,
        _ => 0.0,
    }
}

/// Where explicit signs name both, the first is meant: `bug` and `feature` are said of anything.
pub(super) const GOES_BEFORE: &[(&str, &str)] = &[
    ("platform-upgrade", "technical-debt"),
    ("technical-debt", "refactoring"),
    ("test-coverage", "developer-experience"),
];

/// What gives way to any other category that an explicit sign of the same kind names.
pub(super) const GIVES_WAY: &[&str] = &["bug", "feature"];
