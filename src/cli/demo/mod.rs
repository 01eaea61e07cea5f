//! `plimsoll demo`: the whole product in one process: a simulated GitHub, the service, a database, real HTTP between them.

mod backlog;
mod page;
mod stage;
mod story;

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, output};
use stage::Stage;

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Tell the story, print a summary and end; the exit code says whether everything came out as expected.
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
    let ending = story::tell(&stage).await?;
    output::lines(ending.summary(), "")?;
    if arguments.once {
        stage.close().await;
        return Ok(if ending.as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    page::show(&stage, arguments.listen).await?;
    stage.close().await;
    Ok(ExitCode::SUCCESS)
}
