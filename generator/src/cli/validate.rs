//! `tfy-infra validate`.

use std::io::Write;

use clap::Args;

use super::{Failure, Input, OK, Read};
use crate::plan::Network;
use crate::screen;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let Read { loaded, platform, .. } = super::read(&options.input)?;
    let place = match &platform.network {
        Network::New(new) => {
            let zones: Vec<&str> = new.zones.iter().map(|z| z.id.as_str()).collect();
            format!("zones {}", zones.join(", "))
        }
        Network::Existing(existing) => format!("VPC {}", existing.vpc),
    };
    writeln!(
        screen::err(),
        "`{}` is valid: platform `{}` in account {}, region {}, {place}",
        loaded.name(),
        platform.name,
        platform.account,
        platform.region.name(),
    )?;
    Ok(OK)
}
