//! Elements that are null.

use super::{Trail, Type, Value};

impl Value {
    /// Visits the null elements of every list, set and map that a value of type `ty` holds, from the outside in: each with
    /// the collection it is in and with its own place. Elements of a set, and what is inside them, have no place of their
    /// own: the set stands for them.
    ///
    /// An attribute of a plain object may be null, since that is how one is left out; so may what a dynamic value holds,
    /// whose meaning is the attribute's own.
    pub(crate) fn null_elements(
        &self,
        ty: &Type,
        at: &Trail<'_>,
        visit: &mut dyn FnMut(Collection, &Trail<'_>, &Trail<'_>),
    ) {
        match (self, ty) {
            (Self::List(elements), Type::List(of)) => {
                for (index, element) in elements.iter().enumerate() {
                    element.as_element(Collection::List, of, at, &at.index(index), visit);
                }
            }
            (Self::Set(elements), Type::Set(of)) => {
                for element in elements {
                    let inside = &mut |collection, _: &Trail<'_>, _: &Trail<'_>| visit(collection, at, at);
                    element.as_element(Collection::Set, of, at, at, inside);
                }
            }
            (Self::Map(entries), Type::Map(of)) => {
                for (key, element) in entries {
                    element.as_element(Collection::Map, of, at, &at.key(key), visit);
                }
            }
            (Self::Map(entries), Type::Object(types)) => {
                for (name, ty) in types {
                    if let Some(value) = entries.get(name) {
                        value.null_elements(ty, &at.attribute(name), visit);
                    }
                }
            }
            (Self::List(elements), Type::Tuple(types)) => {
                for (index, (element, ty)) in elements.iter().zip(types).enumerate() {
                    element.null_elements(ty, &at.index(index), visit);
                }
            }
            _ => {}
        }
    }

    fn as_element(
        &self,
        collection: Collection,
        ty: &Type,
        around: &Trail<'_>,
        at: &Trail<'_>,
        visit: &mut dyn FnMut(Collection, &Trail<'_>, &Trail<'_>),
    ) {
        if self.is_null() {
            visit(collection, around, at);
        } else {
            self.null_elements(ty, at, visit);
        }
    }
}

/// What an element is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collection {
    /// A list.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
}

impl Type {
    /// Whether its values hold a list, set or map somewhere that is not inside a dynamic value.
    pub(crate) fn has_elements(&self) -> bool {
        match self {
            Self::List(_) | Self::Set(_) | Self::Map(_) => true,
            Self::Tuple(types) => types.iter().any(Self::has_elements),
            Self::Object(types) => types.values().any(Self::has_elements),
            Self::String | Self::Number | Self::Bool | Self::Dynamic => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &Value, ty: &Type) -> Vec<String> {
        let mut found = Vec::new();
        value.null_elements(ty, &Trail::Root.attribute("a"), &mut |collection, around, at| {
            found.push(format!("{collection:?} {} {}", around.to_path(), at.to_path()));
        });
        found
    }

    #[test]
    fn every_null_element_is_found_at_every_depth() {
        let texts = || Type::list(Type::String);
        let some = || Value::list(["x".into(), Value::Null, Value::UNKNOWN]);
        assert_eq!(found(&some(), &texts()), ["List a a[1]"]);
        let map = Value::object([("k", some()), ("l", Value::Null)]);
        assert_eq!(found(&map, &Type::map(texts())), [r#"List a["k"] a["k"][1]"#, r#"Map a a["l"]"#]);
        let set = Value::set([Value::Null, some()]);
        assert_eq!(found(&set, &Type::set(texts())), ["Set a a", "List a a"]);
        let object = Value::object([("x", Value::Null), ("y", some())]);
        assert_eq!(found(&object, &Type::object([("x", texts()), ("y", texts())])), ["List a.y a.y[1]"]);
        let pair = Value::list([Value::Null, some()]);
        assert_eq!(found(&pair, &Type::Tuple(vec![Type::String, texts()])), ["List a[1] a[1][1]"]);
    }

    #[test]
    fn what_a_dynamic_value_holds_is_left_alone_and_a_null_one_is_null() {
        let of = |ty: Type, value: Value| Value::Dynamic(Box::new((ty, value)));
        let held = || of(Type::list(Type::String), Value::list([Value::Null]));
        assert_eq!(found(&held(), &Type::Dynamic), [""; 0]);
        let list = Value::list([held(), of(Type::String, Value::Null), Value::Null]);
        assert_eq!(found(&list, &Type::list(Type::Dynamic)), ["List a a[1]", "List a a[2]"]);
    }
}
