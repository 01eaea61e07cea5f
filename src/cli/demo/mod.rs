//! `plimsoll demo`: the whole product in one process: a simulated GitHub, the service, a database, real HTTP between them.

mod backlog;
mod comment;
mod page;
mod plans;
mod report;
mod stage;
mod story;
mod team;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, output};
use stage::Stage;

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Tell the story to its end, print what was seen and end; the exit code says whether all came out as expected.
    #[arg(long)]
    once: bool,
    /// Where the page is shown.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

pub(super) async fn run(arguments: DemoArguments) -> Result<ExitCode, Failure> {
    let stage = Stage::set_up().await?;
    output::lines(
        ["A simulated GitHub, the service and its database run in this process; nothing leaves the machine."
            .to_owned()],
        "",
    )?;
    let begun = story::begin(&stage).await?;
    if arguments.once {
        let ended = story::go_on(&stage, begun).await?;
        output::lines(ended.summary(), "")?;
        stage.close().await;
        return Ok(if ended.as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    output::lines(begun.summary(), "")?;
    page::show(stage, arguments.listen).await?;
    Ok(ExitCode::SUCCESS)
}
