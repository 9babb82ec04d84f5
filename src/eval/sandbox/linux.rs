//! What shuts programs in on Linux: namespaces, another user, Landlock, seccomp.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use nix::libc as sys;
use nix::sched::{CloneFlags, unshare};
use rustix::process::{Gid, Uid};
use rustix::thread::{CapabilitySet, CapabilitySets};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Compare, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use crate::error::{Error, Kind, Result};
use crate::eval::sandbox::Task;
use crate::eval::sandbox::helper::failed;

/// What every program may read: programs, libraries, and what these read about the system.
const READABLE: [&str; 25] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mono",
    "/etc/php",
    "/etc/ssl/openssl.cnf",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/dev/urandom",
    "/dev/random",
];

/// Gives the processes that are started from now on namespaces of their own.
pub fn separate() -> Result<()> {
    let own = CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWIPC;
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    if user.is_root() && unshare(own).is_ok() {
        return Ok(());
    }
    unshare(own | CloneFlags::CLONE_NEWUSER).map_err(|error| failed("cannot make namespaces", error))?;
    let write = |file: &str, text: String| {
        fs::write(format!("/proc/self/{file}"), text).map_err(|error| failed("cannot map the user", error))
    };
    write("setgroups", "deny".to_owned())?;
    write("uid_map", format!("{0} {0} 1", user.as_raw()))?;
    write("gid_map", format!("{0} {0} 1", group.as_raw()))
}

/// Takes from this process what programs must not have. Returns what does it, in words.
pub fn restrict(task: &Task) -> Result<Vec<String>> {
    let mut words = Vec::new();
    if let Some(user) = task.walls.user {
        become_user(user, task.walls.reads_all)?;
        words.push("another user".to_owned());
    }
    // Root without capabilities is a user whose files are those of the system. Landlock still says what can be read.
    let reads_all = task.walls.reads_all && task.walls.user.is_some();
    let kept = if reads_all { CapabilitySet::DAC_READ_SEARCH } else { CapabilitySet::empty() };
    let _ = rustix::thread::clear_ambient_capability_set();
    rustix::thread::set_capabilities(None, CapabilitySets { effective: kept, permitted: kept, inheritable: kept })
        .and_then(|()| match reads_all {
            true => rustix::thread::configure_capability_in_ambient_set(kept, true),
            false => Ok(()),
        })
        .map_err(|error| failed("cannot give up capabilities", error))?;
    rustix::thread::set_no_new_privs(true).map_err(|error| failed("cannot give up privileges", error))?;
    if task.walls.namespaces {
        words.push("namespaces".to_owned());
    }
    if task.walls.restricted {
        let abi = landlock(task)?;
        words.push(format!("Landlock (version {abi})"));
        let keeps_signals = task.walls.namespaces || abi >= 6;
        seccomp(task.job.is_compiler, keeps_signals)?;
        words.push("seccomp".to_owned());
    }
    Ok(words)
}

fn become_user(user: u32, keeps_capabilities: bool) -> Result<()> {
    let group = Gid::from_raw(user);
    let user = Uid::from_raw(user);
    // This process has one thread.
    rustix::thread::set_keep_capabilities(keeps_capabilities)
        .and_then(|()| rustix::thread::set_thread_groups(&[]))
        .and_then(|()| rustix::thread::set_thread_res_gid(group, group, group))
        .and_then(|()| rustix::thread::set_thread_res_uid(user, user, user))
        .map_err(|error| failed("cannot become another user", error))
}

