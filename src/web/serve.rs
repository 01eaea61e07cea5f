//! Accepts connections and speaks HTTP/1.1 on them, so that no client can hold the service up.
//!
//! Anybody may connect: a head must arrive in time, the number of connections is bounded, and a client that is still
//! sending when the service stops has only so long. HTTP/2 is left to the proxy that ends TLS.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a client may take for the head of a request, or be silent between two requests.
const HEAD_WITHIN: Duration = Duration::from_secs(10);

/// How many connections are open at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 1024;

/// How much is read ahead on one connection, in bytes; a head must fit in.
const READ_AHEAD: usize = 64 * 1024;

/// Serves until `stop` is cancelled; then accepts nothing more, gives requests that have begun `grace` to end, and returns.
pub(crate) async fn serve(mut listener: TcpListener, router: Router, stop: CancellationToken, grace: Duration) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            (stream, _) = accept(&mut listener), if connections.len() < MAX_CONNECTIONS => {
                connections.spawn(converse(stream, router.clone(), stop.clone()));
            }
        }
    }
    drop(listener);
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, all_closed).await.is_err() {
        tracing::warn!(open = connections.len(), "clients still had requests half sent; their connections are cut");
        connections.shutdown().await;
    }
}

/// The next connection; a shortage of file descriptors is waited out, as `axum::serve` does.
async fn accept(listener: &mut TcpListener) -> (TcpStream, std::net::SocketAddr) {
    axum::serve::Listener::accept(listener).await
}

/// Answers one connection's requests; after `stop` the one that has begun is the last.
async fn converse(stream: TcpStream, router: Router, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(READ_AHEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended before its request did");
    }
}
