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
}

const fn story(author: &'static str, title: &'static str, body: &'static str, expected: Expected) -> Story {
    Story { author, title, body, expected }
}

use Expected::{Category, Nothing, Side};

/// The backlog of a shop for bicycle parts, oldest first.
pub(super) const STORIES: &[Story] = &[
    story(
        "maria",
        "Checkout crashes when the voucher code contains a space",
        "### Steps to reproduce\n1. Put anything into the basket\n2. Enter `SPRING 25` as voucher code\n3. Press *Pay*\n\n### Expected behavior\nThe code is trimmed, or an error is shown.\n\n### Actual behavior\nA blank page; the server answers with error 500.\n\n```\nTypeError: Cannot read properties of undefined (reading 'discount')\n    at applyVoucher (/app/basket.js:118:23)\n```",
        Category("bug"),
    ),
    story(
        "jonas",
        "Remove the old price calculation that only the export still uses",
        "The new calculation has been live since March. The old one is dead code apart from the export, is full of hacks, and every change of a tax rate has to be made twice. This is technical debt that we keep paying interest on.",
        Category("technical-debt"),
    ),
    story(
        "aisha",
        "Move the staging servers to the new Kubernetes cluster",
        "Terraform modules exist already. Needs a deployment pipeline for staging, DNS and monitoring. The old virtual machines can be switched off afterwards.",
        Category("infrastructure"),
    ),
    story(
        "peter",
        "Customers want to save several delivery addresses",
        "As a customer with a workshop and a home I would like to choose between addresses when I order, so that I don't have to type them each time.\n\n**Acceptance criteria**\n- up to ten addresses in the profile\n- the last one used is preselected",
        Category("feature"),
    ),
    story(
        "lena",
        "Product search is slow: 9 seconds for \"chain\"",
        "The query does a full table scan of 1.2 million rows. An index on the name column and caching the first page should improve the performance: latency below 300 ms. p95 response time in the last week: 9.4 s.",
        Category("performance"),
    ),
    story(
        "aisha",
        "Password reset tokens never expire",
        "A leaked mail from two years ago still lets anybody take over the account. This is a vulnerability: tokens should expire after an hour and be single-use. Found in the security audit.",
        Category("security"),
    ),
    story(
        "jonas",
        "Upgrade from Node 18 to Node 22",
        "Node 18 has reached its end of life. Upgrade the runtime, bump the dependencies that need it, and drop support for Node 16 in the shared library.",
        Category("platform-upgrade"),
    ),
    story(
        "tomas",
        "CI takes 40 minutes",
        "The build compiles everything twice, and the linters run in sequence. Split the CI workflow into parallel jobs and cache the dependencies, so that developers get feedback within ten minutes.",
        Category("developer-experience"),
    ),
    story(
        "lena",
        "Flaky test: basket_total_is_rounded fails one time in ten",
        "The integration test depends on the clock. Rewrite the test fixture so that the unit tests and the integration tests use a fixed date.",
        Category("test-coverage"),
    ),
    story(
        "jonas",
        "refactor: split OrderService into ordering, payment and shipping",
        "The class has 3,100 lines. Extract the payment and the shipping parts into modules of their own, without any change of behaviour.",
        Category("refactoring"),
    ),
    story(
        "tomas",
        "Improve logging around the payment provider",
        "Improve error handling and logging: the log line says only `payment failed`. Use structured logging with the order number, so that support finds the order.",
        Category("engineering-improvement"),
    ),
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
    ),
    story(
        "peter",
        "feat: gift cards",
        "Let customers buy gift cards and pay with them. Users ask for this every Christmas.",
        Category("feature"),
    ),
    story(
        "aisha",
        "[infra] Backups of the production database are never restored",
        "We make backups each night but nobody has ever restored one. Add a weekly restore into a container and an alert when it fails.",
        Category("infrastructure"),
    ),
    story(
        "lena",
        "perf: product images are sent in full size",
        "4 MB for a thumbnail. Resize on upload, lazy loading in lists; the page weight should fall from 31 MB to 2 MB.",
        Category("performance"),
    ),
    story(
        "tomas",
        "chore(deps): bump the PostgreSQL driver from 2 to 3",
        "Version 2 is deprecated and no longer receives fixes.",
        Category("platform-upgrade"),
    ),
    story(
        "aisha",
        "Cross-site scripting in product reviews (XSS)",
        "A review with a script tag is executed in the browser of whoever reads it. Escape the text, sanitize old reviews, and add a content security policy.",
        Category("security"),
    ),
    story(
        "jonas",
        "Clean up the workaround in the shipping module",
        "The TODO in the shipping module says that this hack can go once the carrier has fixed its interface. They did, two years ago. Duplicated code in three places.",
        Category("technical-debt"),
    ),
    story(
        "maria",
        "Order confirmation e-mail is sent twice",
        "### Steps to reproduce\nPay, and reload the payment page.\n\n### Expected behavior\nOne confirmation.\n\n### Actual behavior\nTwo confirmations for one order. It does not work since Tuesday.",
        Category("bug"),
    ),
    story(
        "peter",
        "Show the stock level in the product list",
        "As a user I want to see whether a part is available before I open its page.",
        Category("feature"),
    ),
    story(
        "tomas",
        "Developer setup: one command to start everything",
        "The local development environment takes developers half a day. Provide a dev container and a Makefile target.",
        Category("developer-experience"),
    ),
    story(
        "lena",
        "Add tests for the returns module",
        "Test coverage there is 12 %. Unit tests for the refund rules, and an end-to-end test for a return with two parcels.",
        Category("test-coverage"),
    ),
    story(
        "jonas",
        "Refactor: rename Artikel to Product throughout the code base",
        "Half of the code is in German for historical reasons. Pure renaming, no change of behaviour.",
        Side("technical"),
    ),
];
