//! Checks that do nothing to the values they are asked about: [`super::Validator::idle_on`].

use crate::value::{Type, kind};

/// That only `wanted` are looked at, unless the type `fits`.
pub(crate) fn only(wanted: &str, fits: bool, ty: &Type) -> Option<String> {
    (!fits).then(|| format!("looks at {wanted}, and this is {}", kind(ty)))
}

/// Why a check that looks at text does nothing to values of a type, for a validator's
/// [`idle_on`](super::Validator::idle_on).
#[must_use]
pub fn idle_unless_text(ty: &Type) -> Option<String> {
    only("text", matches!(ty, Type::String | Type::Dynamic), ty)
}

/// Why a check that looks at numbers does nothing to values of a type, for a validator's
/// [`idle_on`](super::Validator::idle_on).
#[must_use]
pub fn idle_unless_number(ty: &Type) -> Option<String> {
    only("numbers", matches!(ty, Type::Number | Type::Dynamic), ty)
}

/// Why a check of the attribute that `name` leads to, step by step (`network.subnet`), does nothing to values of a type, for
/// a validator's [`idle_on`](super::Validator::idle_on).
#[must_use]
pub fn idle_without(ty: &Type, name: &str) -> Option<String> {
    let mut inside = ty;
    for step in name.split('.') {
        inside = match inside {
            Type::Dynamic => return None,
            Type::Map(of) => of,
            Type::Object(types) => match types.get(step) {
                Some(found) => found,
                None => return Some(format!("names `{name}`, and there is no such attribute")),
            },
            other => {
                return Some(format!("names `{name}`, and what should hold `{step}` is {}", kind(other)));
            }
        };
    }
    None
}

pub(crate) fn of_elements(ty: &Type) -> Option<String> {
    let fits = matches!(ty, Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Tuple(_) | Type::Dynamic);
    only("lists, sets and maps", fits, ty)
}

/// The type of the elements, where there is one for all.
pub(crate) fn element(ty: &Type) -> Option<&Type> {
    match ty {
        Type::List(of) | Type::Set(of) | Type::Map(of) => Some(of),
        _ => None,
    }
}
