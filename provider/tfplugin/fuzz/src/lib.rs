//! What the fuzz targets check. Each takes bytes and panics when a rule is broken; a stable test replays the corpus
//! through the same functions.

mod everything;
mod requests;
mod seeds;
mod types;
mod values;

pub use everything::Everything;
pub use requests::request;
pub use seeds::seeds;
pub use values::{json, msgpack, number, path};
