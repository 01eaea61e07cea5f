//! Says visibly what plain `cargo test` leaves out. No harness: what a harness captures nobody would see.

#![expect(clippy::print_stdout, reason = "its only purpose is to be read")]

const LEFT_OUT: &[(&str, &str)] = &[
    ("official payloads, OpenAPI, an independent emulator, kill -9 under load", "they need Node packages"),
    ("licences and unused dependencies", "they need cargo-deny and cargo-machete"),
    ("the store's conformance suite on PostgreSQL", "there is no PostgreSQL store yet"),
];

fn main() {
    // cargo-nextest asks for a list of tests first; there are none.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    println!("\nskipped here; tests/run.sh runs what can be run:");
    for (what, why) in LEFT_OUT {
        println!("  skipped: {what} ({why})");
    }
    println!();
}
