//! One worker, seen from the process that started it: a process that opens files, one that looks at
//! them, and what goes between the three.

use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::{RecvFlags, recv};

use super::answer::{self, MOST_ANSWER};
use super::confine::Fences;
use super::frame::{Inbox, hand_over, send};
use super::setup::{Request, Setup, fences};
use crate::content::{Findings, HashOptions};

/// What a worker complained of is kept up to so many bytes, the last of them.
const MOST_COMPLAINTS: usize = 4096;

/// A worker is replaced after so many files.
const WORN_OUT: usize = 500;

/// Files that were opened are counted after so many answers: many at a time cost less, and some 250
/// of those bytes would fill a socket.
const COUNTED: usize = 64;

/// How long a worker may take until it is ready: no file has touched it yet.
const UNTIL_READY: Duration = Duration::from_secs(10);

/// How long an end that is due is waited for.
const UNTIL_DEAD: Duration = Duration::from_secs(1);

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// There was no worker, since none could be started.
    NotStarted(io::Error),
    /// None in time; whether it is opening that took so long.
    Late { opening: bool },
    /// It died.
    Died(Death),
    /// What came is no answer.
    Garbled,
}

/// How a worker died.
#[derive(Debug)]
pub(super) struct Death {
    /// Whether it had no memory left.
    pub(super) of_memory: bool,
    /// In words.
    pub(super) words: String,
}

/// A worker that is ready.
#[derive(Debug)]
pub(super) struct Worker {
    looker: Process,
    #[expect(dead_code, reason = "it lives as long as this does")]
    opener: Process,
    /// Where answers come from.
    answers: Inbox<UnixStream>,
    /// Where files are asked for; a byte comes back for each that was opened or could not be.
    asks: UnixStream,
    complaints: Arc<Mutex<Vec<u8>>>,
    /// Files about which it answered, or whose answer was waited for in vain.
    served: usize,
    /// Files that were opened, or could not be, as far as they were counted.
    opened: usize,
}

/// A process that is killed when it is dropped.
#[derive(Debug)]
struct Process(Option<Child>);

impl Worker {
    /// Starts this program twice again, and tells how well it is confined that looks at files.
    pub(super) fn start(setup: &Setup) -> io::Result<(Self, Fences)> {
        let (answers, looker_end) = UnixStream::pair()?;
        let (asks, opener_end) = UnixStream::pair()?;
        let (files, from_opener) = UnixStream::pair()?;
        let mut looking = this_program("look", looker_end)?;
        let mut child = looking.current_dir("/").stderr(Stdio::piped()).spawn()?;
        let complaints = Arc::default();
        if let Some(stderr) = child.stderr.take() {
            let kept = Arc::clone(&complaints);
            thread::Builder::new().spawn(move || listen(stderr, &kept))?;
        }
        let looker = Process(Some(child));
        let opener = this_program("open", opener_end)?.stderr(Stdio::null()).spawn()?;
        let opener = Process(Some(opener));
        let answers = Inbox::impatient(answers)?;
        let mut worker = Self { looker, opener, answers, asks, complaints, served: 0, opened: 0 };
        let told = serde_json::to_vec(setup)?;
        let until = Instant::now() + UNTIL_READY;
        let answer = hand_over(worker.answers.stream(), b".", files.as_fd())
            .and_then(|()| hand_over(&worker.asks, b".", from_opener.as_fd()))
            .and_then(|()| send(worker.answers.stream(), &told))
            .and_then(|()| worker.answers.receive(MOST_ANSWER, Some(until)));
        match answer.map(fences) {
            Ok(Some(fences)) => Ok((worker, fences)),
            _ => Err(io::Error::other(format!("it was not ready: {}", worker.end().words))),
        }
    }

    /// Asks it to open a file and look at it. It may be asked for more before it has answered.
    ///
    /// # Errors
    /// When nobody is there who opens files.
    pub(super) fn ask(&mut self, request: &Request<'_>) -> Result<(), Lost> {
        send(&self.asks, &request.to_bytes()).map_err(|_gone| Lost::Died(self.end()))
    }

