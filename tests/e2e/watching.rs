//! What those who run the service see: metrics, the log, and that it stops when a part of it has ended.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use plimsoll::cli::logging::json_lines;
use plimsoll::clock::Random;
use plimsoll::sandbox::github::Fault;
use plimsoll::service::Metrics;
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::webhooks::{SOON, request};
use crate::world::World;

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

async fn get(url: &str) -> Response {
    Client::new().get(url).send().await.unwrap()
}

/// A bit of everything: labels, corrections, a limit, a failure, a stranger.
async fn a_busy_day() -> World {
    let (world, shop) = World::with_shop().await;
    let [replaced, removed, failing] = [(); 3].map(|()| shop.open("alice", INFRA.0, INFRA.1));
    let number = failing.view().unwrap().number;
    world.github.script(Fault::on("POST", &format!("/repos/acme/shop/issues/{number}/labels")).answer(422).always());
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    replaced.label("bob", "technical-debt");
    removed.unlabel("bob", "infrastructure");
    world.settle().await;
    shop.open("alice", "Checkout", "see mail");
    world.github.script(Fault::on("GET", "/repos/acme/shop/issues/").secondary_limit(Some(90)));
    world.settle().await;
    let forged = request(&world, "star", "1", b"{}").header("x-hub-signature-256", "sha256=00").send().await.unwrap();
    assert_eq!(forged.status(), 401);
    world
}

#[tokio::test]
async fn metrics_tell_what_happened() {
    let world = a_busy_day().await;
    let answer = get(&format!("{}/metrics", world.url)).await;
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text().await.unwrap();
    let mut samples: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !line.contains("_bucket")).collect();
    samples.retain(|line| !line.contains("acknowledgement_seconds_sum") && !line.contains("plimsoll_build"));
    samples.sort_unstable();
    insta::assert_snapshot!(samples.join("\n"));
    assert!(!text.contains("acme") && !text.contains("bob"), "{text}");
    world.github.clear_faults();
    world.later(SignedDuration::from_hours(1));
    world.ends_quietly().await;
}

/// The names and types of all metrics, and what labels are worth.
#[tokio::test]
async fn the_documented_metrics_are_those_that_are_served() {
    let world = a_busy_day().await;
    let text = get(&format!("{}/metrics", world.url)).await.text().await.unwrap();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let served: BTreeMap<&str, &str> = types.collect();
    let page = include_str!("../../docs/metrics.md");
    let rows: BTreeMap<&str, (&str, &str)> = page
        .lines()
        .filter_map(|row| row.strip_prefix("| `"))
        .map(|row| row.split(" | ").collect::<Vec<_>>())
        .map(|cells| (cells[0].trim_end_matches('`'), (cells[1], cells[2])))
        .collect();
    let documented: BTreeMap<&str, &str> = rows.iter().map(|(name, (kind, _))| (*name, *kind)).collect();
    assert_eq!(served, documented);
    for sample in text.lines().filter(|line| line.contains('{') && !line.contains("le=\"")) {
        let (name, rest) = sample.split_once('{').unwrap();
        let (_, labels) = rows[name.trim_end_matches("_total").trim_end_matches("_info")];
        for label in rest.split('}').next().unwrap().split(',') {
            let (key, value) = label.split_once('=').unwrap();
            let value = value.trim_matches('"');
            assert!(labels.contains(&format!("`{key}`")), "{sample}");
            let free = ["tracker", "version"].contains(&key) || (key == "lane" && name.contains("oldest"));
            assert!(free || labels.contains(&format!("`{value}`")), "{sample} is not in docs/metrics.md");
        }
    }
    world.github.clear_faults();
    world.later(SignedDuration::from_hours(1));
    world.ends_quietly().await;
}

#[tokio::test]
async fn through_a_proxy_there_are_no_metrics() {
    let world = World::new().await;
    for name in ["x-forwarded-for", "Forwarded", "via"] {
        let asked = Client::new().get(format!("{}/metrics", world.url)).header(name, "203.0.113.9");
        assert_eq!(asked.send().await.unwrap().status(), 404, "{name}");
    }
    assert_eq!(get(&format!("{}/metrics", world.url)).await.status(), 200);
    world.ends_quietly().await;
}

#[tokio::test]
async fn metrics_may_have_an_address_of_their_own() {
    let world = World::new().await;
    let (webhooks, metrics) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let [webhooks_url, metrics_url] =
        [&webhooks, &metrics].map(|listener| format!("http://{}/metrics", listener.local_addr().unwrap()));
    let service = world.another_service(Arc::new(Random::seeded(3))).with_metrics(Metrics::At(metrics));
    let stop = CancellationToken::new();
    let running = tokio::spawn(service.run(webhooks, stop.clone()));
    assert_eq!(get(&webhooks_url).await.status(), 404);
    assert_eq!(get(&metrics_url).await.status(), 200);
    stop.cancel();
    tokio::time::timeout(SOON, running).await.unwrap().unwrap().unwrap();
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_service_that_lost_a_part_says_so_and_stops() {
    let world = World::new().await;
    let service = world.another_service(Arc::new(Random::seeded(3)));
    let router = service.router();
    let beside = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ready = format!("http://{}/readyz", beside.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(beside, router).await });
    assert_eq!(get(&ready).await.status(), 200);

    world.store.close().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = service.run(listener, CancellationToken::new());
    let ended = tokio::time::timeout(SOON, running).await.expect("it goes on without its store");
    insta::assert_snapshot!(ended.unwrap_err(), @"a part of the service has ended (the store is closed); the log says more");
    let answer = get(&ready).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("a part of the service has ended"));
    serving.abort();
    world.restart().await.ends_quietly().await;
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn every_line_of_a_run_names_its_delivery_its_subject_and_its_installation() {
    let kept = Kept::default();
    let writer = kept.clone();
    // While there is one subscriber only, a line that a test on another thread reaches first is switched off for all.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _logging =
        tracing::subscriber::set_default(json_lines(EnvFilter::new("plimsoll=debug,info"), move || writer.clone()));
    let world = a_busy_day().await;
    world.github.clear_faults();
    world.later(SignedDuration::from_hours(1));
    world.settle().await;

    let lines = kept.lines();
    let of_engine = |line: &&Value| line["target"].as_str().unwrap().starts_with("plimsoll::engine");
    let messages: Vec<&str> = lines.iter().filter(of_engine).map(|line| line["message"].as_str().unwrap()).collect();
    for expected in ["wrote", "failed", "later", "done"] {
        assert!(messages.contains(&expected), "{messages:?}");
    }
    let deliveries: Vec<String> =
        world.store.deliveries(100).await.unwrap().into_iter().map(|row| row.delivery).collect();
    for line in lines.iter().filter(of_engine) {
        assert!(line["subject"].as_str().unwrap().starts_with("github:"), "{line}");
        assert_ne!(line["installation"].as_str().unwrap(), "", "{line}");
        assert!(deliveries.iter().any(|known| line["delivery"] == known.as_str()), "{line}");
    }
    let all = lines.iter().map(Value::to_string).collect::<String>();
    for secret in ["see mail", "Terraform modules exist", "Bearer", &world.github.app().webhook_secret] {
        assert!(!all.contains(secret), "{secret} was logged");
    }
    world.ends_quietly().await;
}
