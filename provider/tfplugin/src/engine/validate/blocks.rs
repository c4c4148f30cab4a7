//! How many nested blocks there are.

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::Attribute;
use crate::value::{Trail, Value};

/// Checks the number of blocks against the limits. Terraform does the same where it can; it cannot for blocks made by
/// `dynamic` from a value that was unknown.
pub(super) fn count(block: &Attribute, value: &Value, at: &Trail<'_>, out: &mut Diagnostics) {
    let Some(limits) = block.limits() else { return };
    if value.is_unknown() {
        return;
    }
    let count = value.as_elements().map_or(usize::from(value.is_set()), <[_]>::len);
    let demand = if count < limits.min {
        format!("at least {}", limits.min)
    } else if limits.max > 0 && count > limits.max {
        format!("at most {}", limits.max)
    } else {
        return;
    };
    let path = at.to_path();
    let blocks = |n: usize| if n == 1 { "block" } else { "blocks" };
    let needed = if count < limits.min { limits.min } else { limits.max };
    out.push(
        Diagnostic::error(format!("Wrong number of `{path}` blocks"))
            .detail(format!("There must be {demand} `{path}` {}, but there are {count}.", blocks(needed)))
            .at(path),
    );
}
