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
        self.ask_graphql(caller, None, document, variables, purpose).await
    }

    /// Changes something, when the pacing lets it through.
    #[expect(dead_code, reason = "the sprint comment, which is to come, pins its issue by it")]
    pub(super) async fn mutate<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        kind: Write,
        document: &str,
        variables: Value,
        purpose: &Purpose,
    ) -> Result<T, TrackerError> {
        Ok(self.ask_graphql(caller, Some(kind), document, variables, purpose).await?)
    }

    async fn ask_graphql<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        kind: Option<Write>,
        document: &str,
        variables: Value,
        purpose: &Purpose,
    ) -> Result<T, QueryError> {
        let body = json!({ "query": document, "variables": variables });
        let caller = Caller { graphql: true, ..caller };
        let answer = self.post_graphql(caller, kind, body, purpose).await?;
        let Envelope { data, errors } = answer.json(purpose)?;
        if let Some(error) = errors.first() {
            return Err(decision(error, purpose));
        }
        let data = data.unwrap_or_default();
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
