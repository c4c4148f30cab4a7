//! `tfy-infra schema`.

use super::{Failure, OK};
use crate::screen;
use crate::spec::schema::schema_text;

pub(super) fn run() -> Result<u8, Failure> {
    screen::raw(schema_text().as_bytes())?;
    Ok(OK)
}
