//! `plimsoll schema`: prints the JSON Schema of the policy file.

use std::io::{self, Write};

use crate::policy;

/// Writes the JSON Schema that `config/plimsoll.schema.json` holds.
///
/// # Errors
/// When `out` cannot be written.
pub fn run(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(policy::json_schema().as_bytes())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checked_in_schema_is_what_the_program_prints() {
        let mut printed = Vec::new();
        super::run(&mut printed).unwrap();
        let checked_in = include_str!("../../config/plimsoll.schema.json");
        assert!(
            printed == checked_in.as_bytes(),
            "config/plimsoll.schema.json is out of date; run `cargo run -- schema > config/plimsoll.schema.json`"
        );
    }
}
