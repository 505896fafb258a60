//! `kinga schema`: the JSON Schema of a line of the `jsonl` format.

use anyhow::Result;
use kinga::record::Line;

use super::output::print;
use super::status::Status;

pub(super) fn run() -> Result<Status> {
    let schema = schemars::schema_for!(Line);
    print(&(serde_json::to_string_pretty(&schema)? + "\n"))?;
    Ok(Status::Finished)
}
