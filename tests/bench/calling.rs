//! How often GitHub is asked: the calls that cost the limit which the bot shares with everybody.

use crate::Options;
use crate::github::GitHub;
use crate::load::send;
use crate::payload::{REPOSITORIES, delivery};
use crate::report::{Aim, Report};
use crate::service::Service;

pub(crate) async fn measure(options: &Options, report: &mut Report) {
    let count = options.labelled as u64;
    let github = GitHub::start().await;
    let service = Service::start(&github).await;
    // The first issues of each repository bring its policy and its labels.
    deliver(&service, "opened", 1..=4 * REPOSITORIES).await;
    let before = total(&github);
    let numbers = 4 * REPOSITORIES + 1..=4 * REPOSITORIES + count;
    deliver(&service, "opened", numbers.clone()).await;
    let labelled = total(&github);
    deliver(&service, "edited", numbers).await;
    let unchanged = total(&github);
    let per = |calls: u64| calls as f64 / count as f64;
    let detail = format!("over {count} issues in {REPOSITORIES} repositories whose policies are known");
    report.figure("calls for an issue that gets its label", per(labelled - before), "", Aim::AtMost(2.0), &detail);
    let detail = "edited, and what it asks for is the same".to_owned();
    report.figure("calls for an event that changes nothing", per(unchanged - labelled), "", Aim::AtMost(1.0), &detail);
}

async fn deliver(service: &Service, action: &str, numbers: std::ops::RangeInclusive<u64>) {
    let requests =
        numbers.map(|number| Service::delivery(&format!("{action}-{number}"), &delivery(action, number))).collect();
    send(&service.address, requests, None).await;
    service.has_nothing_to_do().await;
}

fn total(github: &GitHub) -> u64 {
    github.calls().values().sum()
}
