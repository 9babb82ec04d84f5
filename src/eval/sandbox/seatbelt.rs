//! The profile for `sandbox-exec`, which shuts programs in on macOS.

use std::path::Path;

/// The program that does it.
#[cfg_attr(not(target_os = "macos"), allow(dead_code))]
pub const PROGRAM: &str = "/usr/bin/sandbox-exec";

/// What a program may do that runs in `directory` and may read `readable`: no network, no files of users, no writing
/// elsewhere, no signals to others, and no services by which others could act for it.
#[cfg_attr(not(target_os = "macos"), allow(dead_code))]
pub fn profile(directory: &Path, readable: &[&Path]) -> String {
    let mut rules = String::from(
        "(version 1)\n(allow default)\n(deny network*)\n(deny file-write*)\n(deny signal)\n(allow signal (target self))\n\
         (deny mach-lookup)\n(allow mach-lookup (global-name \"com.apple.system.notification_center\")\n  \
         (global-name \"com.apple.system.opendirectoryd.libinfo\") (global-name \"com.apple.system.logger\"))\n\
         (deny appleevent-send)\n(deny process-info* (target others))\n",
    );
    for closed in ["/Users", "/Volumes", "/private/var/folders", "/private/tmp", "/private/var/root"] {
        rules += &format!("(deny file-read* (subpath {}))\n", quoted(Path::new(closed)));
    }
    for path in readable {
        rules += &format!("(allow file-read* (subpath {}))\n", quoted(path));
    }
    let room = quoted(directory);
    rules += &format!("(allow file-read* (subpath {room}))\n(allow file-write* (subpath {room}))\n");
    rules += "(allow file-write* (literal \"/dev/null\") (literal \"/dev/zero\"))\n";
    rules += "(allow file-read-metadata)\n";
    rules
}

/// A path as a string of the profile's language.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_rules_open_what_earlier_ones_close() {
        let profile = profile(Path::new("/private/tmp/a\"b"), &[Path::new("/Users/u/python")]);
        let at = |rule: &str| profile.find(rule).unwrap_or_else(|| panic!("no {rule} in {profile}"));
        assert!(at("(deny file-read* (subpath \"/Users\"))") < at("(allow file-read* (subpath \"/Users/u/python\"))"));
        assert!(at("(deny file-write*)") < at("(allow file-write* (subpath \"/private/tmp/a\\\"b\"))"));
        assert!(profile.contains("(deny network*)"));
    }
}
