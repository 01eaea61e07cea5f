//! Every request passes here: conditional where it can be, limited in time and size, never to another host, never
//! redirected, and every answer becomes a response or a [`TrackerError`] that says what follows from it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use jiff::{SignedDuration, Timestamp};
use octocrab::{OctoBody, Octocrab};
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;

use crate::backlog::{Lane, Place, Repository, Subject};
use crate::clock::Clock;
use crate::store::WritePace;
use crate::tracker::{CallCounter, CallKind, CallResult, Errand, Later, PauseScope, TrackerError, Traffic};

use super::answer::{Complaint, Purpose, brief, refusal};
use super::auth::Clients;
use super::base_url::{Address, BaseUrl};
use super::etag::{ETags, Kept};
use super::ids::item_subject;
use super::limits::{Limits, Pool};
use super::pacing::{Pacing, Write};
use super::pages::{Links, Page};
use super::redirect::{Target, target};
use super::settings::{Credentials, Settings, SettingsError};
use super::turns::Turns;

/// A larger answer is not read.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// For whom something is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller<'a> {
    /// Whose token and limits; empty with a plain token.
    pub(super) installation: &'a str,
    /// As the App itself, not on behalf of the installation.
    pub(super) as_root: bool,
    /// Where, so that a redirect can be told from a rename.
    pub(super) place: Option<&'a Place>,
    pub(super) subject: Option<&'a Subject>,
    pub(super) lane: Lane,
    /// By GraphQL, which has a limit of its own.
    pub(super) graphql: bool,
}

impl<'a> Caller<'a> {
    /// The App itself, or the account of the token.
    pub(super) const fn root() -> Self {
        Self { installation: "", as_root: true, place: None, subject: None, lane: Lane::People, graphql: false }
    }

    /// The App itself, or the account of the token, in the course of an errand.
    pub(super) const fn root_errand(errand: &'a Errand) -> Self {
        Self { as_root: true, ..Self::installation("", errand) }
    }

    /// An installation as a whole.
    pub(super) const fn installation(installation: &'a str, errand: &'a Errand) -> Self {
        Self {
            installation,
            as_root: false,
            place: None,
            subject: Some(&errand.subject),
            lane: errand.lane,
            graphql: false,
        }
    }

    /// A repository of an installation.
    pub(super) const fn errand(installation: &'a str, repository: &'a Repository, errand: &'a Errand) -> Self {
        Self { place: Some(&repository.place), ..Self::installation(installation, errand) }
    }

    /// Whose limit it is.
    fn limit(&self) -> Pool<'a> {
        if self.graphql { Pool::GraphQl(self.installation) } else { Pool::Rest(self.installation) }
    }
}

/// What is sent.
struct Call<'a> {
    /// Whether it changes something: a POST to GraphQL may only read.
    kind: CallKind,
    method: Method,
    path: &'a str,
    body: Option<serde_json::Value>,
    /// What is known already, and need not be sent again.
    condition: Option<&'a HeaderValue>,
}

impl<'a> Call<'a> {
    const fn read(path: &'a str) -> Self {
        Self { kind: CallKind::Read, method: Method::GET, path, body: None, condition: None }
    }
}

/// A successful answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Bytes,
    pub(super) links: Links,
}

impl Answer {
    pub(super) fn json<T: DeserializeOwned>(&self, purpose: &Purpose) -> Result<T, TrackerError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| purpose.failed(format!("the answer is not as expected: {}", brief(&error.to_string()))))
    }
}

/// An answer as it came.
struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// How a request went wrong before there was an answer.
enum Broken {
    /// Nobody answered.
    Outage(String),
    /// The answer broke off after its head, and why.
    CutShort(Raw, String),
    /// It was GitHub's refusal to give a token.
    Answered(Raw),
    /// It cannot be sent like this.
    Failed(String),
}

/// The adapter's one way to GitHub.
#[derive(Debug)]
pub(super) struct Client {
    base: BaseUrl,
    clients: Clients,
    etags: ETags,
    limits: Limits,
    calls: CallCounter,
    pacing: Option<Pacing>,
    turns: Turns,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    credentials_hint: &'static str,
}

