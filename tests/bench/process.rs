//! A process that is measured: its processor time and its memory, as Linux tells them.

use std::process::{Child, Command};
use std::time::Duration;

/// Linux counts processor time in hundredths of a second (`getconf CLK_TCK`).
const TICK: Duration = Duration::from_millis(10);

/// A running process; it ends with this value.
pub(crate) struct Running(Child);

/// Memory in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Now.
    pub(crate) resident: u64,
    /// The most it has been.
    pub(crate) peak: u64,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Processor time of all its threads since it began.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        // The second field is the command's name in parentheses; user and system time are the 14th and 15th.
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks: u32 =
            after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u32>().unwrap()).sum();
        TICK * ticks
    }

    pub(crate) fn memory(&self) -> Memory {
        let status = self.proc("status");
        let kib = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        Memory { resident: kib("VmRSS:"), peak: kib("VmHWM:") }
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).expect("the process has ended")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
