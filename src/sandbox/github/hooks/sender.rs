//! Sends deliveries, one after the other.

use std::time::Duration;

use super::super::Shared;
use super::{Answer, Delivery};

/// The client that sends. GitHub waits ten seconds for an answer and follows no redirect.
pub(in super::super) struct Sender(reqwest::Client);

impl Sender {
    pub(in super::super) fn new() -> reqwest::Result<Self> {
        reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map(Self)
    }
}

/// Sends the first delivery that is due. None: nothing is due, or nobody listens.
pub(in super::super) async fn send_next(shared: &Shared) -> Option<Delivery> {
    let (mut delivery, url, headers) = shared.with(|world| {
        let url = world.webhook_url.clone()?;
        let now = world.now();
        let due = world.outbox.iter().position(|one| one.not_before.is_none_or(|at| at <= now))?;
        let delivery = world.outbox.remove(due)?;
        let headers = delivery.headers(world);
        Some((delivery, url, headers))
    })?;
    let mut request = shared.sender.0.post(url).body(delivery.body.clone());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let (status, words) = match request.send().await {
        Ok(answer) if answer.status().is_success() => (answer.status().as_u16(), "OK".to_owned()),
        Ok(answer) => (answer.status().as_u16(), format!("Invalid HTTP Response: {}", answer.status().as_u16())),
        Err(error) if error.is_timeout() => (504, "timed out".to_owned()),
        Err(_) => (502, "failed to connect to host".to_owned()),
    };
    shared.with(|world| {
        delivery.answer = Some(Answer { status, words, at: world.now() });
        world.sent.push(delivery.clone());
    });
    Some(delivery)
}
