//! What the intake answers.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use plimsoll::store::DeliveryRow;
use reqwest::{Client, RequestBuilder, Response};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::World;

/// Longer than anything here takes, and shorter than every patience of the service itself.
pub(crate) const SOON: Duration = Duration::from_secs(5);

const PING: &[u8] = br#"{"zen":"Speak like a human."}"#;
const STAR: &[u8] = br#"{"action":"created","repository":{"id":1,"full_name":"acme/shop"}}"#;

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    let digits = mac.finalize().into_bytes();
    digits.iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

pub(crate) fn request(world: &World, event: &str, delivery: &str, body: &[u8]) -> RequestBuilder {
    Client::new()
        .post(format!("{}/webhooks/github", world.url))
        .header("x-github-event", event)
        .header("x-github-delivery", delivery)
        .header("content-type", "application/json")
        .header("x-hub-signature-256", signature(&world.github.app().webhook_secret, body))
        .body(body.to_vec())
}

async fn said(response: Response) -> String {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    format!("{status} {} {}", kind.unwrap_or_default(), response.text().await.unwrap())
}

async fn deliveries(world: &World) -> Vec<DeliveryRow> {
    world.store.deliveries(10).await.unwrap()
}

#[tokio::test]
async fn a_ping_is_answered_and_an_unknown_event_is_recorded_as_ignored() {
    let world = World::new().await;
    assert_eq!(request(&world, "ping", "1", PING).send().await.unwrap().status(), 200);
    assert_eq!(request(&world, "star", "2", STAR).send().await.unwrap().status(), 202);
    assert_eq!(request(&world, "star", "2", STAR).send().await.unwrap().status(), 202);
    let rows = deliveries(&world).await;
    assert_eq!(rows.len(), 1, "the second one changed nothing");
    assert!(rows[0].ignored.is_some());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_webhook_that_sends_forms_is_understood_too() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", "[infra] Move staging to the new Kubernetes cluster", "Terraform modules exist.");
    let opened = world.github.pending().pop().unwrap();
    world.github.forget_pending();
    let json = String::from_utf8(opened.body).unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &json).finish();
    let as_form = request(&world, "issues", &opened.guid, form.as_bytes())
        .build()
        .map(|mut request| {
            let form = "application/x-www-form-urlencoded".parse().unwrap();
            request.headers_mut().insert("content-type", form);
            request
        })
        .unwrap();
    assert_eq!(Client::new().execute(as_form).await.unwrap().status(), 202);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    let unreadable = request(&world, "issues", "2", b"payload=%7Bsecret");
    assert_eq!(unreadable.send().await.unwrap().status(), 400, "JSON was announced");
    world.ends_quietly().await;
}

#[tokio::test]
async fn errors_are_small_problem_bodies_that_echo_nothing() {
    let world = World::new().await;
    let forged = request(&world, "star", "1", STAR).header("x-hub-signature-256", "sha256=00");
    let unsigned = Client::new().post(format!("{}/webhooks/github", world.url)).body(STAR);
    let form = Client::new()
        .post(format!("{}/webhooks/github", world.url))
        .header("x-hub-signature-256", signature(&world.github.app().webhook_secret, STAR))
        .header("x-github-event", "star")
        .header("x-github-delivery", "3")
        .header("content-type", "text/plain")
        .body(STAR);
    let headless = Client::new()
        .post(format!("{}/webhooks/github", world.url))
        .header("x-hub-signature-256", signature(&world.github.app().webhook_secret, STAR))
        .header("content-type", "application/json")
        .body(STAR);
    let no_json = request(&world, "issues", "4", b"{secret text");
    let answers = [
        said(forged.send().await.unwrap()).await,
        said(unsigned.send().await.unwrap()).await,
        said(form.send().await.unwrap()).await,
        said(headless.send().await.unwrap()).await,
        said(no_json.send().await.unwrap()).await,
        said(Client::new().get(format!("{}/nowhere", world.url)).send().await.unwrap()).await,
        said(Client::new().get(format!("{}/webhooks/github", world.url)).send().await.unwrap()).await,
    ];
    assert!(answers.iter().all(|answer| answer.contains("application/problem+json")), "{answers:#?}");
    assert!(answers.iter().all(|answer| !answer.contains("secret text")), "{answers:#?}");
    let statuses: Vec<&str> = answers.iter().filter_map(|answer| answer.split(' ').next()).collect();
    assert_eq!(statuses, ["401", "401", "415", "400", "400", "404", "405"]);
    assert_eq!(deliveries(&world).await, []);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_anything_else() {
    let world = World::new().await;
    let long = vec![b'x'; 26 * 1024 * 1024];
    let announced = Client::new().post(format!("{}/webhooks/github", world.url)).body(long.clone()).send().await;
    assert_eq!(announced.unwrap().status(), 413);
    assert_eq!(sent_in_chunks(&world, 26).await, "HTTP/1.1 413 Payload Too Large");
    world.ends_quietly().await;
}

#[tokio::test]
async fn without_a_signature_the_body_is_not_waited_for() {
    let world = World::new().await;
    let mut line = TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap();
    line.write_all(b"POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    tokio::time::timeout(SOON, line.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
    world.ends_quietly().await;
}

#[tokio::test]
async fn strangers_who_announce_much_and_send_little_delay_nobody() {
    let world = World::new().await;
    let mut strangers = Vec::new();
    for _ in 0..6 {
        strangers.push(half_sent(world.url.trim_start_matches("http://"), 25 * 1024 * 1024).await);
    }
    let genuine = tokio::time::timeout(SOON, request(&world, "star", "1", STAR).send()).await;
    assert_eq!(genuine.expect("a genuine delivery waits for strangers").unwrap().status(), 202);
    drop(strangers);
    world.ends_quietly().await;
}

/// The head of a request with a signature that only looks like one.
fn stranger(length: &str) -> String {
    let signature = "0".repeat(64);
    format!("POST /webhooks/github HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: sha256={signature}\r\n{length}\r\n\r\n")
}

/// A request whose body is being read: of so many announced bytes one was sent.
pub(crate) async fn half_sent(address: &str, announced: usize) -> TcpStream {
    let mut line = TcpStream::connect(address).await.unwrap();
    let head = stranger(&format!("expect: 100-continue\r\ncontent-length: {announced}"));
    line.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    tokio::time::timeout(SOON, line.read_exact(&mut go_on)).await.unwrap().unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    line.write_all(b"{").await.unwrap();
    line
}

/// Sends so many MiB without saying how many, and reads the answer's first line; the rest need not be taken.
async fn sent_in_chunks(world: &World, mebibytes: usize) -> String {
    let mut line = TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap();
    line.write_all(stranger("transfer-encoding: chunked").as_bytes()).await.unwrap();
    let mut chunk = b"100000\r\n".to_vec();
    chunk.extend(vec![b'x'; 1024 * 1024]);
    chunk.extend(b"\r\n");
    for _ in 0..mebibytes {
        if line.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 512];
    let length = line.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn health_is_told() {
    let world = World::new().await;
    for path in ["healthz", "readyz"] {
        assert_eq!(reqwest::get(format!("{}/{path}", world.url)).await.unwrap().status(), 200);
    }
    world.store.close().await;
    assert_eq!(reqwest::get(format!("{}/healthz", world.url)).await.unwrap().status(), 200);
    assert_eq!(reqwest::get(format!("{}/readyz", world.url)).await.unwrap().status(), 503);
}
