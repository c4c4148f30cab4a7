//! What the roles of `hcp-identity` may do, asked of an evaluator that is not ours: lists of what is to be allowed and denied, and a search for ways up.
//!
//! `acceptance-tests/judge` has the lists and says how they are read.

#[path = "access/account.rs"]
mod account;
#[path = "access/catalogue.rs"]
mod catalogue;
#[path = "access/plans.rs"]
mod plans;
#[path = "access/reference.rs"]
mod reference;
#[path = "access/roles.rs"]
mod roles;
#[path = "access/search.rs"]
mod search;
