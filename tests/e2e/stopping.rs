//! How the service ends.

use std::sync::Arc;
use std::time::Duration;

use plimsoll::clock::Random;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::world::World;

/// Longer than anything here takes, and shorter than every patience of the service itself.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn clients_that_never_finish_do_not_keep_it_from_stopping() {
    let world = World::new().await;
    let service = world.another_service(Arc::new(Random::seeded(3))).with_grace(Duration::from_millis(20));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(service.run(listener, stop.clone()));

    let mut half_a_head = TcpStream::connect(address).await.unwrap();
    half_a_head.write_all(b"POST /webhooks/github HTTP/1.1\r\nhost:").await.unwrap();
    let mut half_a_body = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /webhooks/github HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: sha256={}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n",
        "0".repeat(64)
    );
    half_a_body.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    tokio::time::timeout(SOON, half_a_body.read_exact(&mut go_on)).await.unwrap().unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n", "its body is being read");
    half_a_body.write_all(b"{").await.unwrap();

    stop.cancel();
    tokio::time::timeout(SOON, running).await.expect("it waits for clients that never finish").unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
    world.ends_quietly().await;
}
