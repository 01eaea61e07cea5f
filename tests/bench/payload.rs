//! Deliveries as GitHub sends them: an issue, its repository, its people, with all the addresses that nobody reads, about
//! ten kilobytes each; and signed.

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// What deliveries are signed with.
pub(crate) const SECRET: &str = "a long random text";
/// The one installation.
pub(crate) const INSTALLATION: u64 = 2001;
/// Issues are spread over so many repositories.
pub(crate) const REPOSITORIES: u64 = 20;

/// Issues that the classifier is sure of, so that each gets a label.
const TEXTS: [(&str, &str); 4] = [
    (
        "[infra] Move staging to the new Kubernetes cluster",
        "Terraform modules exist. Needs a deployment pipeline and monitoring. The old virtual machines can be switched off \
         afterwards.",
    ),
    (
        "Upgrade from Node 18 to Node 22",
        "Node 18 has reached its end of life. Upgrade the runtime, bump the dependencies that need it, and drop support for \
         Node 16 in the shared library.",
    ),
    (
        "refactor: split OrderService into ordering, payment and shipping",
        "The class has 3,100 lines. Extract the payment and the shipping parts into modules of their own, without any \
         change of behaviour.",
    ),
    (
        "Flaky test: basket_total_is_rounded fails one time in ten",
        "The integration test depends on the clock. Rewrite the test fixture so that the unit tests and the integration \
         tests use a fixed date.",
    ),
];

/// When issues were opened: by a clock that is an hour ahead, so that each is younger than its repository's policy, which
/// the service meets with the first delivery. What is older is backlog and gets no label unasked.
static OPENED: LazyLock<String> = LazyLock::new(|| {
    #[expect(clippy::disallowed_methods, reason = "the service under measurement goes by the real clock, too")]
    let now = jiff::Timestamp::now();
    (now + jiff::SignedDuration::from_hours(1)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
});

/// The repository of an issue.
pub(crate) const fn repository_of(number: u64) -> u64 {
    700 + number % REPOSITORIES
}

/// `acme/shop-700`
pub(crate) fn repository_name(repository: u64) -> String {
    format!("acme/shop-{repository}")
}

/// An issue as the interface and webhooks show it.
pub(crate) fn issue(number: u64) -> Value {
    let (title, body) = TEXTS[usize::try_from(number).unwrap() % TEXTS.len()];
    let url = format!("https://api.github.com/repos/{}/issues/{number}", repository_name(repository_of(number)));
    let mut issue = json!({
        "id": 1_000_000 + number, "node_id": format!("I_kwDO{number:012}"), "number": number, "title": title,
        "body": format!("{body}\n\nSeen in build {number}."), "state": "open", "locked": false, "comments": 0,
        "user": user("octocat"), "labels": [], "assignee": null, "assignees": [], "milestone": null, "draft": false,
        "created_at": *OPENED, "updated_at": *OPENED, "closed_at": null,
        "author_association": "MEMBER", "active_lock_reason": null, "performed_via_github_app": null, "state_reason": null,
        "html_url": format!("https://github.com/{}/issues/{number}", repository_name(repository_of(number))),
        "reactions": { "url": format!("{url}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0,
            "confused": 0, "heart": 0, "rocket": 0, "eyes": 0 },
    });
    addresses(&mut issue, &url, &["labels_url", "comments_url", "events_url", "timeline_url", "repository_url", "url"]);
    issue
}

/// The body of a delivery.
pub(crate) fn delivery(action: &str, number: u64) -> Vec<u8> {
    json!({
        "action": action, "issue": issue(number), "repository": repository(repository_of(number)),
        "organization": organization(), "sender": user("octocat"),
        "installation": { "id": INSTALLATION, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMjAwMQ==" },
    })
    .to_string()
    .into_bytes()
}

/// A repository as the interface and webhooks show it.
pub(crate) fn repository(id: u64) -> Value {
    let name = repository_name(id);
    let mut repository = json!({
        "id": id, "node_id": "R_kgDO", "name": name.split('/').next_back(), "full_name": name, "private": true,
        "owner": user("acme"), "description": "A shop for bicycle parts", "fork": false, "language": "TypeScript",
        "default_branch": "main", "visibility": "private", "archived": false, "disabled": false, "open_issues_count": 2,
        "created_at": "2020-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "pushed_at": "2026-03-02T09:00:00Z",
        "size": 80_412, "stargazers_count": 3, "watchers_count": 3, "has_issues": true, "has_projects": true,
        "has_wiki": false, "forks_count": 0, "topics": [], "license": null, "forks": 0, "open_issues": 2, "watchers": 3,
    });
    let suffixes = [
        "archive_url",
        "assignees_url",
        "blobs_url",
        "branches_url",
        "collaborators_url",
        "comments_url",
        "commits_url",
        "compare_url",
        "contents_url",
        "contributors_url",
        "deployments_url",
        "downloads_url",
        "events_url",
        "forks_url",
        "git_commits_url",
        "git_refs_url",
        "git_tags_url",
        "hooks_url",
        "issue_comment_url",
        "issue_events_url",
        "issues_url",
        "keys_url",
        "labels_url",
        "languages_url",
        "merges_url",
        "milestones_url",
        "notifications_url",
        "pulls_url",
        "releases_url",
        "stargazers_url",
        "statuses_url",
        "subscribers_url",
        "subscription_url",
        "tags_url",
        "teams_url",
        "trees_url",
        "html_url",
        "clone_url",
        "git_url",
        "ssh_url",
        "svn_url",
        "url",
    ];
    addresses(&mut repository, &format!("https://api.github.com/repos/{name}"), &suffixes);
    repository
}

/// An account.
pub(crate) fn user(login: &str) -> Value {
    let mut user = json!({
        "login": login, "id": 583_231, "node_id": "MDQ6VXNlcjU4MzIzMQ==", "type": "User", "site_admin": false,
        "gravatar_id": "", "user_view_type": "public",
    });
    let suffixes = [
        "avatar_url",
        "events_url",
        "followers_url",
        "following_url",
        "gists_url",
        "html_url",
        "organizations_url",
        "received_events_url",
        "repos_url",
        "starred_url",
        "subscriptions_url",
        "url",
    ];
    addresses(&mut user, &format!("https://api.github.com/users/{login}"), &suffixes);
    user
}

fn organization() -> Value {
    let mut organization = json!({ "login": "acme", "id": 9, "node_id": "O_kgDO", "description": null });
    let suffixes = ["avatar_url", "events_url", "hooks_url", "issues_url", "members_url", "repos_url", "url"];
    addresses(&mut organization, "https://api.github.com/orgs/acme", &suffixes);
    organization
}

fn addresses(of: &mut Value, base: &str, names: &[&str]) {
    for name in names {
        of[name] = format!("{base}/{}{{/more}}", name.trim_end_matches("_url")).into();
    }
}

/// A whole request, ready to be written to a connection.
pub(crate) fn request(path: &str, delivery: &str, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let signature =
        mac.finalize().into_bytes().iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"));
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: GitHub-Hookshot/abcdef0\r\naccept: */*\r\n\
         content-type: application/json\r\nx-github-event: issues\r\nx-github-delivery: {delivery}\r\n\
         x-github-hook-id: 1\r\nx-hub-signature-256: {signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
