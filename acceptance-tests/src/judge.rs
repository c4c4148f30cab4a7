//! What policies allow, as an evaluator says that was not written here: `@cloud-copilot/iam-simulate`, in one process of Node
//! for all questions of a run.
//!
//! [`Account`] has who there is in the IAM of a local AWS, with all that says what each may do. [`Question`] asks what one of them may do with
//! one thing, [`Lists`] are such questions with the answers that are wanted, and [`climb`] looks for ways from one to more than it has.
//!
//! The evaluator leaves out of a question what AWS does not know for its action: a condition on a tag that an action does not look at is not
//! met here either. It knows identity policies, boundaries and resource policies, and nothing of what a service does beside.

mod account;
pub mod climb;
mod differences;
mod known;
mod lists;
mod moves;
mod process;
mod question;
mod things;
mod world;

pub use account::{Account, Group, Identity, Managed, Policy};
pub use differences::Differences;
pub use lists::{Line, Lists};
pub use process::Judge;
pub use question::{Answer, Context, Decision, Question};
pub use things::{Tags, Thing, Things};
