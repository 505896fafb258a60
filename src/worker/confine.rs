//! What a worker may do: read from the files that it is handed, use some memory, and answer.
//!
//! Three fences, one behind the other: resource limits; Landlock, which takes the file system and the
//! network away; and a list of the system calls that are left, each other one of which ends the
//! process. None of them can be taken down again.

/// How well a worker is confined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fences {
    /// Limits of memory, descriptors and files.
    pub limits: bool,
    /// No file system and no network by name.
    pub landlock: bool,
    /// No system calls but those it needs.
    pub seccomp: bool,
}

impl Fences {
    /// All three.
    pub const ALL: Self = Self { limits: true, landlock: true, seccomp: true };

    /// `full`, `partial: without ...` or `none`, as `run` tells it.
    pub fn name(self) -> String {
        let all = [
            (self.limits, "resource limits"),
            (self.landlock, "Landlock"),
            (self.seccomp, "seccomp"),
        ];
        if all.iter().all(|(there, _)| !there) {
            return "none".to_owned();
        }
        let missing: Vec<&str> =
            all.iter().filter(|(there, _)| !there).map(|&(_, name)| name).collect();
        if missing.is_empty() {
            return "full".to_owned();
        }
        format!("partial: without {}", missing.join(" and "))
    }
}

/// Confines this process for good, as far as the system can. `memory` bounds its address space, in
/// bytes. With `without_seccomp` that fence is left out.
#[cfg(not(target_os = "linux"))]
pub(super) fn confine(_memory: u64, _without_seccomp: bool) -> Fences {
    Fences::default()
}

#[cfg(target_os = "linux")]
pub(super) use linux::confine;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::env::consts::ARCH;
    use std::error::Error;

    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
    use rustix::process::{
        DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    use super::Fences;

    /// Descriptors: the three standard ones, the socket, a file, and some to spare.
    const DESCRIPTORS: u64 = 16;

    /// The newest rules of Landlock that are asked for: of the file system, of TCP, of signals and
    /// of sockets without a name in the file system.
    const RULES: ABI = ABI::V6;

    /// Confines this process for good, as far as the system can. `memory` bounds its address space,
    /// in bytes. With `without_seccomp` that fence is left out.
    pub(in crate::worker) fn confine(memory: u64, without_seccomp: bool) -> Fences {
        Fences {
            limits: limit(memory).is_ok(),
            landlock: shut_out().unwrap_or(false),
            // Last: setting up the others takes calls that it does not leave.
            seccomp: !without_seccomp && silence().is_ok(),
        }
    }

    fn limit(memory: u64) -> rustix::io::Result<()> {
        // Memory must not reach a disk, nor another process of this user.
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
        let limits = [
            (Resource::Core, 0),
            (Resource::Fsize, 0),
            (Resource::Nofile, DESCRIPTORS),
            (Resource::As, memory),
        ];
        for (resource, most) in limits {
            // Whoever started the program may have set lower ones, which only root may raise.
            let most = getrlimit(resource).maximum.map_or(most, |maximum| maximum.min(most));
            setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
        }
        Ok(())
    }

    /// Whether Landlock refuses all that this system's version of it knows of. An old one knows of
    /// files alone; what newer ones add (TCP, signals) takes system calls that are not left, either.
    fn shut_out() -> Result<bool, landlock::RulesetError> {
        let rules = Ruleset::default()
            .handle_access(AccessFs::from_all(RULES))?
            .handle_access(AccessNet::from_all(RULES))?
            .scope(Scope::from_all(RULES))?;
        // Nothing is allowed.
        let status = rules.create()?.restrict_self()?;
        Ok(status.ruleset != RulesetStatus::NotEnforced)
    }

    /// Leaves only the system calls that a worker needs; any other ends the process.
    fn silence() -> Result<(), Box<dyn Error>> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            NEEDED.iter().map(|&call| (call, Vec::new())).collect();
        let only = |call: i64, argument: u8, length: SeccompCmpArgLen, be: SeccompCmpOp, value| {
            let condition = SeccompCondition::new(argument, length, be, value)?;
            SeccompRule::new(vec![condition]).map(|rule| (call, vec![rule]))
        };
        let (word, long) = (SeccompCmpArgLen::Dword, SeccompCmpArgLen::Qword);
        let me = u64::from(std::process::id());
        rules.extend([
            // No memory from which code can be run.
            only(libc::SYS_mmap, 2, word.clone(), SeccompCmpOp::MaskedEq(PROT_EXEC), 0)?,
            only(libc::SYS_mprotect, 2, word.clone(), SeccompCmpOp::MaskedEq(PROT_EXEC), 0)?,
            // To nobody but who is at the other end.
            only(libc::SYS_sendto, 4, long, SeccompCmpOp::Eq, 0)?,
            // `abort` ends a process by a signal to itself.
            only(libc::SYS_tgkill, 0, word.clone(), SeccompCmpOp::Eq, me)?,
            // The standard library's own checks.
            only(libc::SYS_fcntl, 1, word, SeccompCmpOp::Eq, F_GETFD)?,
        ]);
        let (other, listed) = (SeccompAction::KillProcess, SeccompAction::Allow);
        let filter = SeccompFilter::new(rules, other, listed, ARCH.try_into()?)?;
        let program: BpfProgram = filter.try_into()?;
        seccompiler::apply_filter(&program)?;
        Ok(())
    }

    const PROT_EXEC: u64 = libc::PROT_EXEC as u64;
    const F_GETFD: u64 = libc::F_GETFD as u64;

    /// What a worker needs: to be handed a file, to read it, to answer and to complain; memory;
    /// the time; locks, random seeds and signals, which the standard library uses; an end.
    const NEEDED: [i64; 24] = [
        libc::SYS_recvmsg,
        libc::SYS_recvfrom,
        libc::SYS_fstat,
        libc::SYS_lseek,
        libc::SYS_read,
        libc::SYS_pread64,
        libc::SYS_write,
        libc::SYS_close,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_restart_syscall,
        libc::SYS_sigaltstack,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_exit_group,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_names_what_is_missing() {
        let partly = Fences { landlock: false, ..Fences::ALL };
        let hardly = Fences { limits: true, ..Fences::default() };
        assert_eq!(Fences::ALL.name(), "full");
        assert_eq!(partly.name(), "partial: without Landlock");
        assert_eq!(hardly.name(), "partial: without Landlock and seccomp");
        assert_eq!(Fences::default().name(), "none");
    }
}
