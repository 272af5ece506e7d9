//! What may keep this process from what others can: a container, a filter of system calls, a security policy.

use serde::Serialize;
use std::fs;

/// What this process is confined by, as far as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Confinement {
    /// Does a seccomp filter look at its system calls?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seccomp: Option<bool>,
    /// The label that SELinux or AppArmor has for it, such as `unconfined`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Bytes of memory that its control group may take, objects included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// That of this process. Systems without these files confine in other ways, which they do not tell.
pub(super) fn of_this_process() -> Confinement {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let seccomp = status.lines().find_map(|line| line.strip_prefix("Seccomp:"));
    Confinement {
        seccomp: seccomp.map(|mode| mode.trim() != "0"),
        label: fs::read_to_string("/proc/self/attr/current").ok().map(|label| plain(&label)).filter(|l| !l.is_empty()),
        memory_bytes: memory_bytes(),
    }
}

/// The kernel ends a label with a zero.
fn plain(label: &str) -> String {
    label.trim_end_matches(['\0', '\n']).to_owned()
}

/// The least that a group above this process is limited to.
fn memory_bytes() -> Option<u64> {
    const ROOT: &str = "/sys/fs/cgroup";
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let read = |path: String| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    // Version 2 has one hierarchy, version 1 one for memory, in which what is not limited has a huge number.
    let limit_of = |line: &str| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, mut group) = (parts.next()?, parts.next()?.trim_end_matches('/'));
        let (root, file) = match controllers {
            "" => (ROOT.to_owned(), "memory.max"),
            _ if controllers.split(',').any(|word| word == "memory") => {
                (format!("{ROOT}/memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let mut least = None;
        loop {
            let limit = read(format!("{root}{group}/{file}"));
            least = [least, limit].into_iter().flatten().min();
            match group.rfind('/') {
                Some(above) => group = &group[..above],
                None => return least,
            }
        }
    };
    groups.lines().filter_map(limit_of).min().filter(|limit| *limit < 1 << 60)
}
