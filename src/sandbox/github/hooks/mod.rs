//! Webhooks: every change becomes a delivery in the outbox, which is sent by itself or when the driver says so.
//!
//! GitHub promises neither order nor that a delivery arrives once; [`Weather`] and the driver make it break all of that.
//! A delivery that failed is not sent again unless the App asks for it, as on GitHub.

mod sender;

use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use super::app::EVENTS;
use super::http::gate::hex;
use super::render;
use super::state::{Account, World};

pub(super) use sender::{Sender, send_next};

/// Something that happened and that the App hears of.
pub(super) struct Event<'a> {
    pub(super) name: &'static str,
    pub(super) action: Option<&'static str>,
    pub(super) repository: u64,
    pub(super) by: &'a Arc<Account>,
    /// What belongs to the event: `issue`, `label`, `changes` …
    pub(super) body: Value,
}

/// What a delivery was answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) words: String,
    pub(super) at: Timestamp,
}

/// One webhook request, to be sent or sent.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) id: u64,
    pub(super) guid: String,
    pub(super) event: String,
    pub(super) action: Option<String>,
    pub(super) installation: Option<u64>,
    pub(super) repository: Option<u64>,
    pub(super) body: Vec<u8>,
    pub(super) redelivery: bool,
    pub(super) not_before: Option<Timestamp>,
    pub(super) answer: Option<Answer>,
}

impl Delivery {
    /// The headers with which it is sent.
    pub(super) fn headers(&self, world: &World) -> Vec<(&'static str, String)> {
        let of_repository = self.repository.filter(|_| self.installation.is_none());
        let (target, kind) = match of_repository {
            Some(repository) => (repository, "repository"),
            None => (world.app.id, "integration"),
        };
        vec![
            ("content-type", "application/json".to_owned()),
            ("user-agent", "GitHub-Hookshot/5a4d0b7".to_owned()),
            ("accept", "*/*".to_owned()),
            ("x-github-event", self.event.clone()),
            ("x-github-delivery", self.guid.clone()),
            ("x-github-hook-id", HOOK_ID.to_string()),
            ("x-github-hook-installation-target-id", target.to_string()),
            ("x-github-hook-installation-target-type", kind.to_owned()),
            ("x-hub-signature-256", format!("sha256={}", signature(&world.app.webhook_secret, &self.body))),
        ]
    }
}

/// How badly webhooks travel; each a probability from 0 (never) to 1 (always) per delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weather {
    /// Sent twice.
    pub duplicate: f64,
    /// Never arrives; GitHub's log of deliveries says so.
    pub lose: f64,
    /// Takes any place among those that wait.
    pub reorder: f64,
}

const HOOK_ID: u64 = 109_948_940;

fn signature(secret: &str, body: &[u8]) -> String {
    // A key of any length is taken, so there is no other branch in truth.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(body);
            hex(&mac.finalize().into_bytes())
        },
    )
}

/// Tells about something in a repository: the App, where it is installed, or else the repository's own webhook, which
/// names no installation.
pub(super) fn emit(world: &mut World, event: Event<'_>) {
    let Some(repository) = world.repositories.get(&event.repository) else { return };
    let installation = world.installation_of(event.repository);
    if (installation.is_none() && !repository.has_webhook) || !EVENTS.contains(&event.name) {
        return;
    }
    let mut payload = json!({});
    if let Value::Object(members) = &mut payload {
        if let Some(action) = event.action {
            members.insert("action".to_owned(), action.into());
        }
        if let Value::Object(body) = event.body {
            members.extend(body);
        }
        let rendered = match event.name {
            "push" => render::push_repository(world, repository),
            _ => render::repository(world, repository),
        };
        members.insert("repository".to_owned(), rendered);
        if let Some(organization) = render::organization(world, &repository.owner) {
            members.insert("organization".to_owned(), organization);
        }
        members.insert("sender".to_owned(), render::user(world, event.by));
        if let Some(installation) = installation {
            members.insert("installation".to_owned(), render::installation_stub(installation));
        }
    }
    let installation = installation.map(|one| one.id);
    queue(world, event.name, event.action, installation, Some(event.repository), &payload);
}

