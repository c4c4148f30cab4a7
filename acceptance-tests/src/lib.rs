//! Harness for tests that run the real programs: `terraform`, the real AWS provider, our provider and
//! generator, the local AWS, the sandbox control plane, and real TrueFoundry clients.
//!
//! `xtask` uses the same code, so the demo and the tests stand on one footing. Dependencies stay few: `cargo
//! xtask` is the first command that a newcomer runs, and it must compile in seconds.
//!
//! A tool that is missing is an error that says what to install, never a skipped test.

pub mod attached;
pub mod binaries;
pub mod charts;
pub mod cores;
pub mod environment;
pub mod figures;
pub mod forbidden;
pub mod go;
pub mod guide;
pub mod hcl;
pub mod http;
pub mod judge;
pub mod karpenter;
pub mod kubernetes;
pub mod leaks;
pub mod local_aws;
pub mod modules;
pub mod npm;
pub mod peer;
pub mod platform;
pub mod plugins;
pub mod policies;
pub mod provider_facts;
pub mod recorded;
pub mod repository;
pub mod sandbox;
pub mod scratch;
pub mod server;
pub mod signal;
pub mod stack;
pub mod start;
pub mod state;
pub mod terraform;
pub mod thousand;
pub mod tools;
pub mod traffic;
pub mod usage;
pub mod venv;

pub use attached::Attached;
pub use binaries::Binaries;
pub use cores::Core;
pub use figures::Figures;
pub use judge::Judge;
pub use kubernetes::Cluster;
pub use local_aws::LocalAws;
pub use npm::Packages;
pub use platform::Platform;
pub use plugins::CliConfig;
pub use recorded::Recorded;
pub use sandbox::Sandbox;
pub use scratch::Scratch;
pub use terraform::Terraform;
pub use traffic::Traffic;
pub use usage::Usage;
pub use venv::Venv;
