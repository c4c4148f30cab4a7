//! Doubles of the helm and kubernetes Terraform providers, for tests where the real ones cannot be had: the schemas recorded
//! from these, and what these do, through the `helm` program and the API server of a cluster. Only the types that the
//! project's layers use. Where a double and the real provider differ, the double is wrong; `README.md` has what is known.
//!
//! | room | what is in it |
//! |---|---|
//! | [`recorded`] | schemas from the recorded JSON, with what a recording cannot show put on them |
//! | [`cluster`] | from a provider's configuration to an address and a sign-in |
//! | [`api`] | requests to the API server |
//! | [`helm`] | `helm_release`, by the `helm` program |
//! | [`kubernetes`] | the typed objects, by the API |
//! | [`legacy`] | answers as of a provider of the older make |

pub mod api;
pub mod cluster;
pub mod helm;
pub mod kubernetes;
pub mod legacy;
pub mod recorded;
