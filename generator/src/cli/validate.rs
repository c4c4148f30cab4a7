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
    let (_, layout) = super::layout_of(&options.input)?;
    let zones: Vec<&str> = layout.network.zones.iter().map(|z| z.id.as_str()).collect();
    writeln!(
        std::io::stderr().lock(),
        "`{}` is valid: platform `{}` in account {}, region {}, zones {}",
        options.input.file.display(),
        layout.name,
        layout.account,
        layout.region.name,
        zones.join(", ")
    )?;
    Ok(OK)
}
