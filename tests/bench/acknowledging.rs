//! Deliveries acknowledged a second, durable, against the same signature check without storage; and how long one waits at
//! half that load.

use std::time::Duration;

use crate::Options;
use crate::baseline::Baseline;
use crate::github::GitHub;
use crate::load::{Acknowledged, send};
use crate::payload::delivery;
use crate::report::{Aim, Report, median};
use crate::service::Service;

pub(crate) async fn measure(options: &Options, report: &mut Report) {
    let (mut ours, mut bare, mut ratios, mut waits, mut working) = (vec![], vec![], vec![], vec![], vec![]);
    for round in 0..options.rounds {
        let baseline = throughput(&Baseline::start().await.address, options.acknowledged, &format!("b{round}")).await;

        let github = GitHub::start().await;
        github.limit();
        let service = Service::start(&github).await;
        // The first delivery finds out that the installation has to rest; then there is only intake.
        send(&service.address, requests(1, &format!("w{round}")), None).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let before = service.process.cpu();
        let taken = throughput(&service.address, options.acknowledged, &format!("s{round}")).await;
        let cpu = service.process.cpu().saturating_sub(before).as_secs_f64() * 1e6 / options.acknowledged as f64;
        let half = taken.per_second() / 2.0;
        let paced = send(&service.address, requests(options.acknowledged, &format!("h{round}")), Some(half)).await;
        drop(service);

        let github = GitHub::start().await;
        let service = Service::start(&github).await;
        let beside = throughput(&service.address, options.acknowledged, &format!("e{round}")).await;

        bare.push(baseline.per_second());
        ours.push(taken.per_second());
        ratios.push(taken.per_second() / baseline.per_second());
        waits.push(paced.percentile(99).as_secs_f64() * 1000.0);
        working.push(beside.per_second());
        eprintln!(
            "acknowledging {round}: {:.0}/s, bare {:.0}/s, working {:.0}/s; at half load p50 {:?} p99 {:?}; {cpu:.0} µs of the processor each",
            taken.per_second(),
            baseline.per_second(),
            beside.per_second(),
            paced.percentile(50),
            paced.percentile(99)
        );
    }
    let detail =
        format!("{:.0} deliveries/s on disk against {:.0}/s without storage", median(&mut ours), median(&mut bare));
    report.ratio(
        "acknowledged, against the same check without storage",
        median(&mut ratios),
        Aim::AtLeast(0.5),
        &detail,
    );
    let beside = format!("99th percentile; half load is {:.0} deliveries/s", median(&mut ours) / 2.0);
    report.figure("wait for the acknowledgement at half load", median(&mut waits), "ms", Aim::LessThan(20.0), &beside);
    let detail = "the engine takes its share of the cores, labelling what has come".to_owned();
    report.figure("acknowledged while issues are being labelled", median(&mut working), "/s", Aim::None, &detail);
}

async fn throughput(address: &str, count: usize, name: &str) -> Acknowledged {
    send(address, requests(count, name), None).await
}

fn requests(count: usize, name: &str) -> Vec<Vec<u8>> {
    (0..count).map(|nth| Service::delivery(&format!("{name}-{nth}"), &delivery("opened", nth as u64 + 1))).collect()
}
