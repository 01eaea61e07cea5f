//! What the team plans by itself: features first, as teams do. What is missing they learn from the comment.

use jiff::civil::{Date, date};

use super::backlog::{FOR_SPRINT_8, FOR_SPRINT_9, FOR_SPRINT_10, FOR_SPRINT_11, FOR_SPRINT_12, Story};

/// How long each sprint is, in days.
pub(super) const LENGTH: u16 = 14;

/// A sprint as the team plans it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) name: &'static str,
    /// A Monday.
    pub(super) start: Date,
    /// What comes in for it.
    pub(super) stories: &'static [Story],
    /// What the team takes from the backlog, by the title.
    pub(super) from_backlog: &'static [&'static str],
    /// What is not done in time, by the title.
    pub(super) not_done: Option<&'static str>,
}

/// Oldest first; the first one runs when the story begins.
pub(super) const PLANS: &[Plan] = &[
    Plan {
        name: "Sprint 7",
        start: date(2026, 3, 2),
        stories: &[],
        from_backlog: &[
            "Checkout crashes when the voucher code contains a space",
            "Customers want to save several delivery addresses",
            "[Bug]: Invoice shows the wrong VAT for Norway",
            "feat: gift cards",
            "Flaky test: basket_total_is_rounded fails one time in ten",
        ],
        not_done: None,
    },
    Plan {
        name: "Sprint 8",
        start: date(2026, 3, 16),
        stories: FOR_SPRINT_8,
        from_backlog: &[
            "Order confirmation e-mail is sent twice",
            "Show the stock level in the product list",
            "Improve logging around the payment provider",
        ],
        not_done: Some("feat: show customers when a part will arrive"),
    },
    Plan {
        name: "Sprint 9",
        start: date(2026, 3, 30),
        stories: FOR_SPRINT_9,
        from_backlog: &["chore(deps): bump the PostgreSQL driver from 2 to 3"],
        not_done: None,
    },
    Plan {
        name: "Sprint 10",
        start: date(2026, 4, 13),
        stories: FOR_SPRINT_10,
        from_backlog: &["Add tests for the returns module"],
        not_done: None,
    },
    Plan {
        name: "Sprint 11",
        start: date(2026, 4, 27),
        stories: FOR_SPRINT_11,
        from_backlog: &["perf: product images are sent in full size"],
        not_done: None,
    },
    Plan {
        name: "Sprint 12",
        start: date(2026, 5, 11),
        stories: FOR_SPRINT_12,
        from_backlog: &["Clean up the workaround in the shipping module"],
        not_done: None,
    },
];
