//! The command line: one file per subcommand.

pub mod apply;
mod arguments;
pub mod check;
pub mod classify;
pub mod commands;
mod demo;
pub mod eval;
mod explain;
mod fields;
pub mod items;
mod json_lines;
mod ledger;
pub mod live;
mod live_report;
pub mod logging;
mod measure;
pub mod model;
mod output;
pub mod plan;
mod planning;
mod report;
mod report_files;
mod rulebook;
pub mod schema;
mod serve;
pub mod settings;
mod snippet;
mod work;

pub use arguments::main;

/// Why a command ended otherwise than asked: one sentence that names what to do.
type Failure = Box<dyn std::error::Error + Send + Sync>;
