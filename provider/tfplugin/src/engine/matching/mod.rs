//! Which values fit which: for elements of sets, which have no address. What is unknown in a template is open, and fits
//! anything.

mod assign;
mod fits;
mod index;
mod shape;

pub(super) use assign::assign;
pub(super) use fits::{Covered, covered, fits};
pub(super) use index::candidates;
pub(super) use shape::open_parts;