    /// Waits so long for its answer to the first request that it has not answered.
    pub(super) fn answer(
        &mut self,
        options: &HashOptions,
        limit: Duration,
    ) -> Result<Findings, Lost> {
        let until = Instant::now() + limit;
        let answer = self.answers.receive(MOST_ANSWER, Some(until));
        let answer = answer.map(|bytes| answer::from_bytes(bytes, options));
        self.served += 1;
        if answer.is_err() || self.served.is_multiple_of(COUNTED) {
            self.count_opened();
        }
        match answer {
            Ok(findings) => findings.ok_or(Lost::Garbled),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::TimedOut => Lost::Late { opening: self.opened < self.served },
                io::ErrorKind::InvalidData => Lost::Garbled,
                _ => Lost::Died(self.end()),
            }),
        }
    }

    /// Whether it has served long enough.
    pub(super) fn is_worn_out(&self) -> bool {
        self.served >= WORN_OUT
    }

    /// Whether it answered what it was not asked, if all that it was asked is answered.
    pub(super) fn answers_unasked(&self) -> bool {
        self.answers.has_more()
    }

    /// Counts the files that were opened, or could not be, since it was last asked. Bytes that nobody
    /// takes would soon fill the socket, whoever opens would wait for that, and nothing be opened.
    fn count_opened(&mut self) {
        let mut bytes = [0; 64];
        while let Ok((_, count @ 1..)) = recv(&self.asks, &mut bytes, RecvFlags::DONTWAIT) {
            self.opened += count;
        }
    }

    /// How a worker ended that has closed its stream.
    fn end(&mut self) -> Death {
        let status = self.looker.0.as_mut().and_then(|child| wait(child, UNTIL_DEAD));
        // Its last words may still be on their way.
        let mut said = self.said();
        let until = Instant::now() + UNTIL_DEAD / 10;
        while said.is_empty() && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
            said = self.said();
        }
        Death::new(status, &said)
    }

    fn said(&self) -> String {
        let complaints = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&complaints).trim().to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        // One that is dead already can't be killed.
        drop(child.kill());
        if wait(&mut child, Duration::from_millis(20)).is_none() {
            // It waits for a file system that hangs, and so would we.
            drop(thread::Builder::new().spawn(move || child.wait()));
        }
    }
}

impl Death {
    fn new(status: Option<ExitStatus>, said: &str) -> Self {
        let signal = status.and_then(|status| status.signal());
        let of_memory = said.contains("memory allocation of") || signal == Some(libc::SIGKILL);
        let how = match signal {
            Some(libc::SIGSYS) => "it made a system call that workers have no need of".to_owned(),
            Some(libc::SIGSEGV | libc::SIGBUS) => "it used memory that is not its own".to_owned(),
            Some(libc::SIGKILL) => "it was killed, as when the system is out of memory".to_owned(),
            Some(libc::SIGABRT) => "it gave up".to_owned(),
            Some(signal) => format!("signal {signal}"),
            None => match status.and_then(|status| status.code()) {
                Some(code) => format!("exit status {code}"),
                None => "it closed its connection".to_owned(),
            },
        };
        let last = said.lines().last().unwrap_or_default();
        let said = if last.is_empty() { String::new() } else { format!("; it said: {last}") };
        Self { of_memory, words: format!("{how}{said}") }
    }
}

/// Keeps the last that a worker says.
fn listen(mut stderr: ChildStderr, kept: &Mutex<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(len @ 1..) = stderr.read(&mut piece) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(&piece[..len]);
        let beyond = kept.len().saturating_sub(MOST_COMPLAINTS);
        kept.drain(..beyond);
    }
}

/// Waits for a process for so long at most.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_micros(200)),
            _ => return None,
        }
    }
}

/// The program that this process runs, also if its file was replaced or removed since; to be started
/// as a part of a worker, with a socket as its standard input.
fn this_program(part: &str, socket: UnixStream) -> io::Result<Command> {
    let linux = cfg!(target_os = "linux");
    let program = if linux { Ok("/proc/self/exe".into()) } else { std::env::current_exe() };
    let mut command = Command::new(program?);
    command.arg0("kinga").args(["worker", part]).env_clear();
    command.stdin(OwnedFd::from(socket)).stdout(Stdio::null());
    // What is typed at the terminal is for the process that started it.
    command.process_group(0);
    Ok(command)
}
