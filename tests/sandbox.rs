//! The fences around workers hold: twelve things that a picture which took over its decoder would try.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::env;
use std::fs::{self, File};
use std::io::IoSliceMut;
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, exit};

use io_uring::IoUring;
use kinga::worker::{Fences, confine_for_test};
use memmap2::MmapMut;
use nix::sys::ptrace::{Options, seize};
use nix::sys::signal::{Signal, kill};
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::getppid;

/// Made ready before the fences are put up; tells whether it was let through.
type Attempt = Box<dyn FnOnce() -> bool>;

/// What it is called, and what makes it ready.
type Probe = (&'static str, fn() -> Attempt);

/// What is tried.
const PROBES: [Probe; 12] = [
    ("open a file", || Box::new(|| File::open("/etc/hostname").is_ok())),
    ("create a file", || {
        let path = Path::new(&env::var("KINGA_PROBE_FOLDER").unwrap()).join("made");
        Box::new(move || File::create(path).is_ok())
    }),
    ("run a program", || {
        Box::new(|| {
            // Comes back only if it was refused.
            drop(Command::new("/bin/true").exec());
            false
        })
    }),
    ("make a socket", || Box::new(|| UdpSocket::bind("127.0.0.1:0").is_ok())),
    ("connect a socket", || {
        let path = Path::new(&env::var("KINGA_PROBE_FOLDER").unwrap()).join("listener");
        let socket = UnixDatagram::unbound().unwrap();
        Box::new(move || socket.connect(path).is_ok())
    }),
    ("start a process", || Box::new(|| Command::new("/bin/true").spawn().is_ok())),
    // Which does not stop it, and ends with this process.
    ("trace the parent", || Box::new(|| seize(getppid(), Options::empty()).is_ok())),
    ("make memory executable", || {
        let map = MmapMut::map_anon(4096).unwrap();
        Box::new(move || map.make_exec().is_ok())
    }),
    ("take 4 GiB of memory", || Box::new(|| Vec::<u8>::new().try_reserve_exact(4 << 30).is_ok())),
    ("set up an io_uring", || Box::new(|| IoUring::new(4).is_ok())),
    ("signal the parent", || Box::new(|| kill(getppid(), Signal::SIGCONT).is_ok())),
    ("read the parent's memory", || {
        Box::new(|| {
            static THERE_TOO: [u8; 8] = [7; 8];
            let mut bytes = [0; 8];
            let from = RemoteIoVec { base: THERE_TOO.as_ptr() as usize, len: 8 };
            let read = process_vm_readv(getppid(), &mut [IoSliceMut::new(&mut bytes)], &[from]);
            // That nothing is at that address would be told only to whoever may read there.
            read.is_ok() || read == Err(nix::errno::Errno::EFAULT)
        })
    }),
];

const LET_THROUGH: i32 = 40;
const REFUSED: i32 = 41;
const NOT_FENCED: i32 = 42;

/// The child: makes one attempt, with or without fences, and ends with what came of it.
#[expect(clippy::exit, reason = "the process is there for nothing else")]
#[test]
fn an_attempt_in_a_process_of_its_own() {
    let Ok(wanted) = env::var("KINGA_PROBE") else { return };
    let (_, prepare) = PROBES.iter().find(|(name, _)| *name == wanted).unwrap();
    let attempt = prepare();
    if env::var("KINGA_PROBE_FENCED").is_ok() {
        let fences = confine_for_test(3 << 30);
        if fences != Fences::ALL {
            exit(NOT_FENCED);
        }
    }
    exit(if attempt() { LET_THROUGH } else { REFUSED });
}

/// How an attempt ends; as an unprivileged user, or as who runs the tests.
fn end_of(probe: &str, folder: &Path, fenced: bool, unprivileged: bool) -> ExitStatus {
    let mut command = Command::new(folder.join("probes"));
    command.args(["--exact", "an_attempt_in_a_process_of_its_own", "--test-threads", "1"]);
    command.env("KINGA_PROBE", probe).env("KINGA_PROBE_FOLDER", folder);
    if fenced {
        command.env("KINGA_PROBE_FENCED", "1");
    }
    if unprivileged {
        command.uid(65_534).gid(65_534);
    }
    command.output().unwrap().status
}

#[test]
fn none_of_twelve_attempts_gets_through_as_root_or_as_anyone() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    fs::copy(env::current_exe().unwrap(), folder.path().join("probes")).unwrap();
    let listener = folder.path().join("listener");
    let _listener = UnixDatagram::bind(&listener).unwrap();
    fs::set_permissions(&listener, fs::Permissions::from_mode(0o777)).unwrap();
    let root = nix::unistd::geteuid().is_root();
    let mut tried = 0;
    let mut possible = 0;
    for unprivileged in [false, true] {
        if unprivileged && !root {
            eprintln!("skipped: attempts as another user, which only root can make");
            continue;
        }
        for (probe, _) in PROBES {
            let free = end_of(probe, folder.path(), false, unprivileged);
            // Whoever runs a program has become that program, which ends well.
            let works = free.code() == Some(LET_THROUGH) || free.success();
            possible += u32::from(works);
            let fenced = end_of(probe, folder.path(), true, unprivileged);
            if fenced.code() == Some(NOT_FENCED) {
                eprintln!("SKIPPED: this system does not have all the fences");
                return;
            }
            let killed = fenced.signal() == Some(Signal::SIGSYS as i32);
            assert!(killed || fenced.code() == Some(REFUSED), "{probe}: {fenced:?}");
            tried += 1;
        }
    }
    assert_eq!(tried, if root { 24 } else { 12 });
    // Or else this test would hold without any fence.
    assert!(possible >= tried * 3 / 4, "without fences only {possible} of {tried} get through");
}
