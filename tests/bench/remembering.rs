//! Resident memory while very many deliveries come in and are worked off.

use crate::Options;
use crate::github::GitHub;
use crate::load::send;
use crate::payload::delivery;
use crate::report::{Aim, Report};
use crate::service::Service;

const PORTIONS: usize = 10;

pub(crate) async fn measure(options: &Options, report: &mut Report) {
    let github = GitHub::start().await;
    let service = Service::start(&github).await;
    let portion = options.remembered / PORTIONS;
    let mut resident = Vec::new();
    for nth in 0..PORTIONS {
        let numbers = nth * portion + 1..=(nth + 1) * portion;
        let requests =
            numbers.map(|number| Service::delivery(&number.to_string(), &delivery("opened", number as u64))).collect();
        send(&service.address, requests, None).await;
        service.has_nothing_to_do().await;
        let memory = service.process.memory();
        eprintln!(
            "remembering: {} MB (at most {}) after {}",
            memory.resident / 1024,
            memory.peak / 1024,
            (nth + 1) * portion
        );
        resident.push(memory.resident as f64 / 1024.0);
    }
    let peak = service.process.memory().peak as f64 / 1024.0;
    let last = resident.last().copied().unwrap();
    let detail = format!("all of them issues that were labelled; {peak:.0} MiB at most");
    let what = format!("resident memory after {} deliveries", portion * PORTIONS);
    report.figure(&what, last, "MiB", Aim::LessThan(40.0), &detail);
    let detail = resident.iter().map(|mebibytes| format!("{mebibytes:.0}")).collect::<Vec<_>>().join(", ");
    let growth = last - resident[PORTIONS / 2 - 1];
    report.figure(
        "its growth over the second half of them",
        growth,
        "MiB",
        Aim::None,
        &format!("after each tenth: {detail}"),
    );
}
