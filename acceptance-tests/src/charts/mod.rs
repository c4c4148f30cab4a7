//! Stand-ins for third-party Helm charts, made from recorded facts.
//!
//! The charts of other projects cannot be had where the tests run. What was recorded of each pinned version stands in
//! `acceptance-tests/charts/<chart>.json`: its values with their defaults, its objects with what the scheduler reads of
//! them, which value reaches which field, its custom resources and where the chart keeps them. [`StandIn`] makes a chart of
//! that: same name, version and values; a schema that refuses every value path that the real one does not know;
//! workloads that the real scheduler places as it would place the real ones. No text of a chart is in it.
//!
//! A stand-in is a model. It does not prove that a template renders, nor what a program in a pod does; permissions,
//! configuration, probes and volumes but claims are left out, and so are webhooks and API services unless they are asked for
//! ([`StandIn::guarded`]), because nothing answers them on a test bed whose pods run nothing.
//!
//! ```
//! use acceptance_tests::charts::{Facts, Served, StandIn};
//!
//! let keda = Facts::load("keda")?;
//! let served = Served::start(&[StandIn::of(&keda)])?;
//! assert!(served.url().starts_with("http://127.0.0.1:"));
//! # anyhow::Ok(())
//! ```

mod custom;
mod expression;
mod facts;
mod helm;
mod images;
mod objects;
mod package;
mod pods;
mod served;
mod stand_in;
mod table;
mod values;

pub use facts::{Facts, PINNED, folder};
pub use helm::Helm;
pub use package::{Archive, Package, gunzip, gzip};
pub use served::Served;
pub use stand_in::StandIn;
pub use table::table;
