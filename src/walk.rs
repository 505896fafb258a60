//! From roots to numbered candidates in a stable order. Whatever can't be entered or is no regular
//! file becomes a candidate, too: nothing that the walk meets is left out.

use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

/// Where a walk begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A file or folder. The paths of its candidates are relative to it; that of a file is its
    /// name.
    Path(PathBuf),
    /// Files and folders named by a list. The paths of its candidates are as the list has them.
    Listed {
        /// What the list is called, for reports.
        name: String,
        /// Its paths, in its order.
        paths: Vec<PathBuf>,
    },
}

/// How to walk.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Follow symbolic links below the roots; loops are found and reported. A root that is itself
    /// a link is always followed.
    pub follow: bool,
    /// Do not enter other file systems than that of the root.
    pub one_file_system: bool,
    /// What to leave out: candidates with [`Met::Excluded`], not entered.
    pub exclude: Exclude,
}

/// Patterns of what to leave out.
#[derive(Clone, Debug, Default)]
pub struct Exclude(GlobSet);

impl Exclude {
    /// Patterns in the style of shells. One without a `/` is compared with names, one with a `/`
    /// with paths relative to the root.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub fn new(patterns: &[String]) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let anywhere =
                if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
            set.add(Glob::new(&anywhere)?);
        }
        Ok(Self(set.build()?))
    }

    fn leaves_out(&self, relative: &Path) -> bool {
        !self.0.is_empty() && self.0.is_match(relative)
    }
}

/// One thing that the walk met.
#[derive(Debug)]
pub struct Candidate {
    /// Its place in the walk, from 0.
    pub number: u64,
    /// Which root it belongs to, from 0.
    pub root: usize,
    /// Its path in reports: see [`Root`].
    pub relative: PathBuf,
    /// The path to open it by.
    pub path: PathBuf,
    /// What it is.
    pub met: Met,
}

/// What the walk met.
#[derive(Debug)]
pub enum Met {
    /// A regular file. `through_link` tells whether the last part of its path is a symbolic link.
    File {
        /// Whether opening it follows a link.
        through_link: bool,
    },
    /// A symbolic link that is not followed.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block or character device, or something even rarer.
    Device,
    /// A folder of another file system, not entered on request.
    OtherFileSystem,
    /// Left out by a pattern; if it is a folder, all that is in it.
    Excluded,
    /// A link that leads back to one of its own folders.
    Loop,
    /// A file or folder that could not be looked at, or a folder that could not be read.
    Unreadable(io::Error),
}

/// The candidates below some roots, in the order of the roots and of names within each folder.
#[derive(Debug)]
pub struct Walk {
    options: WalkOptions,
    roots: std::vec::IntoIter<(usize, PathBuf, bool)>,
    current: Option<Current>,
    number: u64,
}

#[derive(Debug)]
struct Current {
    root: usize,
    base: PathBuf,
    listed: bool,
    entries: walkdir::IntoIter,
}

impl Walk {
    /// Begins a walk. Nothing is read before the first candidate is asked for.
    pub fn new(roots: &[Root], options: WalkOptions) -> Self {
        let mut starts = Vec::new();
        for (number, root) in roots.iter().enumerate() {
            match root {
                Root::Path(path) => starts.push((number, path.clone(), false)),
                Root::Listed { paths, .. } => {
                    starts.extend(paths.iter().map(|path| (number, path.clone(), true)));
                }
            }
        }
        Self { options, roots: starts.into_iter(), current: None, number: 0 }
    }

    fn enter(&self, (root, base, listed): (usize, PathBuf, bool)) -> Current {
        let entries = WalkDir::new(&base)
            .follow_links(self.options.follow)
            .same_file_system(self.options.one_file_system)
            .sort_by_file_name()
            .into_iter();
        Current { root, base, listed, entries }
    }

    /// What `entry` is as a candidate; `None` for a folder that will be entered.
    fn met(
        &self,
        entry: Result<DirEntry, walkdir::Error>,
        current: &mut Current,
    ) -> Option<(PathBuf, Met)> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(&current.base).to_owned();
                if error.loop_ancestor().is_some() {
                    return Some((path, Met::Loop));
                }
                // Only a loop has no error of the system below it.
                let error = error.into_io_error().unwrap_or(io::ErrorKind::Other.into());
                return Some((path, Met::Unreadable(error)));
            }
        };
        let path = entry.path().to_owned();
        if entry.depth() > 0 && self.options.exclude.leaves_out(&current.relative(&path)) {
            if entry.file_type().is_dir() {
                current.entries.skip_current_dir();
            }
            return Some((path, Met::Excluded));
        }
        let may_be_foreign = self.options.one_file_system && entry.file_type().is_dir();
        if may_be_foreign && current.is_foreign(&entry) {
            return Some((path, Met::OtherFileSystem));
        }
        let met = if entry.depth() == 0 && entry.file_type().is_symlink() {
            match fs::metadata(&path) {
                Ok(target) => kind_of(target.file_type(), true)?,
                Err(error) => Met::Unreadable(error),
            }
        } else {
            kind_of(entry.file_type(), entry.path_is_symlink())?
        };
        Some((path, met))
    }
}