/// Restricts files, and what else this kernel's version can; returns the version.
fn landlock(task: &Task) -> Result<i32> {
    let refused = |error: landlock::RulesetError| {
        Error::new(Kind::Engine, "cannot restrict files (Landlock, Linux 5.13 or later)", error.to_string())
    };
    // Truncation and moving files, before the kernels that restrict them, are left to seccomp.
    const ABI_USED: ABI = ABI::V6;
    let room = AccessFs::from_all(ABI_USED) & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSock);
    let system = READABLE.iter().map(PathBuf::from).chain(java_settings());
    let readable: Vec<PathBuf> = system.chain(task.job.readable.iter().cloned()).collect();
    let written = ["/dev/null", "/dev/zero", "/dev/full"];
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .map_err(refused)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI_USED))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI_USED)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI_USED)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(readable, AccessFs::from_read(ABI_USED))))
        .and_then(|rules| rules.add_rules(path_beneath_rules(written, AccessFs::ReadFile | AccessFs::WriteFile)))
        .and_then(|rules| rules.add_rules(path_beneath_rules([&task.job.directory], room)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(refused)?;
    match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => {}
        (_, LandlockStatus::Available { effective_abi, .. }) if status.no_new_privs => return Ok(effective_abi as i32),
        _ => {}
    }
    Err(Error::new(Kind::Engine, "cannot restrict files", "this kernel has no Landlock (Linux 5.13 or later)"))
}

/// The settings of Java, in a directory for each version on Debian.
fn java_settings() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("/etc").into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("java")).map(|entry| entry.path())
}

/// System calls that no answer needs: privileges, other processes, kernel interfaces with a history of faults, and what
/// Landlock leaves open.
const REFUSED: &[sys::c_long] = &[
    // Network. Pairs of connected sockets stay, for child processes.
    sys::SYS_socket,
    sys::SYS_connect,
    sys::SYS_bind,
    sys::SYS_listen,
    sys::SYS_accept,
    sys::SYS_accept4,
    // Other processes.
    sys::SYS_ptrace,
    sys::SYS_process_vm_readv,
    sys::SYS_process_vm_writev,
    sys::SYS_process_madvise,
    sys::SYS_process_mrelease,
    sys::SYS_kcmp,
    sys::SYS_pidfd_getfd,
    sys::SYS_migrate_pages,
    sys::SYS_move_pages,
    sys::SYS_setpriority,
    sys::SYS_ioprio_set,
    // What outlives a program, or is shared with others.
    sys::SYS_shmget,
    sys::SYS_shmat,
    sys::SYS_shmctl,
    sys::SYS_semget,
    sys::SYS_semop,
    sys::SYS_semtimedop,
    sys::SYS_semctl,
    sys::SYS_msgget,
    sys::SYS_msgsnd,
    sys::SYS_msgrcv,
    sys::SYS_msgctl,
    sys::SYS_mq_open,
    sys::SYS_mq_unlink,
    sys::SYS_add_key,
    sys::SYS_request_key,
    sys::SYS_keyctl,
    // The system.
    sys::SYS_mount,
    sys::SYS_umount2,
    sys::SYS_open_tree,
    sys::SYS_move_mount,
    sys::SYS_fsopen,
    sys::SYS_fsconfig,
    sys::SYS_fsmount,
    sys::SYS_fspick,
    sys::SYS_mount_setattr,
    sys::SYS_pivot_root,
    sys::SYS_chroot,
    sys::SYS_unshare,
    sys::SYS_setns,
    sys::SYS_bpf,
    sys::SYS_perf_event_open,
    sys::SYS_userfaultfd,
    sys::SYS_fanotify_init,
    sys::SYS_name_to_handle_at,
    sys::SYS_open_by_handle_at,
    sys::SYS_reboot,
    sys::SYS_kexec_load,
    sys::SYS_init_module,
    sys::SYS_finit_module,
    sys::SYS_delete_module,
    sys::SYS_sethostname,
    sys::SYS_setdomainname,
    sys::SYS_settimeofday,
    sys::SYS_clock_settime,
    sys::SYS_clock_adjtime,
    sys::SYS_adjtimex,
    sys::SYS_syslog,
    sys::SYS_acct,
    sys::SYS_swapon,
    sys::SYS_swapoff,
    sys::SYS_quotactl,
    sys::SYS_vhangup,
    // Truncation by name, which old versions of Landlock do not restrict.
    sys::SYS_truncate,
];

