//! What a whole file gives: the policy, or the messages that its writer reads.

use super::*;
use crate::backlog::{CategoryName, Side};

/// The messages for a file, one a line.
fn errors(text: &str) -> String {
    match parse(text) {
        Ok(policy) => format!("no error: {policy:?}"),
        Err(errors) => errors.to_string(),
    }
}
#[test]
fn tmp() {
    std::fs::write("config/plimsoll.schema.json", json_schema()).unwrap();
    println!("{:#?}", read(&[]).map(|r| r.policy));
    println!("{}", errors("version: 1\ncategories:\n\tspike: off"));
    println!("{}", errors("version: 1\n---\nversion: 1"));
    println!("{}", errors("- 1\n"));
    println!("{}", errors("# c\n").len());
    println!("{:?}", read(&[Layer{name: LayerName::Repository, text: include_str!("../../config/plimsoll.example.yml")}]).map(|r| (r.declares, r.notes)));
    let mut o = Vec::new(); let mut e = Vec::new();
    crate::cli::check::run(&["config/plimsoll.example.yml".into(), "Cargo.toml".into(), "nix".into(), "src".into(), "/bin/ls".into()], &mut o, &mut e, false);
    println!("{}\n{}", String::from_utf8_lossy(&o), String::from_utf8_lossy(&e));
}
