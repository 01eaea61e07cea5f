//! The command line: one file per subcommand, and what they share for reading files.

pub mod classify;
pub mod eval;
mod fields;
pub mod items;
mod json_lines;
pub mod model;
