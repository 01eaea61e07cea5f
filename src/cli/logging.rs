//! How the service logs: docs/logging.md says what, this says in which form.

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Failure;

/// Text on a terminal, JSON elsewhere; to standard error, so that standard output stays the commands' own.
pub(super) fn start(directives: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        format!("PLIMSOLL_LOG (log) is not as expected: {error}; e.g. info, or plimsoll=debug,warn")
    })?;
    if std::io::stderr().is_terminal() {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    } else {
        json_lines(filter, std::io::stderr).try_init()?;
    }
    Ok(())
}

/// One JSON object a line, in which an event's fields and those of all spans around it stand beside each other: whoever
/// searches for a delivery finds every line of the run that it made, however deep in the code it was written.
pub fn json_lines<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = json_subscriber::layer()
        .with_writer(writer)
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .flatten_span_list_on_top_level(true);
    tracing_subscriber::registry().with(filter).with(lines)
}
