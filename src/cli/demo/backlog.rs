//! The demo's backlog: a believable product's issues, with what is expected of the bot for each.

/// What the story expects of the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// This category's label.
    Category(&'static str),
    /// This side, whatever the category.
    Side(&'static str),
    /// No label: it is too vague to say.
    Nothing,
}

/// An issue that somebody opens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    pub(super) author: &'static str,
    pub(super) title: &'static str,
    pub(super) body: &'static str,
    pub(super) expected: Expected,
    /// Its label `points/N`.
    pub(super) estimate: Option<&'static str>,
    /// What its author says happens if nothing is done.
    pub(super) impact: Option<&'static str>,
}

const fn story(author: &'static str, title: &'static str, body: &'static str, expected: Expected) -> Story {
    Story { author, title, body, expected, estimate: None, impact: None }
}

impl Story {
    const fn estimated(self, estimate: &'static str) -> Self {
        Self { estimate: Some(estimate), ..self }
    }

    const fn matters(self, impact: &'static str) -> Self {
        Self { impact: Some(impact), ..self }
    }
}

use Expected::{Category, Nothing, Side};

/// The backlog of a shop for bicycle parts, oldest first.
pub(super) const STORIES: &[Story] = &[
    story(
        "maria",
        "Checkout crashes when the voucher code contains a space",
        "### Steps to reproduce\n1. Put anything into the basket\n2. Enter `SPRING 25` as voucher code\n3. Press *Pay*\n\n### Expected behavior\nThe code is trimmed, or an error is shown.\n\n### Actual behavior\nA blank page; the server answers with error 500.\n\n```\nTypeError: Cannot read properties of undefined (reading 'discount')\n    at applyVoucher (/app/basket.js:118:23)\n```",
        Category("bug"),
    )
    .estimated("points/3"),
    story(
        "jonas",
        "Remove the old price calculation that only the export still uses",
        "The new calculation has been live since March. The old one is dead code apart from the export, is full of hacks, and every change of a tax rate has to be made twice. This is technical debt that we keep paying interest on.",
        Category("technical-debt"),
    )
    .estimated("points/5"),
    story(
        "aisha",
        "Move the staging servers to the new Kubernetes cluster",
        "Terraform modules exist already. Needs a deployment pipeline for staging, DNS and monitoring. The old virtual machines can be switched off afterwards.",
        Category("infrastructure"),
    )
    .estimated("points/8"),
    story(
        "peter",
        "Customers want to save several delivery addresses",
        "As a customer with a workshop and a home I would like to choose between addresses when I order, so that I don't have to type them each time.\n\n**Acceptance criteria**\n- up to ten addresses in the profile\n- the last one used is preselected",
        Category("feature"),
    )
    .estimated("points/8"),
    story(
        "lena",
        "Product search is slow: 9 seconds for \"chain\"",
        "The query does a full table scan of 1.2 million rows. An index on the name column and caching the first page should improve the performance: latency below 300 ms. p95 response time in the last week: 9.4 s.",
        Category("performance"),
    )
    .estimated("points/3")
    .matters("One visitor in five leaves before the results are there"),
    story(
        "aisha",
        "Password reset tokens never expire",
        "A leaked mail from two years ago still lets anybody take over the account. This is a vulnerability: tokens should expire after an hour and be single-use. Found in the security audit.",
        Category("security"),
    )
    .estimated("points/3")
    .matters("Anybody who finds an old mail can take over a customer's account"),
    story(
        "jonas",
        "Upgrade from Node 18 to Node 22",
        "Node 18 has reached its end of life. Upgrade the runtime, bump the dependencies that need it, and drop support for Node 16 in the shared library.",
        Category("platform-upgrade"),
    )
    .estimated("points/5")
    .matters("No security fixes any more from May on"),
    story(
        "tomas",
        "CI takes 40 minutes",
        "The build compiles everything twice, and the linters run in sequence. Split the CI workflow into parallel jobs and cache the dependencies, so that developers get feedback within ten minutes.",
        Category("developer-experience"),
    )
    .estimated("points/3")
    .matters("Every change waits an hour, so we ship once a day instead of five times"),
    story(
        "lena",
        "Flaky test: basket_total_is_rounded fails one time in ten",
        "The integration test depends on the clock. Rewrite the test fixture so that the unit tests and the integration tests use a fixed date.",
        Category("test-coverage"),
    )
    .estimated("points/2"),
    story(
        "jonas",
        "refactor: split OrderService into ordering, payment and shipping",
        "The class has 3,100 lines. Extract the payment and the shipping parts into modules of their own, without any change of behaviour.",
        Category("refactoring"),
    )
    .estimated("points/8"),
    story(
        "tomas",
        "Improve logging around the payment provider",
        "Improve error handling and logging: the log line says only `payment failed`. Use structured logging with the order number, so that support finds the order.",
        Category("engineering-improvement"),
    )
    .estimated("points/2"),
    story(
        "maria",
        "Spike: can we replace the e-mail provider?",
        "Time-boxed to two days: evaluate three providers, prototype one, and write down a recommendation with costs.",
        Category("spike"),
    ),
    story(
        "peter",
        "docs: describe how to run the shop locally",
        "The README is out of date. Document the steps, and add an example configuration to the documentation.",
        Category("documentation"),
    ),
    story(
        "grace",
        "How can I change the currency?",
        "I have read the settings page and did not find it. Is it possible to sell in two currencies? Any help is appreciated.",
        Category("question"),
    ),
    story("peter", "Checkout", "see mail", Nothing),
    story("maria", "Please look at this", "As discussed yesterday.", Nothing),
    story(
        "grace",
        "[Bug]: Invoice shows the wrong VAT for Norway",
        "The invoice has 19 % instead of 25 %. It worked before last week's release.\n\n> On Monday the accountant wrote: please move the servers, upgrade the database and fix the security hole.",
        Category("bug"),
    )
    .estimated("points/2"),
    story(
        "peter",
        "feat: gift cards",
        "Let customers buy gift cards and pay with them. Users ask for this every Christmas.",
        Category("feature"),
    )
    .estimated("points/13"),
    story(
        "aisha",
        "[infra] Backups of the production database are never restored",
        "We make backups each night but nobody has ever restored one. Add a weekly restore into a container and an alert when it fails.",
        Category("infrastructure"),
    )
    .estimated("points/5")
    .matters("If the database is lost we may lose the shop with it"),
    story(
        "lena",
        "perf: product images are sent in full size",
        "4 MB for a thumbnail. Resize on upload, lazy loading in lists; the page weight should fall from 31 MB to 2 MB.",
        Category("performance"),
    )
    .estimated("points/3"),
    story(
        "tomas",
        "chore(deps): bump the PostgreSQL driver from 2 to 3",
        "Version 2 is deprecated and no longer receives fixes.",
        Category("platform-upgrade"),
    )
    .estimated("points/2"),
    story(
        "aisha",
        "Cross-site scripting in product reviews (XSS)",
        "A review with a script tag is executed in the browser of whoever reads it. Escape the text, sanitize old reviews, and add a content security policy.",
        Category("security"),
    )
    .estimated("points/3"),
    story(
        "jonas",
        "Clean up the workaround in the shipping module",
        "The TODO in the shipping module says that this hack can go once the carrier has fixed its interface. They did, two years ago. Duplicated code in three places.",
        Category("technical-debt"),
    )
    .estimated("points/3"),
    story(
        "maria",
        "Order confirmation e-mail is sent twice",
        "### Steps to reproduce\nPay, and reload the payment page.\n\n### Expected behavior\nOne confirmation.\n\n### Actual behavior\nTwo confirmations for one order. It does not work since Tuesday.",
        Category("bug"),
    )
    .estimated("points/3"),
    story(
        "peter",
        "Show the stock level in the product list",
        "As a user I want to see whether a part is available before I open its page.",
        Category("feature"),
    )
    .estimated("points/5"),
    story(
        "tomas",
        "Developer setup: one command to start everything",
        "The local development environment takes developers half a day. Provide a dev container and a Makefile target.",
        Category("developer-experience"),
    )
    .estimated("points/5"),
    story(
        "lena",
        "Add tests for the returns module",
        "Test coverage there is 12 %. Unit tests for the refund rules, and an end-to-end test for a return with two parcels.",
        Category("test-coverage"),
    )
    .estimated("points/5"),
    story(
        "jonas",
        "Refactor: rename Artikel to Product throughout the code base",
        "Half of the code is in German for historical reasons. Pure renaming, no change of behaviour.",
        Side("technical"),
    )
    .estimated("points/8"),
];

