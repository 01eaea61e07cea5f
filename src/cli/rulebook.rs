//! The policy that a command line names, compiled.

use std::path::Path;

use crate::engine::Rulebook;
use crate::policy;

use super::Failure;

/// Reads a policy file over the defaults; without one the defaults.
pub(super) fn read(file: Option<&Path>) -> Result<Rulebook, Failure> {
    let Some(path) = file else { return Ok(Rulebook::new(policy::defaults())) };
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read the policy {shown}: {error}"))?;
    let policy = policy::parse(&text)
        .map_err(|errors| format!("{shown}: {}; `plimsoll check {shown}` says more", errors.one_line()))?;
    Ok(Rulebook::new(policy))
}
