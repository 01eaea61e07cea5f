//! Accounts as JSON.

use serde_json::{Value, json};

use super::super::state::{Account, AccountKind, Role, World};
use super::{merge, node_id, segment, time, urls};

const ADDRESSES: &[(&str, &str)] = &[
    ("url", ""),
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// A `simple-user`.
pub(in super::super) fn user(world: &World, account: &Account) -> Value {
    let base = format!("{}/users/{}", world.url, segment(&account.login));
    let kind = if account.kind == AccountKind::Organization { "O" } else { "U" };
    let facts = json!({
        "login": account.login,
        "id": account.id,
        "node_id": node_id(kind, account.id),
        "avatar_url": format!("{}/avatars/{}", world.url, account.id),
        "gravatar_id": "",
        "html_url": format!("{}/{}", world.url, segment(account.login.trim_end_matches("[bot]"))),
        "type": account.kind.name(),
        "user_view_type": "public",
        "site_admin": false,
    });
    merge(Value::Object(urls(&base, ADDRESSES)), facts)
}

/// A `collaborator`: an account with what its role allows.
pub(in super::super) fn collaborator(world: &World, account: &Account, role: Role) -> Value {
    let permissions = json!({
        "pull": role >= Role::Read, "triage": role >= Role::Triage, "push": role >= Role::Write,
        "maintain": role >= Role::Maintain, "admin": role >= Role::Admin,
    });
    merge(user(world, account), json!({"role_name": role.name(), "permissions": permissions}))
}

/// A `public-user`.
pub(in super::super) fn public_user(world: &World, account: &Account) -> Value {
    let facts = json!({
        "name": null, "company": null, "blog": "", "location": null, "email": null, "hireable": null, "bio": null,
        "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": time(world.created_at), "updated_at": time(world.created_at),
    });
    merge(user(world, account), facts)
}

/// A `private-user`: what the account sees of itself.
pub(in super::super) fn private_user(world: &World, account: &Account) -> Value {
    let facts = json!({
        "private_gists": 0, "total_private_repos": 0, "owned_private_repos": 0, "disk_usage": 0, "collaborators": 0,
        "two_factor_authentication": true,
    });
    merge(public_user(world, account), facts)
}