impl Client {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            base: settings.base_url.clone(),
            clients: Clients::new(settings)?,
            etags: ETags::default(),
            limits: Limits::default(),
            calls: CallCounter::default(),
            pacing: settings.write_limits.map(Pacing::new),
            turns: Turns::default(),
            timeout: settings.timeout,
            clock: Arc::clone(&settings.clock),
            credentials_hint: match settings.credentials {
                Credentials::App { .. } => "PLIMSOLL_GITHUB_APP_ID and PLIMSOLL_GITHUB_PRIVATE_KEY",
                Credentials::Token(_) => "PLIMSOLL_GITHUB_TOKEN",
            },
        })
    }

    pub(super) const fn is_app(&self) -> bool {
        self.clients.is_app()
    }

    /// Where people open what the API tells of.
    pub(super) fn web(&self) -> Option<url::Url> {
        self.base.web()
    }

    /// How long so many pieces of content take at least.
    pub(super) fn time_to_write(&self, lane: Lane, writes: u64) -> SignedDuration {
        self.pacing.as_ref().map_or(SignedDuration::ZERO, |pacing| pacing.time_for(lane, writes))
    }

    /// How much of the pace is used up, for each installation where something was written since this was last asked.
    pub(super) fn take_paces(&self) -> Vec<(String, WritePace)> {
        self.pacing.as_ref().map(Pacing::take_news).unwrap_or_default()
    }

    /// Goes on at the pace that was kept before, unless something was written meanwhile.
    pub(super) fn resume_pace(&self, installation: &str, pace: WritePace) {
        if let Some(pacing) = &self.pacing {
            pacing.resume(installation, pace);
        }
    }

    /// What was asked through here; octocrab's own requests for installation tokens are not seen.
    pub(super) fn traffic(&self, now: Timestamp) -> Traffic {
        Traffic { calls: self.calls.counted(), quota: self.limits.tightest(now) }
    }

    /// Reads. What has not changed since costs no limit.
    pub(super) async fn get(&self, caller: Caller<'_>, path: &str, purpose: &Purpose) -> Result<Answer, TrackerError> {
        self.check_limits(caller, purpose)?;
        let kept = self.etags.get(caller.installation, path);
        let condition = kept.as_ref().map(|kept| &kept.etag);
        let raw = self.send(caller, Call { condition, ..Call::read(path) }, purpose).await?;
        if let (StatusCode::NOT_MODIFIED, Some(kept)) = (raw.status, kept) {
            return Ok(Answer { links: Links::read(&self.base, kept.link.as_ref()), body: kept.body });
        }
        let raw = self.accept(caller, raw, purpose)?;
        let link = raw.headers.get(LINK);
        if let Some(kept) = raw.headers.get(ETAG).and_then(|etag| Kept::copied(etag, link, &raw.body)) {
            self.etags.keep(caller.installation, path, kept);
        }
        Ok(Answer { links: Links::read(&self.base, link), body: raw.body })
    }

    /// Reads a list, all of its pages up to `max_pages`.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        path: &str,
        max_pages: usize,
        purpose: &Purpose,
    ) -> Result<Vec<T>, TrackerError> {
        let mut entries = Vec::new();
        let mut path = path.to_owned();
        for _ in 0..max_pages {
            let answer = self.get(caller, &path, purpose).await?;
            entries.extend(answer.json::<Vec<T>>(purpose)?);
            match self.here(answer.links.next, purpose)? {
                Some(next) => path = next,
                None => break,
            }
        }
        Ok(entries)
    }

    /// A page that is to be read next, refused where it is elsewhere.
    pub(super) fn here(&self, page: Option<Page>, purpose: &Purpose) -> Result<Option<String>, TrackerError> {
        match page {
            None => Ok(None),
            Some(Page::Here(path)) => Ok(Some(path)),
            Some(Page::Elsewhere) => Err(purpose.failed(format!(
                "the next page is at another address than {}: set PLIMSOLL_GITHUB_URL to the address that GitHub itself uses",
                self.base
            ))),
        }
    }

    /// The path below the base of an address that GitHub sent; none where it leads elsewhere.
    pub(super) fn path_of(&self, address: &str) -> Option<String> {
        self.base.relative(address)
    }

    /// Writes, when the pacing lets it through.
    pub(super) async fn write(
        &self,
        caller: Caller<'_>,
        kind: Write,
        method: Method,
        path: &str,
        body: Option<serde_json::Value>,
        purpose: &Purpose,
    ) -> Result<Answer, TrackerError> {
        match self.try_write(caller, kind, method, path, body, purpose).await? {
            Ok(answer) => Ok(answer),
            Err(complaint) => Err(purpose.failed(format!("GitHub answered 422 ({})", complaint.text()))),
        }
    }

    /// Writes; a 422 comes back as GitHub's complaint, for those who expect it.
    pub(super) async fn try_write(
        &self,
        caller: Caller<'_>,
        kind: Write,
        method: Method,
        path: &str,
        body: Option<serde_json::Value>,
        purpose: &Purpose,
    ) -> Result<Result<Answer, Complaint>, TrackerError> {
        let _turn = match self.pacing {
            Some(_) => Some(self.turns.take(caller.installation).await),
            None => None,
        };
        // The write before may have met a limit.
        self.check_limits(caller, purpose)?;
        self.check_pace(caller, kind, purpose)?;
        let raw = self.send(caller, Call { kind: CallKind::Write, method, body, ..Call::read(path) }, purpose).await?;
        if raw.status == StatusCode::UNPROCESSABLE_ENTITY {
            return Ok(Err(Complaint::read(&raw.body)));
        }
        let raw = self.accept(caller, raw, purpose)?;
        Ok(Ok(Answer { links: Links::default(), body: raw.body }))
    }

    /// Sends a GraphQL document; one that only reads is not paced.
    pub(super) async fn post_graphql(
        &self,
        caller: Caller<'_>,
        kind: Option<Write>,
        body: serde_json::Value,
        purpose: &Purpose,
    ) -> Result<Answer, TrackerError> {
        self.check_limits(caller, purpose)?;
        if let Some(kind) = kind {
            self.check_pace(caller, kind, purpose)?;
        }
        let kind = if kind.is_some() { CallKind::Write } else { CallKind::Read };
        let call = Call { kind, method: Method::POST, body: Some(body), ..Call::read("") };
        let raw = self.send(caller, call, purpose).await?;
        let raw = self.accept(caller, raw, purpose)?;
        Ok(Answer { links: Links::default(), body: raw.body })
    }

    fn check_limits(&self, caller: Caller<'_>, purpose: &Purpose) -> Result<(), TrackerError> {
        let (pool, apps_own, now) = (caller.limit(), Caller::root().limit(), self.clock.now());
        let closed = self.limits.closed(pool, caller.lane, now);
        // Whoever works for an installation may need a new token first, for which the App itself asks.
        let closed = closed.or_else(|| (pool != apps_own).then(|| self.limits.rests(apps_own, now)).flatten());
        closed.map_or(Ok(()), |later| Err(TrackerError::Later { doing: purpose.doing.clone(), later }))
    }

    fn check_pace(&self, caller: Caller<'_>, kind: Write, purpose: &Purpose) -> Result<(), TrackerError> {
        let (Some(pacing), Some(subject)) = (&self.pacing, caller.subject) else { return Ok(()) };
        let now = self.clock.now();
        pacing.ask(caller.installation, subject, caller.lane, kind, now).map_err(|slot| TrackerError::Later {
            doing: purpose.doing.clone(),
            later: Later {
                until: Some(slot),
                scope: PauseScope::Subject,
                why: "writes are paced; its turn comes then".to_owned(),
            },
        })
    }

    /// Sends and counts. Every answer comes back, a refusal too; only limits are acted upon.
    async fn send(&self, caller: Caller<'_>, call: Call<'_>, purpose: &Purpose) -> Result<Raw, TrackerError> {
        let client = if caller.as_root { Some(self.clients.root()) } else { self.clients.of(caller.installation) };
        let Some(client) = client else {
            return Err(purpose.failed("no installation is known for it"));
        };
        let kind = call.kind;
        let address = if caller.graphql { self.base.graphql() } else { Address::below(&self.base, call.path) };
        let request = request(&address, call).map_err(|error| purpose.failed(error.to_string()))?;
        let raw = match self.answer(caller, &client, &address, request, purpose).await {
            Ok(raw) => raw,
            Err(error) => {
                self.calls.count(kind, CallResult::Failed);
                return Err(error);
            }
        };
        let learned = self.learn(caller, &raw, purpose);
        self.calls.count(kind, result_of(raw.status, learned.is_err()));
        learned.map(|()| raw)
    }

    /// The answer, within the time limit.
    async fn answer(
        &self,
        caller: Caller<'_>,
        client: &Octocrab,
        address: &Address,
        request: Request<OctoBody>,
        purpose: &Purpose,
    ) -> Result<Raw, TrackerError> {
        match tokio::time::timeout(self.timeout, self.exchange(client, address, request)).await {
            Ok(Ok(raw)) => Ok(raw),
            Ok(Err(Broken::Answered(raw))) => Err(self.no_token(caller, &raw, purpose)),
            Ok(Err(Broken::Failed(message))) => Err(purpose.failed(message)),
            Ok(Err(Broken::Outage(why))) => Err(self.outage(caller, why, purpose)),
            Ok(Err(Broken::CutShort(raw, why))) => Err(self.cut_short(caller, &raw, why, purpose)),
            Err(_) => {
                let why = format!("no answer within {} s", self.timeout.as_secs_f32());
                Err(self.outage(caller, why, purpose))
            }
        }
    }

    /// octocrab puts the base's path before whatever does not begin with it. What lies beside goes through a client without
    /// that path, and without credentials, which it gets here.
    async fn exchange(
        &self,
        client: &Octocrab,
        address: &Address,
        mut request: Request<OctoBody>,
    ) -> Result<Raw, Broken> {
        if let Address::Beside(_) = address {
            let token = self.clients.token(client).await.map_err(broken)?;
            let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|_| Broken::Failed("the token has characters that no token has".to_owned()))?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
            return exchange(&self.clients.beside(), request).await;
        }
        exchange(client, request).await
    }

    fn learn(&self, caller: Caller<'_>, raw: &Raw, purpose: &Purpose) -> Result<(), TrackerError> {
        let complaint = if raw.status.is_client_error() { Complaint::read(&raw.body) } else { Complaint::default() };
        let told = self.limits.learn(caller.limit(), raw.status, &raw.headers, complaint.message(), self.clock.now());
        told.map_or(Ok(()), |later| Err(TrackerError::Later { doing: purpose.doing.clone(), later }))
    }

    fn outage(&self, caller: Caller<'_>, why: String, purpose: &Purpose) -> TrackerError {
        let later = self.limits.outage(caller.limit(), why, self.clock.now());
        TrackerError::Later { doing: purpose.doing.clone(), later }
    }

    /// What the head of an answer asks to wait counts, although the rest is missing.
    fn cut_short(&self, caller: Caller<'_>, raw: &Raw, why: String, purpose: &Purpose) -> TrackerError {
        let may_be_a_limit = matches!(raw.status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
        let told = if may_be_a_limit { self.learn(caller, raw, purpose).err() } else { None };
        told.unwrap_or_else(|| self.outage(caller, why, purpose))
    }

    /// GitHub gave no installation token: without the installation the repository is out of reach.
    fn no_token(&self, caller: Caller<'_>, raw: &Raw, purpose: &Purpose) -> TrackerError {
        let purpose = Purpose {
            doing: format!("{} (asking for an installation token)", purpose.doing),
            missing: crate::tracker::Missing::Repository,
            needs: purpose.needs,
        };
        let app = Caller { installation: "", as_root: true, graphql: false, ..caller };
        match self.learn(app, raw, &purpose) {
            Err(later) => later,
            Ok(()) => self.refuse(raw, &purpose),
        }
    }

    fn accept(&self, caller: Caller<'_>, raw: Raw, purpose: &Purpose) -> Result<Raw, TrackerError> {
        if raw.status.is_success() {
            Ok(raw)
        } else if raw.status.is_redirection() {
            Err(self.redirected(caller, &raw, purpose))
        } else {
            Err(self.refuse(&raw, purpose))
        }
    }

    fn refuse(&self, raw: &Raw, purpose: &Purpose) -> TrackerError {
        refusal(purpose, raw.status, &raw.headers, &Complaint::read(&raw.body), self.credentials_hint)
    }

    fn redirected(&self, caller: Caller<'_>, raw: &Raw, purpose: &Purpose) -> TrackerError {
        let location = raw.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let renamed = || TrackerError::Renamed { doing: purpose.doing.clone() };
        let here = caller.place.map(|place| place.repository.as_str());
        match (target(&self.base, location), caller.place) {
            (Some(Target::ById { repository, .. }), Some(_)) if here == Some(repository.to_string().as_str()) => {
                renamed()
            }
            (Some(Target::ById { repository, issue: Some(number) }), Some(place)) => TrackerError::Moved {
                doing: purpose.doing.clone(),
                to: item_subject(repository, number),
                place: Place { repository: repository.to_string(), ..place.clone() },
            },
            // The name leads to another repository now: where ours is, only its id can tell.
            (Some(Target::ById { issue: None, .. } | Target::ByName { .. }), Some(_)) => renamed(),
            _ => purpose.failed(format!(
                "GitHub answered {} and named no place that is known; is PLIMSOLL_GITHUB_URL ({}) right?",
                raw.status.as_u16(),
                self.base
            )),
        }
    }
}

