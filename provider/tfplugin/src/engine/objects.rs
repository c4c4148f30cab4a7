//! The objects inside a nested attribute.

use crate::schema::Nesting;
use crate::value::{Trail, Value};

/// Visits the objects of a nested attribute, each with the place that Terraform can show for it.
pub(super) fn objects(
    nesting: Nesting,
    value: &Value,
    at: &Trail<'_>,
    visit: &mut dyn FnMut(&Value, &Trail<'_>),
) {
    let elements = value.as_elements().unwrap_or_default();
    match nesting {
        Nesting::Single => visit(value, at),
        Nesting::List => elements.iter().enumerate().for_each(|(i, element)| visit(element, &at.index(i))),
        // Elements of a set have no path: the set stands for them.
        Nesting::Set => elements.iter().for_each(|element| visit(element, at)),
        Nesting::Map => {
            for (key, element) in value.as_object().into_iter().flatten() {
                visit(element, &at.key(key));
            }
        }
    }
}
