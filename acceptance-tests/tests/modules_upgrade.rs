//! Platforms that were made with the modules of an earlier commit, and what becomes of them with those at hand.

#[path = "modules_upgrade/switch.rs"]
mod switch;
