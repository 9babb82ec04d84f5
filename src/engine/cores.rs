//! The cores of hybrid processors. By default only the fast ones compute, as in llama.cpp's own tools on Intel and Apple
//! processors; this was not measured here, and `bench --tune` measures it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Physical cores that the process may use.
#[must_use]
pub fn physical() -> u32 {
    let allowed = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(num_cpus::get_physical().min(allowed)).unwrap_or(1)
}

/// The fast physical cores that the process may use; all if they are alike, if it may use no fast one, or if nothing is known.
#[must_use]
pub fn fast() -> u32 {
    static FAST: OnceLock<Option<u32>> = OnceLock::new();
    let known = FAST.get_or_init(of_system).filter(|&cores| cores > 0);
    known.map_or_else(physical, |cores| cores.min(physical()))
}

/// Intel lists the fast cores of hybrid processors in `cpu_core/cpus`. Arm reports the capacity of each core, 1024 for the
/// fastest; those of less than half of it are slow.
#[cfg_attr(not(any(target_os = "linux", test)), expect(dead_code))]
fn of_linux(devices: &Path, may_use: impl Fn(u32) -> bool) -> Option<u32> {
    let cpu = |number: u32| devices.join(format!("system/cpu/cpu{number}"));
    if let Ok(list) = fs::read_to_string(devices.join("cpu_core/cpus")) {
        // Two threads of a core have the same numbers.
        let part = |number: u32, name: &str| fs::read_to_string(cpu(number).join("topology").join(name)).ok();
        let core = |number| Some((part(number, "physical_package_id")?, part(number, "core_id")?));
        let cores: BTreeSet<_> = numbers(&list).filter(|&number| may_use(number)).filter_map(core).collect();
        return u32::try_from(cores.len()).ok();
    }
    let capacity = |number| fs::read_to_string(cpu(number).join("cpu_capacity")).ok()?.trim().parse::<u32>().ok();
    let capacities: Vec<u32> = (0..).map_while(capacity).collect();
    let fastest = *capacities.iter().max()?;
    let is_fast = |&(number, capacity): &(u32, u32)| capacity >= fastest / 2 && may_use(number);
    u32::try_from((0..).zip(capacities).filter(is_fast).count()).ok()
}

/// The numbers in a list such as `0-3,8` (the kernel's `cpulist`).
fn numbers(list: &str) -> impl Iterator<Item = u32> {
    /// No machine has more, and a list from elsewhere could be endless.
    const MOST: u32 = 8192;
    list.trim()
        .split(',')
        .filter_map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some(first.trim().parse().ok()?..=last.trim().parse::<u32>().ok()?.min(MOST))
        })
        .flatten()
}

#[cfg(target_os = "linux")]
fn of_system() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let allowed: BTreeSet<u32> = numbers(allowed).collect();
    of_linux(Path::new("/sys/devices"), |number| allowed.contains(&number))
}

/// Apple's name for the cores of the fastest kind.
#[cfg(target_os = "macos")]
fn of_system() -> Option<u32> {
    let output =
        std::process::Command::new("/usr/sbin/sysctl").args(["-n", "hw.perflevel0.physicalcpu"]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn of_system() -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, text).expect("written");
    }

    #[test]
    fn lists_are_read() {
        let all = |list| numbers(list).collect::<Vec<_>>();
        assert_eq!(all("0-3,8\n"), [0, 1, 2, 3, 8]);
        assert_eq!((all(""), all("x-2,1-,7"), all("3-1")), (vec![], vec![7], vec![]));
        assert_eq!(all("0-4294967295").len(), 8193);
    }

    #[test]
    fn fast_cores_of_intel_are_counted_once_for_two_threads() {
        let devices = tempfile::tempdir().expect("a directory");
        // Two fast cores with two threads each, four slow ones.
        write(&devices.path().join("cpu_core/cpus"), "0-3\n");
        write(&devices.path().join("cpu_atom/cpus"), "4-7\n");
        for cpu in 0..8 {
            let topology = devices.path().join(format!("system/cpu/cpu{cpu}/topology"));
            write(&topology.join("physical_package_id"), "0\n");
            write(&topology.join("core_id"), &format!("{}\n", if cpu < 4 { cpu / 2 } else { cpu }));
        }
        assert_eq!(of_linux(devices.path(), |_| true), Some(2));
        assert_eq!(of_linux(devices.path(), |cpu| cpu > 1), Some(1));
        assert_eq!(of_linux(devices.path(), |cpu| cpu > 3), Some(0));
        fs::remove_dir_all(devices.path().join("system")).expect("removed");
        assert_eq!(of_linux(devices.path(), |_| true), Some(0), "nothing is known of them");
    }

    #[test]
    fn slow_cores_of_arm_do_not_count() {
        let devices = tempfile::tempdir().expect("a directory");
        assert_eq!(of_linux(devices.path(), |_| true), None);
        for (cpu, capacity) in [250, 250, 250, 250, 900, 900, 1024].into_iter().enumerate() {
            write(&devices.path().join(format!("system/cpu/cpu{cpu}/cpu_capacity")), &format!("{capacity}\n"));
        }
        assert_eq!(of_linux(devices.path(), |_| true), Some(3));
        assert_eq!(of_linux(devices.path(), |cpu| cpu != 6), Some(2));
    }
}
