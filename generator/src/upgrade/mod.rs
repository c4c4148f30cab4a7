//! What a newer generator changes of a platform that is there: a plan of a copy of its tree, and a judgement of that plan.

mod copy;
mod proof;

pub use copy::Copy;
pub use proof::{Loss, Proof};