/// Changes to modes, owners, times and attributes, which Landlock does not restrict. Compilers make their output executable.
const CHANGES: &[sys::c_long] = &[
    sys::SYS_fchmod,
    sys::SYS_fchmodat,
    // fchmodat2 on all architectures.
    452,
    sys::SYS_fchown,
    sys::SYS_fchownat,
    sys::SYS_utimensat,
    sys::SYS_setxattr,
    sys::SYS_lsetxattr,
    sys::SYS_fsetxattr,
    sys::SYS_removexattr,
    sys::SYS_lremovexattr,
    sys::SYS_fremovexattr,
    // setxattrat, removexattrat.
    463,
    466,
];

/// The same on x86-64, which has more ways to the same end.
#[cfg(target_arch = "x86_64")]
const OLD_CHANGES: &[sys::c_long] =
    &[sys::SYS_chmod, sys::SYS_chown, sys::SYS_lchown, sys::SYS_utime, sys::SYS_utimes, sys::SYS_futimesat];
#[cfg(not(target_arch = "x86_64"))]
const OLD_CHANGES: &[sys::c_long] = &[];

/// System calls that programs can do without, if they are told that the kernel is too old for them: their arguments are in
/// memory, where a filter cannot see them, or they give memory that no limit counts.
const MISSING: &[sys::c_long] = &[
    sys::SYS_clone3,
    sys::SYS_openat2,
    sys::SYS_memfd_create,
    sys::SYS_memfd_secret,
    sys::SYS_io_uring_setup,
    sys::SYS_io_uring_enter,
    sys::SYS_io_uring_register,
];

/// A call by its arguments: `(index, comparison, value)`, all of which must hold.
type When = Vec<(u8, Compare, u64)>;

/// Calls that are refused only with some arguments; `signals` is set if nothing else keeps signals from other processes.
fn conditions(process: u64, keeps_signals: bool) -> Vec<(sys::c_long, When)> {
    let has = |index: u8, flags: i32| (index, Compare::MaskedEq(flags as u32 as u64), flags as u32 as u64);
    let opened = |index: u8| (index, Compare::MaskedEq((sys::O_ACCMODE | sys::O_TRUNC) as u64), sys::O_TRUNC as u64);
    let mut all = vec![
        // Datagrams could be sent to the sockets of others.
        (sys::SYS_socketpair, vec![(1, Compare::MaskedEq(0xf), sys::SOCK_DGRAM as u64)]),
        (sys::SYS_socketpair, vec![(1, Compare::MaskedEq(0xf), sys::SOCK_RAW as u64)]),
        (sys::SYS_socketpair, vec![(0, Compare::Ne, sys::AF_UNIX as u64)]),
        (sys::SYS_sendto, vec![(4, Compare::Ne, 0)]),
        // Truncation of what is opened for reading only.
        (sys::SYS_openat, vec![opened(2)]),
        // Other processes.
        (sys::SYS_prlimit64, vec![(0, Compare::Ne, 0), (0, Compare::Ne, process)]),
        (sys::SYS_sched_setaffinity, vec![(0, Compare::Ne, 0)]),
        (sys::SYS_sched_setscheduler, vec![(0, Compare::Ne, 0)]),
        (sys::SYS_sched_setparam, vec![(0, Compare::Ne, 0)]),
        (sys::SYS_sched_setattr, vec![(0, Compare::Ne, 0)]),
    ];
    #[cfg(target_arch = "x86_64")]
    all.push((sys::SYS_open, vec![opened(1)]));
    for flag in [
        sys::CLONE_NEWUSER,
        sys::CLONE_NEWNS,
        sys::CLONE_NEWPID,
        sys::CLONE_NEWNET,
        sys::CLONE_NEWIPC,
        sys::CLONE_NEWUTS,
        sys::CLONE_NEWCGROUP,
    ] {
        all.push((sys::SYS_clone, vec![has(0, flag)]));
    }
    if !keeps_signals {
        let others = || vec![(0, Compare::Ne, process), (0, Compare::Ne, 0)];
        for call in
            [sys::SYS_kill, sys::SYS_tkill, sys::SYS_tgkill, sys::SYS_rt_sigqueueinfo, sys::SYS_rt_tgsigqueueinfo]
        {
            all.push((call, others()));
        }
        all.push((sys::SYS_pidfd_send_signal, vec![(0, Compare::Ge, 0)]));
        // A descriptor's owner gets signals about it.
        all.push((sys::SYS_fcntl, vec![(1, Compare::Eq, sys::F_SETOWN as u64)]));
        all.push((sys::SYS_fcntl, vec![(1, Compare::Eq, 15)]));
    }
    all
}

