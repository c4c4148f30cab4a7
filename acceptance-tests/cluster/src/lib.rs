//! A Kubernetes cluster on loopback, for tests. etcd, API server, controller manager and scheduler are the real programs;
//! kwok plays the nodes and the pods on them.
//!
//! What it does not do: nothing runs in a pod. No image is pulled, no probe asked, no webhook and no controller of a chart
//! answers, and there is no network between pods. A pod that is placed is ready soon after, and the pods of a job succeed.
//!
//! Some controllers are there as models, for those who want them: [`controllers`].

pub mod certificates;
pub mod client;
pub mod controllers;
pub mod kubeconfig;
pub mod nodes;
pub mod process;
pub mod rolling;
pub mod stages;
pub mod start;

pub use client::{Answer, Client, Identity};
pub use nodes::NodeGroup;
pub use start::{Options, TestCluster};
