//! What both roads share: the files of a folder, and a line for each of them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// All files under `folder`, sorted.
///
/// # Errors
/// When a folder can't be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Prints `hash,quality,path` for each file under `folder`; a file that fails is named on stderr.
///
/// # Errors
/// When a folder can't be read.
pub fn hash_folder(
    folder: &Path,
    mut hash: impl FnMut(&Path) -> Result<([u8; 32], f32), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    for path in files(folder)? {
        let name = path.strip_prefix(folder)?.display();
        match hash(&path) {
            Ok((hash, quality)) => println!("{},{:.0},{name}", hex(&hash), quality * 100.0),
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
