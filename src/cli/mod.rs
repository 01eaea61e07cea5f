//! One file per subcommand; `main` parses the arguments and calls them.

pub mod check;
pub mod schema;
mod snippet;
