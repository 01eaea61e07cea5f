//! The way of every request: scripted faults, who asks, limits, the handler, caches, the log.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::Shared;
use super::super::log;
use super::super::state::World;
use super::auth::{Caller, authenticate};
use super::call::{Call, Handler, Reply};
use super::error::ApiError;
use super::faults::{self, Trouble};
use super::limits::{self, budget_at};
use super::line::Line;

/// What was asked, with the whole path: routers below others see only the rest of it.
#[derive(Clone)]
pub(in super::super) struct Asked {
    method: String,
    path: String,
    query: String,
    authorization: Option<String>,
    if_none_match: Option<String>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self {
            method: request.method().as_str().to_owned(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            authorization: header(header::AUTHORIZATION),
            if_none_match: header(header::IF_NONE_MATCH),
        }
    }
}

/// Lets a request through to its handler, or not.
pub(in super::super) async fn gate(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&request);
    shared.with(|world| limits::watch_told(world, &asked.method, &asked.path, &caller_or_nobody(world, &asked)));
    let early = shared.with(|world| faults::before(&mut world.faults, &asked.method, &asked.path));
    if let Some(answer) = suffer(early, &shared, &line).await {
        return shared.with(|world| close(world, &asked, &caller_or_nobody(world, &asked), answer, true));
    }

    let admitted = shared.with(|world| admit(world, &asked));
    let (caller, answer) = match admitted {
        Err(refused) => (caller_or_nobody_of(&shared, &asked), from_reply(refused.into())),
        Ok(caller) => {
            request.extensions_mut().insert(caller.clone());
            request.extensions_mut().insert(asked.clone());
            (caller, next.run(request).await)
        }
    };

    let late = shared.with(|world| faults::after(&mut world.faults, &asked.method, &asked.path));
    let (answer, faulted) = match late {
        Some(Trouble::Truncate) => (halved(answer).await, true),
        late => match suffer(late, &shared, &line).await {
            Some(scripted) => (scripted, true),
            None => (cached(answer, &asked).await, false),
        },
    };
    shared.with(|world| close(world, &asked, &caller, answer, faulted))
}

fn caller_or_nobody(world: &World, asked: &Asked) -> Caller {
    authenticate(world, asked.authorization.as_deref()).unwrap_or(Caller::Anonymous)
}

fn caller_or_nobody_of(shared: &Shared, asked: &Asked) -> Caller {
    shared.with(|world| caller_or_nobody(world, asked))
}

/// Who asks, when they may ask at all.
fn admit(world: &mut World, asked: &Asked) -> Result<Caller, ApiError> {
    let caller = authenticate(world, asked.authorization.as_deref())?;
    if asked.path != "/rate_limit" && budget_at(world, &caller, &asked.path).remaining() == 0 {
        let message = format!("API rate limit exceeded for {}.", caller.limit_key());
        return Err(ApiError::new(403, message));
    }
    Ok(caller)
}

/// Carries scripted trouble out; an answer ends the request.
async fn suffer(trouble: Option<Trouble>, shared: &Shared, line: &Line) -> Option<Response> {
    match trouble? {
        Trouble::Call(meanwhile) => {
            meanwhile.call();
            None
        }
        Trouble::Hang => {
            shared.hung.notify_one();
            std::future::pending().await
        }
        // Only an answer that is there can be halved.
        Trouble::Truncate => None,
        Trouble::Delay(by) => {
            tokio::time::sleep(by).await;
            None
        }
        Trouble::Drop => {
            line.cut();
            let mut nothing = Response::new(Body::empty());
            nothing.extensions_mut().insert(Dropped);
            Some(nothing)
        }
        Trouble::Answer { status, headers, body } => {
            let mut answer = from_reply(Reply::new(status, body));
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
                    answer.headers_mut().insert(name, value);
                }
            }
            Some(answer)
        }
    }
}

/// Marks an answer that never arrives.
#[derive(Clone)]
struct Dropped;

/// The first half of an answer; then the connection ends.
async fn halved(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let cut = async {
        // What was written goes out first: head and first half do arrive.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let pieces = futures_util::stream::once(async { Ok(half) }).chain(futures_util::stream::once(cut));
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// Gives a good answer to a read its `ETag`, or 304 when the caller has it already. The tag belongs to the token.
async fn cached(answer: Response, asked: &Asked) -> Response {
    if asked.method != Method::GET.as_str() || answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(asked.authorization.as_deref().unwrap_or_default());
    hash.update(&bytes);
    let tag = format!("W/\"{}\"", hex(&hash.finalize()));
    let known = asked.if_none_match.as_deref().is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    if known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Counts, logs and sends an answer.
fn close(world: &mut World, asked: &Asked, caller: &Caller, mut answer: Response, faulted: bool) -> Response {
    let dropped = answer.extensions().get::<Dropped>().is_some();
    let status = if dropped { 0 } else { answer.status().as_u16() };
    let budget = budget_at(world, caller, &asked.path);
    let free = status == 304 || asked.path == "/rate_limit" || budget.remaining() == 0;
    if !free {
        budget.used += 1;
    }
    for (name, value) in budget.headers() {
        // A scripted answer may bring its own.
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().entry(name).or_insert(value);
        }
    }
    limits::tell(world, caller, &asked.path, &answer);
    answer.headers_mut().insert("x-github-media-type", HeaderValue::from_static("github.v3; format=json"));
    let (at, actor) = (world.now(), caller.name(world));
    let (method, path, query) = (asked.method.clone(), asked.path.clone(), asked.query.clone());
    let operation = answer.extensions_mut().remove::<Operation>().map(|operation| operation.0);
    world.requests.push(log::Request { method, path, query, status, actor, operation, faulted, at });
    limits::watch_secondary(world);
    answer
}

/// The largest body that is read, in bytes; well above the longest comment.
const LARGEST_BODY: usize = 1 << 20;

/// The name of a GraphQL operation, for the log.
#[derive(Clone)]
struct Operation(String);

/// Makes an axum handler of ours.
pub(in super::super) async fn run(
    handler: Handler,
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    Extension(asked): Extension<Asked>,
    Path(params): Path<HashMap<String, String>>,
    request: Request,
) -> Response {
    let Ok(bytes) = axum::body::to_bytes(request.into_body(), LARGEST_BODY).await else {
        return from_reply(ApiError::new(413, "Payload too large").into());
    };
    let reply = parse(&bytes).and_then(|body| {
        let query = url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect();
        let (method, path, raw_query) = (asked.method, asked.path, asked.query);
        let call = Call { caller, method, path, raw_query, query, params, body };
        shared.with(|world| handler(world, &call))
    });
    shared.outgoing.notify_one();
    from_reply(reply.unwrap_or_else(Reply::from))
}

fn parse(bytes: &Bytes) -> Result<Value, ApiError> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|_| ApiError::new(400, "Problems parsing JSON"))
}

/// An answer as HTTP.
pub(in super::super) fn from_reply(reply: Reply) -> Response {
    let body = reply.body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
    let has_body = reply.status != 204;
    let mut response = Response::new(body);
    if let Some(operation) = reply.operation {
        response.extensions_mut().insert(Operation(operation));
    }
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if has_body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Bytes as lower-case hexadecimal digits.
pub(in super::super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
