//! How the service ends.

use std::sync::Arc;
use std::time::Duration;

use plimsoll::clock::Random;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::webhooks::{SOON, half_sent};
use crate::world::World;

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
    let _half_a_body = half_sent(&address.to_string(), 2).await;

    stop.cancel();
    tokio::time::timeout(SOON, running).await.expect("it waits for clients that never finish").unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
    world.ends_quietly().await;
}
