//! GraphQL: where GitHub tells what its REST API does not. One way for all queries, and what its errors mean.
//!
//! GitHub answers 200 to nearly everything; what went wrong stands in the answer. Its limit is another one than that of
//! REST requests, counted in points, so it is remembered apart.

mod errors;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::tracker::TrackerError;

use super::answer::{Purpose, brief};
use super::client::{Caller, Client};
use super::pacing::Write;

use errors::{GraphQlError, decision};

/// What every query asks of its own cost.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RateLimit {
    cost: u64,
    remaining: u64,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<GraphQlError>,
}

/// Why a query gave nothing, for those who know another way to ask.
#[derive(Debug)]
pub(super) enum QueryError {
    /// This server does not know an argument or field of it.
    Unknown(TrackerError),
    /// Anything else.
    Other(TrackerError),
}

impl From<TrackerError> for QueryError {
    fn from(error: TrackerError) -> Self {
        Self::Other(error)
    }
}

impl From<QueryError> for TrackerError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Unknown(error) | QueryError::Other(error) => error,
        }
    }
}

impl Client {
    /// Asks. The document has one operation.
    pub(super) async fn query<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        document: &str,
        variables: Value,
        purpose: &Purpose,
    ) -> Result<T, QueryError> {
        self.ask_graphql(caller, None, document, variables, purpose).await?.whole(purpose)
    }

    /// Asks for several things of which some may not be there: these are null in the answer.
    pub(super) async fn query_parts<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        document: &str,
        variables: Value,
        purpose: &Purpose,
    ) -> Result<T, QueryError> {
        self.ask_graphql(caller, None, document, variables, purpose).await?.parts(purpose)
    }

    /// Changes something, when the pacing lets it through.
    pub(super) async fn mutate<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        kind: Write,
        document: &str,
        variables: Value,
        purpose: &Purpose,
    ) -> Result<T, TrackerError> {
        Ok(self.ask_graphql(caller, Some(kind), document, variables, purpose).await?.whole(purpose)?)
    }

    async fn ask_graphql(
        &self,
        caller: Caller<'_>,
        kind: Option<Write>,
        document: &str,
        variables: Value,
        purpose: &Purpose,
    ) -> Result<Envelope, TrackerError> {
        let body = json!({ "query": document, "variables": variables });
        let caller = Caller { graphql: true, ..caller };
        self.post_graphql(caller, kind, body, purpose).await?.json(purpose)
    }
}

impl Envelope {
    /// What was asked for, where nothing went wrong.
    fn whole<T: DeserializeOwned>(self, purpose: &Purpose) -> Result<T, QueryError> {
        match self.errors.first() {
            Some(error) => Err(decision(error, purpose)),
            None => self.read(purpose),
        }
    }

    /// What was asked for, where nothing went wrong but that some of it is not there.
    fn parts<T: DeserializeOwned>(self, purpose: &Purpose) -> Result<T, QueryError> {
        let is_empty = self.data.is_none();
        match self.errors.iter().find(|error| is_empty || !error.is_not_found()) {
            Some(error) => Err(decision(error, purpose)),
            None => self.read(purpose),
        }
    }

    fn read<T: DeserializeOwned>(self, purpose: &Purpose) -> Result<T, QueryError> {
        let data = self.data.unwrap_or_default();
        note_cost(&data, purpose);
        serde_json::from_value(data).map_err(|error| {
            purpose.failed(format!("the answer is not as expected: {}", brief(&error.to_string()))).into()
        })
    }
}

fn note_cost(data: &Value, purpose: &Purpose) {
    if let Some(Ok(limit)) = data.get("rateLimit").map(RateLimit::deserialize) {
        tracing::debug!(cost = limit.cost, remaining = limit.remaining, doing = purpose.doing, "asked by GraphQL");
    }
}