fn request(address: &Address, call: Call<'_>) -> Result<Request<OctoBody>, http::Error> {
    let mut request = Request::builder()
        .method(call.method)
        .uri(address.as_str())
        .header(ACCEPT, "application/vnd.github+json")
        .header("x-github-api-version", "2022-11-28");
    if let Some(etag) = call.condition {
        request = request.header(IF_NONE_MATCH, etag);
    }
    match call.body {
        Some(body) => request.header(CONTENT_TYPE, "application/json").body(OctoBody::from(body.to_string())),
        None => request.body(OctoBody::empty()),
    }
}

/// How a call ended, for those who count.
fn result_of(status: StatusCode, told_later: bool) -> CallResult {
    match status {
        StatusCode::NOT_MODIFIED => CallResult::NotModified,
        _ if status.is_success() => CallResult::Ok,
        _ if status.is_server_error() => CallResult::Failed,
        _ if told_later => CallResult::Limited,
        _ => CallResult::Refused,
    }
}

async fn exchange(client: &Octocrab, request: Request<OctoBody>) -> Result<Raw, Broken> {
    let response = client.execute(request).await.map_err(broken)?;
    let (parts, body) = response.into_parts();
    let body = match Limited::new(body, MAX_ANSWER).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(Broken::Failed(format!("the answer is larger than {} MiB", MAX_ANSWER / 1024 / 1024)));
        }
        Err(error) => {
            let head = Raw { status: parts.status, headers: parts.headers, body: Bytes::new() };
            return Err(Broken::CutShort(head, causes(error.as_ref())));
        }
    };
    Ok(Raw { status: parts.status, headers: parts.headers, body })
}

fn broken(error: octocrab::Error) -> Broken {
    match error {
        octocrab::Error::GitHub { source, .. } => {
            let body = serde_json::json!({ "message": source.message, "errors": source.errors });
            Broken::Answered(Raw {
                status: source.status_code,
                headers: source.headers.unwrap_or_default(),
                body: Bytes::from(body.to_string()),
            })
        }
        octocrab::Error::Hyper { source, .. } => Broken::Outage(causes(&source)),
        octocrab::Error::Service { source, .. } => Broken::Outage(causes(source.as_ref())),
        octocrab::Error::JWT { .. } => Broken::Failed("the App's private key could not sign a token".to_owned()),
        octocrab::Error::Json { .. } | octocrab::Error::Serde { .. } => {
            Broken::Failed("GitHub's answer with the installation token is not as expected".to_owned())
        }
        _ => Broken::Failed("the request could not be sent".to_owned()),
    }
}

/// The innermost cause of a transport error says most, e.g. `Connection refused`.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let (outer, inner) = (brief(&error.to_string()), brief(&innermost.to_string()));
    if outer.contains(&inner) { outer } else { format!("{outer}: {inner}") }
}
