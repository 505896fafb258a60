//! The life of a worker: it is told how to look, confines itself, and looks at one file after the
//! other until there are no more.

use std::io::{self, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use super::answer;
use super::confine::{Fences, confine};
use super::frame::{receive, send, take_over};
use super::setup::{Request, Setup, VERSION, ready};
use crate::content::{ContentOptions, Evidence, Findings, HashOptions, Unread, fingerprint, look};
use crate::hash::Algorithm;
use crate::luma::{Luma, Pixels};
use crate::picture::{Kind, grey_png};

/// Most bytes of what a worker is told.
const MOST_TOLD: usize = 1 << 16;

/// A buffer that grew beyond this is given back after its file.
const KEPT_BUFFER: usize = 64 << 20;

/// Looks at files that are handed over on standard input, which is a socket, until it is closed.
///
/// # Errors
/// When standard input is no such socket, or when whoever is at the other end is of another version
/// or gone in the middle of a message.
pub fn serve() -> io::Result<()> {
    close_what_was_left_open();
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let setup: Setup = serde_json::from_slice(&receive(&stream, MOST_TOLD)?)?;
    if setup.version != VERSION {
        return Err(io::Error::other(format!("not version {VERSION}: {}", setup.version)));
    }
    // Whoever decodes with several threads makes do with this one.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    one.build_global().map_err(io::Error::other)?;
    // What is set up at its first use is set up before it can no longer be..
    warm_up()?;
    let fences = confine(setup.address_space, setup.without_seccomp);
    // ..and what the fences do not let through shows before there is a file to lose.
    warm_up()?;
    send(&stream, &ready(fences))?;
    let mut buffer = Vec::new();
    while let Some((request, file)) = take_over(&stream)? {
        let Request { named_tga, max_memory } = request;
        let options = setup.options(max_memory);
        let findings = look_from_the_beginning(file, named_tga, &options, &mut buffer);
        if buffer.capacity() > KEPT_BUFFER {
            buffer = Vec::new();
        }
        send(&stream, &answer::to_bytes(&findings))?;
    }
    Ok(())
}

fn look_from_the_beginning(
    file: std::fs::File,
    named_tga: bool,
    options: &ContentOptions,
    buffer: &mut Vec<u8>,
) -> Findings {
    // Another worker may have read from it before, and given up.
    let mut file = file;
    let evidence = file.seek(SeekFrom::Start(0)).map_err(Unread::from);
    match evidence.and_then(|_| Evidence::of(file)) {
        Ok(mut evidence) => look(&mut evidence, named_tga, options, buffer),
        Err(Unread { reason, detail }) => Findings::failed(reason, detail),
    }
}

/// Hashes a picture of its own making.
fn warm_up() -> io::Result<()> {
    const SIDE: usize = 64;
    let level = |k: usize| u8::try_from((k * k / 7 + k / SIDE * 3) % 251).unwrap_or(0);
    let pixels = Pixels::Grey((0..SIDE * SIDE).map(level).collect());
    let picture = Luma::new(SIDE, SIDE, pixels);
    let png = picture.and_then(|picture| grey_png(SIDE, SIDE, picture.bytes()));
    let png = png.unwrap_or_default();
    let options = HashOptions::new(Algorithm::Pdq);
    fingerprint(&png, Kind::Png, &options).map(drop).map_err(io::Error::other)
}

/// Closes what was left open by who started who started this process: such files are not its own.
fn close_what_was_left_open() {
    #[cfg(target_os = "linux")]
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        let names = open.flatten().map(|entry| entry.file_name());
        let numbers = names.map(|name| name.to_str().map_or(Ok(0), str::parse::<i32>));
        let numbers: Vec<i32> = numbers.flatten().filter(|&number| number > 2).collect();
        for number in numbers {
            // One of them is the listing's, which is closed by now.
            let _closed_or_not = nix::unistd::close(number);
        }
    }
}

/// How well this process is confined after [`serve`] would have confined it: for tests of the fences.
#[doc(hidden)]
pub fn confine_for_test(memory: u64) -> Fences {
    confine(memory, false)
}
