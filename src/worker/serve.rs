//! The life of a worker, which is two processes. One opens files and does nothing else: on a file
//! system that hangs, opening never comes back. The other is told how to look, confines itself, and
//! looks at one open file after the other until there are no more.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use super::answer;
use super::confine::{Fences, confine};
use super::frame::{Inbox, hand_over, send, take_over};
use super::setup::{Handed, Request, Setup, VERSION, ready};
use crate::content::{Evidence, Findings, HashOptions, Unread, fingerprint, is_named_tga, look};
use crate::hash::Algorithm;
use crate::luma::{Luma, Pixels};
use crate::picture::{Kind, grey_png};
use crate::view::Effort;

/// Most bytes of what a worker is told.
const MOST_TOLD: usize = 1 << 16;

/// Most bytes of a path and what is asked of it; no system opens longer ones.
const MOST_ASKED: usize = 1 << 16;

/// Opens files whose paths come on standard input, which is a socket, and hands them over to the
/// process that looks at them, until it is closed.
///
/// # Errors
/// When standard input is no such socket, or when either of the others is gone.
pub fn serve_opening() -> io::Result<()> {
    close_what_was_left_open();
    die_with_parent()?;
    let asks = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let looker = take_over::<1>(&asks)?.and_then(|(_, stream)| stream);
    let looker = UnixStream::from(looker.ok_or_else(|| io::Error::other("nobody to open for"))?);
    let mut asks = Inbox::new(asks);
    loop {
        let asked = match asks.receive(MOST_ASKED, None) {
            Ok(asked) => Request::from_bytes(asked),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let Request { path, through_link, max_memory } =
            asked.ok_or_else(|| io::Error::other("what is no request"))?;
        match Evidence::open(&path, through_link) {
            Ok(evidence) => {
                let handed = Handed::File { named_tga: is_named_tga(&path), max_memory };
                hand_over(&looker, &handed.to_bytes(), evidence.file().as_fd())?;
            }
            Err(Unread { reason, detail }) => {
                let words = u32::try_from(detail.len()).map_err(io::Error::other)?;
                let mut message = Handed::Unread { reason, words }.to_bytes().to_vec();
                message.extend(detail.as_bytes());
                let mut looker = &looker;
                looker.write_all(&message)?;
            }
        }
        // Whoever waits for an answer in vain can tell by this what it is that hangs.
        let mut whoever_asked = asks.stream();
        whoever_asked.write_all(b".")?;
    }
}

/// Looks at files that another process hands over, and answers on standard input, which is a socket,
/// until there are no more.
///
/// # Errors
/// When standard input is no such socket, or when whoever is at the other end is of another version
/// or gone in the middle of a message.
pub fn serve_looking() -> io::Result<()> {
    close_what_was_left_open();
    let answers = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let files = take_over::<1>(&answers)?.and_then(|(_, stream)| stream);
    let files = UnixStream::from(files.ok_or_else(|| io::Error::other("nobody opens files"))?);
    let mut told = Inbox::new(answers);
    let setup: Setup = serde_json::from_slice(told.receive(MOST_TOLD, None)?)?;
    let answers = told.stream();
    if setup.version != VERSION {
        return Err(io::Error::other(format!("not version {VERSION}: {}", setup.version)));
    }
    // Whoever decodes with several threads makes do with this one.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    one.build_global().map_err(io::Error::other)?;
    die_with_parent()?;
    // What is set up at its first use is set up before it can no longer be..
    warm_up()?;
    let fences = confine(setup.address_space, setup.without_seccomp);
    // ..and what the fences do not let through shows before there is a file to lose.
    warm_up()?;
    send(answers, &ready(fences))?;
    let mut buffer = Vec::new();
    while let Some(findings) = look_at_next(&files, &setup, &mut buffer)? {
        send(answers, &answer::to_bytes(&findings))?;
    }
    Ok(())
}

/// What the next file comes to; none where there are no more.
fn look_at_next(
    mut files: &UnixStream,
    setup: &Setup,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Findings>> {
    let Some((bytes, open)) = take_over::<{ Handed::BYTES }>(files)? else { return Ok(None) };
    Ok(Some(match Handed::from_bytes(bytes) {
        Handed::File { named_tga, max_memory } => {
            let open = open.ok_or_else(|| io::Error::other("no file was handed over"))?;
            match Evidence::of(File::from(open)) {
                Ok(evidence) => look(evidence, named_tga, &setup.options(max_memory), buffer),
                Err(unread) => unread.into(),
            }
        }
        Handed::Unread { reason, words } => {
            let mut detail = vec![0; usize::try_from(words).unwrap_or(0).min(MOST_TOLD)];
            files.read_exact(&mut detail)?;
            Findings::failed(reason, String::from_utf8_lossy(&detail))
        }
    }))
}

/// Whoever started this process being gone, so is the need for it.
fn die_with_parent() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

/// Hashes a picture of its own making.
fn warm_up() -> io::Result<()> {
    const SIDE: usize = 64;
    let level = |k: usize| u8::try_from((k * k / 7 + k / SIDE * 3) % 251).unwrap_or(0);
    let pixels = Pixels::Grey((0..SIDE * SIDE).map(level).collect());
    let picture = Luma::new(SIDE, SIDE, pixels);
    let png = picture.and_then(|picture| grey_png(SIDE, SIDE, picture.bytes()));
    let png = png.unwrap_or_default();
    let options = HashOptions { effort: Effort::Upright, ..HashOptions::new(Algorithm::Pdq) };
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

/// How well this process is confined after [`serve_looking`] would have confined it: for tests of the fences.
#[doc(hidden)]
pub fn confine_for_test(memory: u64) -> Fences {
    confine(memory, false)
}
