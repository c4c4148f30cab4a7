//! What the children of a process use, seen from outside.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use fs_err as fs;

/// How often to look. A child's last figures can be that old.
const EVERY: Duration = Duration::from_millis(10);

/// What children used. Zero where the system has no `/proc` to look into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Processor time of all of them.
    pub(super) cpu: Duration,
    /// The most memory that one of them had at any time.
    pub(super) peak_kibibytes: u64,
}

/// Looks at the children of a process until told to end.
pub(super) struct Watch {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Usage>,
}

impl Watch {
    pub(super) fn children_of(parent: u32) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let done = Arc::clone(&done);
            move || {
                let mut seen = BTreeMap::new();
                let name = name_of(parent);
                while !done.load(Ordering::Relaxed) {
                    for child in children(parent) {
                        seen.extend(usage(child, &name).map(|usage| (child, usage)));
                    }
                    std::thread::sleep(EVERY);
                }
                total(seen.values())
            }
        });
        Self { done, thread }
    }

    pub(super) fn end(self) -> Usage {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}

fn total<'a>(usages: impl Iterator<Item = &'a Usage>) -> Usage {
    usages.fold(Usage::default(), |sum, one| Usage {
        cpu: sum.cpu + one.cpu,
        peak_kibibytes: sum.peak_kibibytes.max(one.peak_kibibytes),
    })
}

/// Any thread of a process can have started a child.
fn children(parent: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// The name of a process's program, as the system cuts it off.
fn name_of(process: u32) -> String {
    let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

fn usage(process: u32, parent: &str) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    // Between its start and its program a child is a copy of its parent, with the parent's name and memory.
    if status.lines().next() == Some(&format!("Name:\t{parent}")) {
        return None;
    }
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let time = fs::read_to_string(format!("/proc/{process}/schedstat")).ok()?;
    Some(Usage {
        // The first of its numbers is the time on a processor, in nanoseconds, of the first thread: the provider
        // has no other that works.
        cpu: Duration::from_nanos(time.split_whitespace().next()?.parse().ok()?),
        peak_kibibytes: peak.split_whitespace().next()?.parse().ok()?,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_child_is_seen_with_its_time_and_memory() {
        let mut child = Command::new("sh")
            .args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"])
            .spawn()
            .unwrap();
        let watch = Watch::children_of(std::process::id());
        child.wait().unwrap();
        let usage = watch.end();
        assert!(usage.cpu > Duration::from_millis(5), "{usage:?}");
        assert!(usage.peak_kibibytes > 100, "{usage:?}");
    }
}