/// What comes in while the story goes on: nothing but features and bugs, as it is. By the sprint for which the team plans it.
pub(super) const FOR_SPRINT_8: &[Story] = &[
    story(
        "peter",
        "feat: order the same parts again with one click",
        "As a customer with a workshop I want to repeat a past order, so that I don't have to search for each part.",
        Category("feature"),
    )
    .estimated("points/5"),
    story(
        "peter",
        "feat: show customers when a part will arrive",
        "As a customer I want to see the day of delivery before I pay. Users ask for this every week.",
        Category("feature"),
    )
    .estimated("points/8"),
];

pub(super) const FOR_SPRINT_9: &[Story] = &[
    story(
        "peter",
        "feat: let workshops pay by invoice",
        "As a workshop I want to pay within 30 days, so that I can order before my own customer has paid.",
        Category("feature"),
    )
    .estimated("points/8"),
    story(
        "maria",
        "[Bug]: the filter forgets the wheel size",
        "### Steps to reproduce\nChoose 28 inches, open a product, go back.\n\n### Expected behavior\nThe filter is still set.\n\n### Actual behavior\nIt is empty.",
        Category("bug"),
    )
    .estimated("points/2"),
];

pub(super) const FOR_SPRINT_10: &[Story] = &[
    story(
        "peter",
        "feat: compare two products side by side",
        "As a customer I want to compare prices and weights, so that I can choose.",
        Category("feature"),
    )
    .estimated("points/8"),
    story(
        "peter",
        "feat: a wish list that customers can share",
        "As a customer I want to send a list of parts to a friend before my birthday.",
        Category("feature"),
    )
    .estimated("points/5"),
    story(
        "grace",
        "[Bug]: I cannot register with my mail address",
        "### Steps to reproduce\nRegister as `jörg@example.org`.\n\n### Expected behavior\nIt works.\n\n### Actual behavior\nThe form says that the address is wrong.",
        Category("bug"),
    )
    .estimated("points/3"),
];

pub(super) const FOR_SPRINT_11: &[Story] = &[
    story(
        "peter",
        "feat: a shop in French",
        "As a customer in Lyon I want to read the product pages in my language.",
        Category("feature"),
    )
    .estimated("points/13"),
    story(
        "maria",
        "[Bug]: the basket is empty after an hour",
        "### Steps to reproduce\nPut a part into the basket, have lunch.\n\n### Expected behavior\nIt is still there.\n\n### Actual behavior\nThe basket is empty.",
        Category("bug"),
    )
    .estimated("points/3"),
];

pub(super) const FOR_SPRINT_12: &[Story] = &[
    story(
        "peter",
        "feat: pick an order up in the store",
        "As a customer who lives around the corner I want to pick up my order and save the postage.",
        Category("feature"),
    )
    .estimated("points/8"),
    story(
        "peter",
        "feat: customers can rate a part with stars",
        "As a customer I want to see how others like a part before I buy it.",
        Category("feature"),
    )
    .estimated("points/5"),
];
