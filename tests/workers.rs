//! Whatever becomes of a worker, or of the file system under it: every file has exactly one record,
//! and the run goes on.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(clippy::allow_attributes, reason = "which part is used differs from file to file")]
#[allow(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use fuser::{
    Config, Errno, FileAttr, FileHandle, FileType, Filesystem, Generation, INodeNo, LockOwner,
    MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyEntry, ReplyOpen, Request,
};
use kinga::record::{Outcome, Reason};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{Report, fixture, kinga, status};
use tempfile::TempDir;

const LIST: &str = "fixtures/lists/known.csv";

/// A folder with so many copies of a picture.
fn folder(copies: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for k in 0..copies {
        fs::copy(fixture("formats/scene.png"), folder.path().join(format!("{k:04}.png"))).unwrap();
    }
    folder
}

/// The workers of a process that runs.
fn workers_of(process: &Child) -> Vec<Pid> {
    let parent = process.id().to_string();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let names = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let numbers = names.flat_map(|name| name.parse::<i32>());
    let is_child = |number: &i32| {
        // `pid (name) state parent ...`
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let after = stat.rsplit(") ").next().unwrap_or_default().to_owned();
        after.split(' ').nth(1) == Some(&parent)
    };
    numbers.filter(is_child).map(Pid::from_raw).collect()
}

/// Scans a folder as a process of its own, and does something to each of its workers again and again.
fn scan_while(folder: &Path, args: [&str; 2], each: impl Fn(Pid)) -> Report {
    let out = folder.with_extension("jsonl");
    let mut process = Command::new(env!("CARGO_BIN_EXE_kinga"));
    process.args(["scan", "--list", LIST, "--format", "jsonl"]).args(args).arg("--output");
    process.arg(&out).arg(folder).stderr(Stdio::null());
    let mut process = process.current_dir(env!("CARGO_MANIFEST_DIR")).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(120);
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < until, "it hangs");
        workers_of(&process).into_iter().for_each(&each);
        thread::sleep(Duration::from_millis(40));
    };
    let report = Report::read(&fs::read_to_string(&out).unwrap(), status.code().unwrap());
    fs::remove_file(out).unwrap();
    report
}

#[test]
fn run_tells_how_well_workers_are_confined() {
    let sandbox = |how: &str| {
        let file = fixture("formats/scene.png");
        let report = Report::of(kinga(["scan", "--list", LIST, "--sandbox", how]).arg(file));
        (report.run.settings.sandbox.unwrap(), report.run.settings.timeout)
    };
    let (level, timeout) = sandbox("auto");
    if level != "full" {
        eprintln!("SKIPPED: the sandbox of this system is {level}");
        return;
    }
    assert_eq!(timeout, Some(10.0));
    assert_eq!(sandbox("require"), ("full".to_owned(), Some(10.0)));
    assert_eq!(sandbox("off"), ("none".to_owned(), None));
}

#[test]
fn records_are_the_same_with_and_without_workers() {
    let report = |how: &str| {
        let args = ["scan", "--list", LIST, "--effort", "deep", "--digests", "--sandbox", how];
        let mut command = kinga(args);
        let formats = fixture("formats");
        Report::of(command.args([formats, fixture("broken"), fixture("pictures/office")])).files
    };
    let inside = report("off");
    assert!(inside.len() > 80, "{}", inside.len());
    assert_eq!(report("auto"), inside);
}

#[test]
fn a_worker_is_nothing_to_be_started_by_hand() {
    for part in ["open", "look"] {
        assert_eq!(status(kinga(["worker", part]).write_stdin("hello")), 1);
    }
    assert_eq!(status(&mut kinga(["scan", "--list", LIST, "--timeout", "0", "."])), 2);
}

/// Some hundred files fill a socket with what nobody reads, and at 500 a worker is replaced.
#[test]
fn a_worker_looks_at_file_after_file_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    for k in 0..1100 {
        fs::copy(fixture("formats/tiny.png"), folder.path().join(format!("{k}.png"))).unwrap();
    }
    let args = ["scan", "--list", LIST, "--effort", "upright", "--threads", "1"];
    let report = Report::of(kinga(args).arg(folder.path()));
    assert_eq!((report.summary.hashed, report.status), (1100, 0));
}

#[test]
fn workers_that_are_killed_at_any_time_lose_no_file() {
    let folder = folder(60);
    let report = scan_while(folder.path(), ["--timeout", "10"], |worker| {
        // It may be gone by now.
        let _killed = kill(worker, Signal::SIGSEGV);
    });
    let paths: Vec<&str> = report.files.iter().map(|file| &*file.path).collect();
    let expected: Vec<String> = (0..60).map(|k| format!("{k:04}.png")).collect();
    assert_eq!(paths, expected);
    for file in &report.files {
        let crashed = file.reason == Some(Reason::DecoderCrash);
        assert!(file.outcome == Outcome::Hashed || crashed, "{file:?}");
    }
    assert_eq!(report.status, if report.summary.hashed == 60 { 0 } else { 3 });
}

