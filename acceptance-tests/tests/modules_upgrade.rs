//! Platforms that were made with the modules of an earlier commit, from the repository's history, and go to those at hand: nothing that holds data or an
//! address is destroyed or replaced, and what else goes is what `modules/UPGRADING.md` says.

#[path = "modules_upgrade/judged.rs"]
mod judged;
#[path = "modules_upgrade/scenarios.rs"]
mod scenarios;
#[path = "modules_upgrade/switch.rs"]
mod switch;
