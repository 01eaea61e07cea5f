//! What can be typed, and which command answers it.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use super::settings::Settings;
use super::{
    Failure, apply, check, classify, commands, demo, eval, ledger, live_report, logging, measure, model, output, plan,
    report, rulebook, schema, serve, work,
};

/// Keeps the agreed share of technical work in every sprint, inside the tracker that the team already uses.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, propagate_version = true)]
struct Arguments {
    /// The server's settings; the environment (`PLIMSOLL_…`) goes before it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service: take webhooks, label items, answer.
    Serve,
    /// Show the whole product with a simulated tracker; no account needed.
    Demo(demo::DemoArguments),
    /// Say what kind of work items are: JSON Lines in, JSON Lines out.
    Classify(classify::ClassifyArguments),
    /// Say how often the classifier is wrong on issues whose category is known.
    Eval(eval::EvalArguments),
    /// Build the classifier's model from labelled issues.
    #[command(subcommand)]
    Model(model::ModelAction),
    /// Show what the bot would do with the items of a repository or a file, and why; writes nothing.
    Plan(plan::PlanArguments),
    /// Take over a repository's backlog: do what `plan` shows, after a summary and a confirmation.
    Apply(apply::ApplyArguments),
    /// Show how much of a sprint is technical work, compared with what was agreed, and what to do; writes nothing.
    Report(report::ReportArguments),
    /// Print which commands a comment holds, as JSON; or the documentation page of all commands.
    Commands {
        /// The comment or description; `-` is standard input.
        #[arg(long = "in", value_name = "FILE", required_unless_present = "page")]
        input: Option<PathBuf>,
        /// What it said before an edit: only what is new is printed.
        #[arg(long, value_name = "FILE", requires = "input")]
        previous: Option<PathBuf>,
        /// The policy file; without one the defaults.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// Print the documentation page instead.
        #[arg(long, conflicts_with_all = ["input", "policy"])]
        page: bool,
    },
    /// Check policy files.
    Check {
        /// Policy files, each as a repository's own over the defaults.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The organisation's file, which lies between the defaults and each file.
        #[arg(long, value_name = "FILE")]
        organisation: Option<PathBuf>,
        /// Say of each value which file it comes from.
        #[arg(long)]
        explain: bool,
    },
    /// Print the policy file's JSON Schema.
    Schema,
    /// Set a measure of a team's outcomes by hand, or list what is set.
    Measure(measure::MeasureArguments),
    /// List what is to be done, or give what is dead another try.
    Work(work::WorkArguments),
    /// List the newest deliveries and what they made dirty.
    Deliveries(ledger::LedgerArguments),
    /// List what was done lately, and why.
    Records(ledger::LedgerArguments),
    /// Say how often people correct the bot's categories, by repository, and list the newest corrections.
    Corrections(ledger::LedgerArguments),
}

/// How a command prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs; stable.
    Json,
}

/// Parses the command line and runs it.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(failure) => {
            complain(failure.as_ref());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line's last word on a failure")]
fn complain(failure: &dyn std::error::Error) {
    eprintln!("plimsoll: {failure}");
}

fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let config = arguments.config;
    match arguments.command {
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Eval(arguments) => eval::main(&arguments),
        Command::Model(action) => model::main(&action),
        Command::Plan(arguments) => match arguments.origin() {
            Some(plan::Origin::Live(repository)) => {
                let settings = Settings::load(config.as_deref())?;
                runtime()?.block_on(plan::live::run(&settings, repository, &arguments))
            }
            Some(plan::Origin::File(items)) => plan::run(items, &arguments),
            None => Err("name a repository, or a file with --items".into()),
        },
        Command::Apply(arguments) => {
            let settings = Settings::load(config.as_deref())?;
            runtime()?.block_on(apply::run(&settings, &arguments))
        }
        Command::Report(arguments) => match arguments.asks_tracker() {
            None => report::run(&arguments),
            Some(question) => {
                let settings = Settings::load(config.as_deref())?;
                runtime()?.block_on(live_report::run(&settings, question))
            }
        },
        Command::Check { files, organisation, explain } => {
            let organisation = organisation.as_deref();
            let checking = check::Checking { organisation, explain, color: io::stderr().is_terminal() };
            Ok(check::run(&files, checking, &mut io::stdout().lock(), &mut io::stderr().lock()))
        }
        Command::Commands { input, previous, policy, .. } => {
            let Some(input) = input else {
                commands::write_page(io::stdout().lock())?;
                return Ok(ExitCode::SUCCESS);
            };
            let vocabulary = rulebook::read(policy.as_deref())?.vocabulary;
            let (stdin, stdout) = (io::stdin().lock(), io::stdout().lock());
            commands::run(&input, previous.as_deref(), &vocabulary, stdin, stdout)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Schema => {
            output::done_reading(schema::run(&mut io::stdout().lock()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve => {
            let settings = Settings::load(config.as_deref())?;
            logging::start(&settings.log)?;
            runtime()?.block_on(serve::run(settings)).map(|()| ExitCode::SUCCESS)
        }
        Command::Demo(arguments) => {
            logging::start("warn")?;
            runtime()?.block_on(demo::run(arguments))
        }
        Command::Measure(arguments) => {
            let settings = Settings::load(config.as_deref())?;
            runtime()?.block_on(measure::run(&settings, &arguments))
        }
        Command::Work(arguments) => {
            let settings = Settings::load(config.as_deref())?;
            runtime()?.block_on(work::run(&settings, &arguments))
        }
        Command::Deliveries(arguments) => {
            let settings = Settings::load(config.as_deref())?;
            runtime()?.block_on(ledger::deliveries(&settings, &arguments))
        }
        Command::Records(arguments) => {
            let settings = Settings::load(config.as_deref())?;
            runtime()?.block_on(ledger::records(&settings, &arguments))
        }
        Command::Corrections(arguments) => {
            let settings = Settings::load(config.as_deref())?;
            runtime()?.block_on(ledger::corrections(&settings, &arguments))
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