/// Small files that are quickly looked at are asked for ahead of others, which a worker takes with it.
#[test]
fn workers_that_are_killed_while_they_are_asked_ahead_lose_no_file() {
    let folder = tempfile::tempdir().unwrap();
    for k in 0..3000 {
        fs::copy(fixture("formats/tiny.png"), folder.path().join(format!("{k:04}.png"))).unwrap();
    }
    let met = Mutex::new(0);
    let report = scan_while(folder.path(), ["--effort", "upright"], |worker| {
        // Now and then, so that there is always time for some files.
        let mut met = met.lock().unwrap();
        *met += 1;
        if *met % 16 == 4 {
            // It may be gone by now.
            let _killed = kill(worker, Signal::SIGKILL);
        }
    });
    assert!(*met.lock().unwrap() >= 4, "no worker was killed");
    let paths: Vec<&str> = report.files.iter().map(|file| &*file.path).collect();
    let expected: Vec<String> = (0..3000).map(|k| format!("{k:04}.png")).collect();
    assert_eq!(paths, expected);
    for file in &report.files {
        // A killed process looks like one that used all memory.
        let lost = [Some(Reason::MemoryLimit), Some(Reason::DecoderCrash)].contains(&file.reason);
        assert!(file.outcome == Outcome::Hashed || lost, "{file:?}");
    }
}

#[test]
fn workers_that_stand_still_cost_a_time_limit_and_their_files_are_tried_again() {
    let folder = folder(30);
    let stopped = Mutex::new(Vec::new());
    let report = scan_while(folder.path(), ["--timeout", "0.5"], |worker| {
        let mut stopped = stopped.lock().unwrap();
        if stopped.len() < 2 && !stopped.contains(&worker) {
            kill(worker, Signal::SIGSTOP).unwrap();
            stopped.push(worker);
        }
    });
    assert_eq!(stopped.lock().unwrap().len(), 2);
    assert_eq!((report.files.len(), report.summary.hashed, report.status), (30, 30, 0));
}

#[test]
fn a_worker_sees_nothing_of_who_started_it() {
    let folder = folder(30);
    let script = "exec 7</etc/hostname; exec \"$0\" \"$@\"";
    let mut process = Command::new("sh");
    process.args(["-c", script, env!("CARGO_BIN_EXE_kinga"), "scan", "--list", LIST]);
    process.arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    process.env("SECRET", "in the environment").current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut process = process.spawn().unwrap();
    let mut seen = 0;
    while process.try_wait().unwrap().is_none() {
        for worker in workers_of(&process) {
            let at = |name: &str| format!("/proc/{worker}/{name}");
            // One that did not confine itself yet, or is gone, says nothing of a worker's life.
            let confined = fs::read_to_string(at("status")).unwrap_or_default();
            let links = fs::read_dir(at("fd")).map(|fds| fds.flatten().collect::<Vec<_>>());
            let (true, Ok(links)) = (confined.contains("Seccomp:\t2"), links) else { continue };
            let environment = fs::read_to_string(at("environ")).unwrap_or_default();
            assert_eq!(environment, "");
            for link in links.iter().flat_map(|link| fs::read_link(link.path())) {
                let open = link.to_string_lossy().into_owned();
                let known = ["socket:", "pipe:", "/dev/null"].iter().any(|k| open.starts_with(k));
                assert!(known || link.starts_with(folder.path()), "{open}");
            }
            seen += 1;
        }
    }
    if seen == 0 {
        eprintln!("SKIPPED: what a worker holds can't be read by this user");
    }
}

/// A file system whose files fail, hang and lie.
struct Hostile {
    picture: Vec<u8>,
    /// Requests that are never answered.
    open: Mutex<Vec<ReplyOpen>>,
    read: Mutex<Vec<ReplyData>>,
}

/// In the order of a walk: after some files that are quickly looked at, others are opened ahead.
const NAMES: [&str; 14] = [
    "a.png",
    "b.png",
    "c.png",
    "fails.png",
    "g.png",
    "hangs-in-open.png",
    "hangs-in-read.png",
    "i.png",
    "j.png",
    "lies.png",
    "w.png",
    "x.png",
    "y.png",
    "z.png",
];

fn is(ino: INodeNo, name: &str) -> bool {
    usize::try_from(u64::from(ino)).unwrap().checked_sub(2).is_some_and(|k| NAMES[k] == name)
}

