//! The memory of a process that holds secrets.

/// From now on the system writes this process's memory nowhere when it crashes, and lets no other process of the same user
/// read it. Not for a process that somebody debugs.
pub(super) fn keep_to_itself() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // A limit may always be lowered; where it may not, nothing is worse than before.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    // A system that hands crashes to a program does so whatever the limit is.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
