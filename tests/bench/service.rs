//! The built service, as an operator runs it but for the pace of its writes: a database on the disk, a GitHub to talk to.

use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::github::GitHub;
use crate::payload::{SECRET, request};
use crate::process::Running;

const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sandbox/github/test_only_private_key.pem");

/// A running service.
pub(crate) struct Service {
    pub(crate) process: Running,
    pub(crate) address: String,
    _directory: TempDir,
}

impl Service {
    pub(crate) async fn start(github: &GitHub) -> Self {
        // Beside the build, so that the database is on a disk and not in memory.
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let address = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .arg("serve")
            .env("PLIMSOLL_LISTEN", &address)
            .env("PLIMSOLL_DATABASE_URL", format!("sqlite://{}", directory.path().join("bench.db").display()))
            .env("PLIMSOLL_GITHUB_URL", &github.url)
            .env("PLIMSOLL_GITHUB_APP_ID", "1001")
            .env("PLIMSOLL_GITHUB_PRIVATE_KEY_FILE", KEY)
            .env("PLIMSOLL_GITHUB_WEBHOOK_SECRETS", SECRET)
            .env("PLIMSOLL_GITHUB_WRITES_PER_SECOND", "0")
            .stderr(Stdio::from(std::fs::File::create(directory.path().join("log")).unwrap()));
        let process = Running::start(&mut command);
        answers(&address).await;
        Self { process, address, _directory: directory }
    }

    /// The request of a delivery to it. Delivery ids never repeat.
    pub(crate) fn delivery(name: &str, body: &[u8]) -> Vec<u8> {
        request("/webhooks/github", name, body)
    }

    /// A metric that it tells, without labels or with all of them summed up.
    pub(crate) async fn metric(&self, name: &str, with: &str) -> f64 {
        let text = reqwest::get(format!("http://{}/metrics", self.address)).await.unwrap().text().await.unwrap();
        let samples = text.lines().filter(|line| line.starts_with(name) && line.contains(with));
        samples.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }

    /// Returns once nothing is due or in hand; what waits to be tried again later does not count.
    pub(crate) async fn has_nothing_to_do(&self) {
        while self.busy().await > 0.0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn busy(&self) -> f64 {
        self.metric("plimsoll_work{", "state=\"due\"").await + self.metric("plimsoll_work{", "state=\"in_hand\"").await
    }
}

/// An address that nobody listens on just now.
pub(crate) fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Returns once somebody listens there.
pub(crate) async fn answers(address: &str) {
    let within = Duration::from_secs(30);
    let listens = async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(within, listens).await.unwrap_or_else(|_| panic!("nobody listens on {address}"));
}
