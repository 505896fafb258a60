//! `kinga selftest`: does this program compute on this machine what it should?

use anyhow::Result;

use super::status::Status;

pub(super) fn run() -> Result<Status> {
    Ok(Status::Finished)
}