/// Restricts system calls.
fn seccomp(is_compiler: bool, keeps_signals: bool) -> Result<()> {
    let refused = |error: &dyn std::fmt::Display| {
        Error::new(Kind::Engine, "cannot restrict system calls (seccomp)", error.to_string())
    };
    let process = rustix::process::getpid().as_raw_nonzero().get() as u64;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for (call, when) in conditions(process, keeps_signals) {
        let conditions: std::result::Result<Vec<_>, _> = when
            .into_iter()
            .map(|(index, compare, value)| {
                // Pointers have two words, all others are numbers of one.
                let length = if call == sys::SYS_sendto { Length::Qword } else { Length::Dword };
                SeccompCondition::new(index, length, compare, value)
            })
            .collect();
        let rule = conditions.and_then(SeccompRule::new).map_err(|error| refused(&error))?;
        rules.entry(call).or_default().push(rule);
    }
    let changes: Vec<_> = if is_compiler { Vec::new() } else { [CHANGES, OLD_CHANGES].concat() };
    rules.extend(REFUSED.iter().chain(&changes).map(|&call| (call, Vec::new())));
    install(rules, sys::EPERM).map_err(|error| refused(&error))?;
    install(MISSING.iter().map(|&call| (call, Vec::new())).collect(), sys::ENOSYS).map_err(|error| refused(&error))
}

/// Answers these calls with an error. Calls in the form of another architecture end the process.
fn install(mut rules: BTreeMap<i64, Vec<SeccompRule>>, error: i32) -> std::result::Result<(), String> {
    // The same calls with 32-bit pointers have the same architecture, and another bit in their number.
    if cfg!(target_arch = "x86_64") {
        let other: Vec<_> = rules.iter().map(|(call, rule)| (call | 0x4000_0000, rule.clone())).collect();
        rules.extend(other);
    }
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let arch = std::env::consts::ARCH.try_into().map_err(|error: seccompiler::BackendError| words(&error))?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(error as u32), arch)
        .map_err(|error| words(&error))?;
    let program: BpfProgram = filter.try_into().map_err(|error: seccompiler::BackendError| words(&error))?;
    seccompiler::apply_filter(&program).map_err(|error| words(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Filters hold for one thread, so these tests leave the others alone.
    fn filtered<T: Send + 'static>(is_compiler: bool, keeps_signals: bool, work: fn() -> T) -> T {
        let filtered = move || {
            rustix::thread::set_no_new_privs(true).expect("given up");
            seccomp(is_compiler, keeps_signals).expect("filtered");
            work()
        };
        std::thread::spawn(filtered).join().expect("done")
    }

    #[test]
    fn without_other_means_signals_are_kept_by_the_filter() {
        fn signals() -> [bool; 2] {
            let parent = rustix::process::getppid().expect("a parent");
            [rustix::process::getpid(), parent].map(|id| rustix::process::test_kill_process(id).is_ok())
        }
        assert_eq!(filtered(false, false, signals), [true, false]);
        assert_eq!(filtered(false, true, signals), [true, true]);
    }

    #[test]
    fn compilers_may_change_modes() {
        fn chmod() -> bool {
            let file = tempfile::NamedTempFile::new().expect("a file");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(file.path(), mode).is_ok()
        }
        assert!(!filtered(false, true, chmod));
        assert!(filtered(true, true, chmod));
    }
}
