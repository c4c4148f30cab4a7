//! `tfy-infra validate`.

use std::io::Write;

use clap::Args;

use super::{Failure, Input, OK};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let platform = super::read(&options.input)?.platform;
    let zones: Vec<&str> = platform.network.zones.iter().map(|z| z.id.as_str()).collect();
    writeln!(
        std::io::stderr().lock(),
        "`{}` is valid: platform `{}` in account {}, region {}, zones {}",
        options.input.file.display(),
        platform.name,
        platform.account,
        platform.region.name,
        zones.join(", ")
    )?;
    Ok(OK)
}