impl Current {
    /// Whether an entry is a folder of another file system than the root.
    #[cfg(unix)]
    fn is_foreign(&self, entry: &DirEntry) -> bool {
        use std::os::unix::fs::MetadataExt;
        // What can't be looked at is reported when it is opened.
        match (fs::metadata(&self.base), entry.metadata()) {
            (Ok(root), Ok(folder)) => folder.is_dir() && root.dev() != folder.dev(),
            _ => false,
        }
    }

    #[cfg(not(unix))]
    fn is_foreign(&self, _entry: &DirEntry) -> bool {
        false
    }

    fn relative(&self, path: &Path) -> PathBuf {
        if self.listed {
            return path.to_owned();
        }
        match path.strip_prefix(&self.base) {
            Ok(relative) if relative.as_os_str().is_empty() => {
                PathBuf::from(self.base.file_name().unwrap_or(OsStr::new(".")))
            }
            Ok(relative) => relative.to_owned(),
            Err(_not_below) => path.to_owned(),
        }
    }
}

/// What a file type is as a candidate; `None` for a folder.
fn kind_of(file_type: FileType, through_link: bool) -> Option<Met> {
    if file_type.is_dir() {
        return None;
    }
    if file_type.is_file() {
        return Some(Met::File { through_link });
    }
    if file_type.is_symlink() {
        return Some(Met::Symlink);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if file_type.is_fifo() {
            return Some(Met::Fifo);
        }
        if file_type.is_socket() {
            return Some(Met::Socket);
        }
    }
    Some(Met::Device)
}

impl Iterator for Walk {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        loop {
            let mut current = if let Some(current) = self.current.take() {
                current
            } else {
                let start = self.roots.next()?;
                self.enter(start)
            };
            let Some(entry) = current.entries.next() else { continue };
            let met = self.met(entry, &mut current);
            let candidate = met.map(|(path, met)| Candidate {
                number: self.number,
                root: current.root,
                relative: current.relative(&path),
                path,
                met,
            });
            self.current = Some(current);
            if candidate.is_some() {
                self.number += 1;
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        folder
    }

    fn names(roots: &[Root], options: WalkOptions) -> Vec<String> {
        let walk = Walk::new(roots, options);
        walk.map(|candidate| candidate.relative.to_string_lossy().into_owned()).collect()
    }

    fn root(folder: &tempfile::TempDir) -> [Root; 1] {
        [Root::Path(folder.path().to_owned())]
    }

    #[test]
    fn candidates_come_in_the_order_of_names_hidden_ones_included() {
        let folder = folder(&["b/2", "b/10", "a", ".hidden/x", "c"]);
        let found = names(&root(&folder), WalkOptions::default());
        assert_eq!(found, [".hidden/x", "a", "b/10", "b/2", "c"]);
    }

    #[test]
    fn numbers_run_on_over_several_roots_and_a_file_is_called_by_its_name() {
        let folder = folder(&["a", "b"]);
        let file = folder.path().join("b");
        let roots = [Root::Path(folder.path().to_owned()), Root::Path(file.clone())];
        let found: Vec<_> = Walk::new(&roots, WalkOptions::default())
            .map(|c| (c.number, c.root, c.relative.to_string_lossy().into_owned()))
            .collect();
        let expected = [(0, 0, "a"), (1, 0, "b"), (2, 1, "b")];
        assert_eq!(found, expected.map(|(n, r, p)| (n, r, p.to_owned())));
        let listed = Root::Listed { name: "list".to_owned(), paths: vec![file.clone()] };
        assert_eq!(names(&[listed], WalkOptions::default()), [file.to_string_lossy()]);
    }

    #[test]
    fn an_excluded_folder_is_one_candidate_and_is_not_entered() {
        let folder = folder(&["keep/a.jpg", "cache/a.jpg", "cache/deep/b.jpg", "keep/b.tmp"]);
        let exclude = Exclude::new(&["cache".to_owned(), "*.tmp".to_owned()]).unwrap();
        let options = WalkOptions { exclude, ..WalkOptions::default() };
        let met: Vec<_> = Walk::new(&root(&folder), options)
            .map(|c| (c.relative, matches!(c.met, Met::Excluded)))
            .collect();
        let expected = [("cache", true), ("keep/a.jpg", false), ("keep/b.tmp", true)];
        assert_eq!(met, expected.map(|(path, out)| (PathBuf::from(path), out)));
    }

    #[test]
    fn a_root_that_does_not_exist_is_a_candidate() {
        let roots = [Root::Path(PathBuf::from("/no/such/place"))];
        let met: Vec<_> = Walk::new(&roots, WalkOptions::default()).map(|c| c.met).collect();
        assert!(
            matches!(&met[..], [Met::Unreadable(error)] if error.kind() == io::ErrorKind::NotFound)
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_candidates_and_are_followed_only_when_asked() {
        let folder = folder(&["a/file"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        std::os::unix::fs::symlink("file", folder.path().join("a/link")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("a/dangling")).unwrap();
        let met = |follow| -> Vec<String> {
            let options = WalkOptions { follow, ..WalkOptions::default() };
            Walk::new(&root(&folder), options)
                .map(|c| match c.met {
                    Met::Unreadable(error) => format!("{:?}", error.kind()),
                    other => format!("{other:?}"),
                })
                .collect()
        };
        let file = "File { through_link: false }";
        assert_eq!(met(false), ["Symlink", file, "Symlink", "Symlink"]);
        assert_eq!(met(true), ["NotFound", file, "File { through_link: true }", "Loop"]);
    }
}
