//! argv in, exit code out.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(dscoder::cmd::run(std::env::args_os()))
}
