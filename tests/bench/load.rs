//! Sends deliveries and times their acknowledgements. Requests are made and signed beforehand, so that little but sending
//! is left to do while the clock runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Connections that are used at once, as GitHub's senders and a proxy would. Each waits for its answer before it sends the
/// next: with few of them the disk's answer to one commit is measured, and not how many deliveries share it.
pub(crate) const CONNECTIONS: usize = 64;

/// What a load did.
pub(crate) struct Acknowledged {
    /// From the first request to the last answer.
    pub(crate) took: Duration,
    /// How long each waited for its answer, shortest first.
    pub(crate) waits: Vec<Duration>,
}

impl Acknowledged {
    pub(crate) fn per_second(&self) -> f64 {
        self.waits.len() as f64 / self.took.as_secs_f64()
    }

    /// The wait that so many of a hundred did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.waits.get(self.waits.len() * percent / 100).or(self.waits.last()).copied().unwrap()
    }
}

/// Sends all, as fast as answers come (`rate` none) or so many a second: then a wait counts from when its request should
/// have been sent, so that a stall is not hidden by what it held back.
pub(crate) async fn send(address: &str, requests: Vec<Vec<u8>>, rate: Option<f64>) -> Acknowledged {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        let mut line = TcpStream::connect(address).await.unwrap();
        line.set_nodelay(true).unwrap();
        senders.spawn(async move {
            let mut waits = Vec::new();
            let mut answer = Vec::with_capacity(4096);
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(nth) else { return waits };
                let due = match rate {
                    None => Instant::now(),
                    Some(rate) => {
                        let due = begun + Duration::from_secs_f64(nth as f64 / rate);
                        tokio::time::sleep_until(due.into()).await;
                        due
                    }
                };
                line.write_all(request).await.unwrap();
                let status = read_answer(&mut line, &mut answer).await;
                assert!((200..300).contains(&status), "a delivery was answered {status}");
                waits.push(due.elapsed());
            }
        });
    }
    let mut waits = Vec::with_capacity(requests.len());
    while let Some(some) = senders.join_next().await {
        waits.extend(some.unwrap());
    }
    let took = begun.elapsed();
    waits.sort_unstable();
    Acknowledged { took, waits }
}

/// Reads one answer to its end and returns its status.
async fn read_answer(line: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    loop {
        assert!(line.read_buf(buffer).await.unwrap() > 0, "the connection was closed without an answer");
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        let complete = match length {
            Some(length) => buffer.len() >= head + 4 + length,
            None => text.contains("transfer-encoding: chunked") && buffer.ends_with(b"0\r\n\r\n"),
        };
        if complete {
            return text.split_whitespace().nth(1).unwrap().parse().unwrap();
        }
    }
}
