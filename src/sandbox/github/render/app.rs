//! The App, its installations and its deliveries as JSON.

use serde_json::{Value, json};

use super::super::app::{EVENTS, permissions};
use super::super::hooks::Delivery;
use super::super::state::{AccountKind, Installation, Repository, World};
use super::{node_id, time, user};

/// An `integration`.
pub(in super::super) fn app(world: &World) -> Value {
    json!({
        "id": world.app.id, "slug": world.app.slug, "node_id": node_id("A", world.app.id),
        "owner": {
            "login": world.app.slug, "id": 1, "node_id": node_id("O", 1), "avatar_url": format!("{}/avatars/1", world.url),
            "gravatar_id": "", "url": format!("{}/users/1", world.url), "html_url": format!("{}/1", world.url),
            "followers_url": "", "following_url": "", "gists_url": "", "starred_url": "", "subscriptions_url": "",
            "organizations_url": "", "repos_url": "", "events_url": "", "received_events_url": "",
            "type": "Organization", "site_admin": false,
        },
        "name": world.app.slug, "description": null, "external_url": world.url,
        "html_url": format!("{}/apps/{}", world.url, world.app.slug),
        "created_at": time(world.created_at), "updated_at": time(world.created_at),
        "permissions": permissions(), "events": EVENTS, "installations_count": world.installations.len(),
    })
}

/// An `installation`.
pub(in super::super) fn installation(world: &World, one: &Installation) -> Value {
    let page = match one.account.kind {
        AccountKind::Organization => format!("{}/organizations/{}/settings", world.url, one.account.login),
        _ => format!("{}/settings", world.url),
    };
    json!({
        "id": one.id, "account": user(world, &one.account), "repository_selection": one.selection_name(),
        "access_tokens_url": format!("{}/app/installations/{}/access_tokens", world.url, one.id),
        "repositories_url": format!("{}/installation/repositories", world.url),
        "html_url": format!("{page}/installations/{}", one.id),
        "app_id": world.app.id, "app_slug": world.app.slug,
        "target_id": one.account.id, "target_type": one.account.kind.name(),
        "permissions": one.permissions, "events": EVENTS,
        "created_at": time(one.created_at), "updated_at": time(one.created_at), "single_file_name": null,
        "suspended_by": null, "suspended_at": one.suspended_at.map(time),
    })
}

/// An installation as the webhooks about it carry it: with times as seconds.
pub(in super::super) fn hook_installation(world: &World, one: &Installation) -> Value {
    let at = one.created_at.as_second();
    super::merge(installation(world, one), json!({"created_at": at, "updated_at": at}))
}

/// The installation as every webhook of a repository names it.
pub(in super::super) fn installation_stub(one: &Installation) -> Value {
    json!({"id": one.id, "node_id": node_id("MDIzOkluc3RhbGxhdGlvbg", one.id)})
}

/// A repository as events about installations list it.
pub(in super::super) fn installation_repository(of: &Repository) -> Value {
    json!({
        "id": of.id, "node_id": node_id("R", of.id), "name": of.name, "full_name": of.full_name(),
        "private": of.private,
    })
}

/// A `hook-delivery-item`.
pub(in super::super) fn deliveries_item(delivery: &Delivery) -> Value {
    let answer = delivery.answer.as_ref();
    json!({
        "id": delivery.id, "guid": delivery.guid, "delivered_at": answer.map(|one| time(one.at)),
        "redelivery": delivery.redelivery, "duration": 0.05,
        "status": answer.map(|one| one.words.clone()), "status_code": answer.map(|one| one.status),
        "event": delivery.event, "action": delivery.action,
        "installation_id": delivery.installation, "repository_id": delivery.repository, "throttled_at": null,
    })
}

/// A `hook-delivery`: the item with what was sent and answered.
pub(in super::super) fn delivery(world: &World, delivery: &Delivery) -> Value {
    let payload: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
    let headers: serde_json::Map<String, Value> =
        delivery.headers(world).into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    super::merge(
        deliveries_item(delivery),
        json!({"url": world.webhook_url, "request": {"headers": headers, "payload": payload},
               "response": {"headers": {}, "payload": ""}}),
    )
}