impl Hostile {
    fn attributes(&self, ino: INodeNo) -> FileAttr {
        let folder = ino == INodeNo::ROOT;
        let lies = !folder && is(ino, "lies.png");
        let size = self.picture.len() as u64 + if lies { 1000 } else { 0 };
        FileAttr {
            ino,
            size: if folder { 0 } else { size },
            blocks: 0,
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind: if folder { FileType::Directory } else { FileType::RegularFile },
            perm: if folder { 0o755 } else { 0o644 },
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: 0,
            flags: 0,
            blksize: 4096,
        }
    }
}

const FOR_NO_TIME: Duration = Duration::ZERO;

impl Filesystem for Hostile {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        match NAMES.iter().position(|known| name == *known) {
            Some(number) => {
                let attributes = self.attributes(INodeNo(number as u64 + 2));
                reply.entry(&FOR_NO_TIME, &attributes, Generation(0));
            }
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&FOR_NO_TIME, &self.attributes(ino));
    }

    fn open(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        if is(ino, "hangs-in-open.png") {
            self.open.lock().unwrap().push(reply);
        } else {
            reply.opened(FileHandle(0), fuser::FopenFlags::FOPEN_DIRECT_IO);
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        if is(ino, "fails.png") {
            reply.error(Errno::EIO);
        } else if is(ino, "hangs-in-read.png") {
            self.read.lock().unwrap().push(reply);
        } else {
            let from = usize::try_from(offset).unwrap().min(self.picture.len());
            let rest = &self.picture[from..];
            reply.data(&rest[..rest.len().min(size as usize)]);
        }
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        for (number, name) in NAMES.iter().enumerate().skip(usize::try_from(offset).unwrap()) {
            let number = number as u64;
            if reply.add(INodeNo(number + 2), number + 1, FileType::RegularFile, name) {
                break;
            }
        }
        reply.ok();
    }
}

/// A file system of our own, if there can be one.
#[expect(clippy::print_stderr, reason = "what was skipped is to be seen")]
fn mounted(folder: &Path) -> Option<fuser::BackgroundSession> {
    let picture = fs::read(fixture("formats/tiny.png")).unwrap();
    let hostile = Hostile { picture, open: Mutex::default(), read: Mutex::default() };
    let mut config = Config::default();
    config.mount_options.push(MountOption::RO);
    match fuser::spawn_mount(hostile, folder, &config) {
        Ok(mounted) => Some(mounted),
        Err(error) => {
            eprintln!("SKIPPED: no file system of our own can be mounted here: {error}");
            None
        }
    }
}

#[test]
fn a_file_system_that_fails_hangs_or_lies_costs_its_own_files_only() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mounted) = mounted(folder.path()) else { return };
    let expected = NAMES.map(|name| match name {
        "fails.png" => (name, Outcome::Failed, Some(Reason::IoError)),
        "hangs-in-open.png" | "hangs-in-read.png" => (name, Outcome::Failed, Some(Reason::Timeout)),
        "lies.png" => (name, Outcome::Failed, Some(Reason::ChangedWhileRead)),
        _ => (name, Outcome::Hashed, None),
    });
    for (effort, threads) in [("standard", "2"), ("upright", "1")] {
        let begun = Instant::now();
        let args = ["scan", "--list", LIST, "--timeout", "0.5", "--threads", threads];
        let report = Report::of(kinga(args).args(["--effort", effort]).arg(folder.path()));
        let told: Vec<_> =
            report.files.iter().map(|file| (&*file.path, file.outcome, file.reason)).collect();
        assert_eq!((told, report.status), (expected.to_vec(), 3), "{effort}");
        // Half a second and, for what hangs in a worker, three more; the rest is for slow machines.
        assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    }
    drop(mounted);
}

/// What a machine needs for a run with one file that does not hang is added, three times.
#[test]
fn a_record_comes_no_later_than_its_time_limits_and_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mounted) = mounted(folder.path()) else { return };
    let time = |name: &str, reason| {
        let begun = Instant::now();
        let args = ["scan", "--list", LIST, "--timeout", "0.5"];
        let report = Report::of(kinga(args).arg(folder.path().join(name)));
        assert_eq!((report.files.len(), report.files[0].reason), (1, reason), "{name}");
        begun.elapsed()
    };
    let usual = time("a.png", None).max(time("z.png", None));
    let timeout = Some(Reason::Timeout);
    // Opening is not tried again; reading is, for six times as long.
    for (name, limits) in [("hangs-in-open.png", 0.5), ("hangs-in-read.png", 0.5 + 3.0)] {
        let (took, limits) = (time(name, timeout), Duration::from_secs_f64(limits));
        assert!(took >= limits, "{name}: {took:?}");
        assert!(took <= limits + Duration::from_secs(1) + 3 * usual, "{name}: {took:?}, {usual:?}");
    }
    drop(mounted);
}
