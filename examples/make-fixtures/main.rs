//! Draws the pictures under `fixtures/` and writes the files made from them.
//!
//! ```text
//! cargo run --release --example make-fixtures -- pictures fixtures
//! cargo run --release --example make-fixtures -- lists fixtures
//! ```
//!
//! What stands between the two is told in `fixtures/README.md`. Everything is drawn from fixed
//! seeds: the same program gives the same bytes every time.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "drawing goes to and fro between pixel numbers (some hundreds) and f32, where nothing is large enough to be lost"
)]

mod broken;
mod canvas;
mod catalogue;
mod dice;
mod encode;
mod formats;
mod lists;
mod output;
mod pictures;
mod png_parts;
mod scene;
mod tiff_parts;
mod undecodable;

use anyhow::{Result, bail};
use output::Folder;
use std::env;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pictures", folder] => write_all_pictures(&Folder::new(folder)),
        ["lists", folder] => lists::write_lists(&Folder::new(folder)),
        _ => bail!("name a step (pictures or lists) and the folder to write to"),
    }
}

/// The first step: everything but hashes and lists.
fn write_all_pictures(fixtures: &Folder) -> Result<()> {
    pictures::write_pictures(fixtures)?;
    pictures::write_orientations(fixtures)?;
    pictures::write_exact(fixtures)?;
    formats::write_formats(fixtures)?;
    undecodable::write_undecodable(fixtures)?;
    broken::write_broken(fixtures)
}