/// Tells the App about something of an organisation that belongs to no repository. Nobody hears of what a person owns.
pub(super) fn emit_of_organization(
    world: &mut World,
    name: &'static str,
    action: &'static str,
    owner: &Account,
    by: &Account,
    body: Value,
) {
    let installed = world.installations.values().find(|one| one.account.id == owner.id && one.suspended_at.is_none());
    let (Some(installation), Some(organization)) = (installed, render::organization(world, owner)) else { return };
    let mut payload = json!({"action": action});
    if let (Value::Object(members), Value::Object(body)) = (&mut payload, body) {
        members.extend(body);
        members.insert("organization".to_owned(), organization);
        members.insert("sender".to_owned(), render::user(world, by));
        members.insert("installation".to_owned(), render::installation_stub(installation));
    }
    let installation = installation.id;
    queue(world, name, Some(action), Some(installation), None, &payload);
}

/// Tells the App about an installation itself. `body` holds what belongs to the event.
pub(super) fn emit_installation(
    world: &mut World,
    name: &'static str,
    action: &'static str,
    installation: u64,
    by: &Account,
    body: Value,
) {
    let Some(one) = world.installations.get(&installation) else { return };
    let mut payload = json!({"action": action, "installation": render::hook_installation(world, one)});
    if let (Value::Object(members), Value::Object(body)) = (&mut payload, body) {
        members.extend(body);
        members.insert("sender".to_owned(), render::user(world, by));
    }
    queue(world, name, Some(action), Some(installation), None, &payload);
}

/// Greets the App, as GitHub does when a webhook is set up.
pub(super) fn emit_ping(world: &mut World) {
    let (at, url) = (render::time(world.now()), world.url.clone());
    let payload = json!({
        "zen": "Keep it logically awesome.", "hook_id": HOOK_ID,
        "hook": {
            "type": "App", "id": HOOK_ID, "name": "web", "active": true, "events": EVENTS, "app_id": world.app.id,
            "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": world.webhook_url},
            "updated_at": at, "created_at": at, "deliveries_url": format!("{url}/app/hook/deliveries"),
        },
    });
    queue(world, "ping", None, None, None, &payload);
}

fn queue(
    world: &mut World,
    event: &str,
    action: Option<&str>,
    installation: Option<u64>,
    repository: Option<u64>,
    payload: &Value,
) {
    let guid = {
        let mut bytes = [0_u8; 16];
        let (high, low) = bytes.split_at_mut(8);
        high.copy_from_slice(&world.entropy.next().to_be_bytes());
        low.copy_from_slice(&world.entropy.next().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    };
    let delivery = Delivery {
        id: world.next_id(),
        guid,
        event: event.to_owned(),
        action: action.map(str::to_owned),
        installation,
        repository,
        body: payload.to_string().into_bytes(),
        redelivery: false,
        not_before: None,
        answer: None,
    };
    let weather = world.weather;
    let happens = |world: &World, chance: f64| chance > 0.0 && world.entropy.fraction() < chance;
    if happens(world, weather.lose) {
        lost(world, delivery);
        return;
    }
    for _ in 0..=u8::from(happens(world, weather.duplicate)) {
        let place = if happens(world, weather.reorder) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place in a short queue"
            )]
            let place = (world.entropy.fraction() * (world.outbox.len() + 1) as f64) as usize;
            place.min(world.outbox.len())
        } else {
            world.outbox.len()
        };
        world.outbox.insert(place, delivery.clone());
    }
}

/// Notes a delivery as one that never arrived.
pub(super) fn lost(world: &mut World, mut delivery: Delivery) {
    delivery.answer = Some(Answer { status: 502, words: "failed to connect to host".to_owned(), at: world.now() });
    world.sent.push(delivery);
}

/// Puts a delivery that was tried into the outbox again: the same GUID and body under a new id.
pub(super) fn redeliver(world: &mut World, id: u64) -> bool {
    let Some(known) = world.sent.iter().find(|one| one.id == id).cloned() else { return false };
    let again = Delivery { id: world.next_id(), redelivery: true, not_before: None, answer: None, ..known };
    world.outbox.push_back(again);
    true
}
