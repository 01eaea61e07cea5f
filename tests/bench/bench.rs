//! How fast the service is, beside what it is compared with, in one run: `tests/bench/run`.
//!
//! The service is the built binary, in a process of its own and on a disk; this process plays GitHub, sends deliveries
//! and watches. Everything shares the machine's cores, on both sides of a comparison alike.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "a benchmark tells what it measured, and stops where it cannot"
)]

mod acknowledging;
mod baseline;
mod calling;
mod github;
mod labelling;
mod load;
mod machine;
mod payload;
mod process;
mod remembering;
mod report;
mod service;

use std::path::PathBuf;

use report::Report;

/// How much is done, and where things are.
struct Options {
    /// So many rounds of each comparison; medians are reported.
    rounds: usize,
    /// Deliveries of one round that are only acknowledged.
    acknowledged: usize,
    /// Issues of one round that are labelled.
    labelled: usize,
    /// Deliveries after which memory is looked at.
    remembered: usize,
    /// The Probot peer with its packages; none: it is left out.
    peer: Option<PathBuf>,
    /// Only these parts; all where none is named.
    only: Vec<String>,
    /// Where the table goes.
    write: Option<PathBuf>,
}

impl Options {
    fn read(arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Self {
            rounds: 5,
            acknowledged: 10_000,
            labelled: 2_000,
            remembered: 100_000,
            peer: None,
            only: Vec::new(),
            write: None,
        };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--smoke" => {
                    options = Self { rounds: 1, acknowledged: 300, labelled: 100, remembered: 1_000, ..options }
                }
                "--rounds" => options.rounds = value().parse().expect("--rounds takes a number"),
                "--peer" => options.peer = Some(value().into()),
                "--only" => options.only = value().split(',').map(str::to_owned).collect(),
                "--write" => options.write = Some(value().into()),
                // Cargo's own.
                "--bench" => {}
                other => panic!("unknown argument {other}"),
            }
        }
        options
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, address] = arguments.as_slice()
        && first == baseline::ARGUMENT
    {
        return runtime.block_on(baseline::serve(address));
    }
    let options = Options::read(arguments.into_iter());
    runtime.block_on(async {
        let mut report = Report::default();
        if options.wants("acknowledging") {
            acknowledging::measure(&options, &mut report).await;
        }
        if options.wants("labelling") {
            labelling::measure(&options, &mut report).await;
        }
        if options.wants("calling") {
            calling::measure(&options, &mut report).await;
        }
        if options.wants("remembering") {
            remembering::measure(&options, &mut report).await;
        }
        let page = report.page();
        println!("{page}");
        if let Some(file) = &options.write {
            std::fs::write(file, page).unwrap();
        }
    });
}
