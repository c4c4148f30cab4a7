//! Values as JSON text by type: the inverse of [`Value::from_json`], and just as exact.

use super::{Number, Type, Value};

impl Value {
    /// Writes the value as JSON text of type `ty`, in the form of a state file: numbers with every digit, dynamic
    /// values with their type, attributes that an object lacks as null. [`Value::from_json`] reads the same value
    /// back.
    ///
    /// JSON knows neither unknown values nor infinity: both become null.
    ///
    /// ```
    /// use tfplugin::value::{Type, Value};
    ///
    /// let number = "0.12345678901234567890123".parse::<tfplugin::value::Number>()?;
    /// assert_eq!(Value::from(number).to_json_bytes(&Type::Number), b"0.12345678901234567890123");
    /// # Ok::<(), tfplugin::value::ParseNumberError>(())
    /// ```
    #[must_use]
    pub fn to_json_bytes(&self, ty: &Type) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        write(self, ty, &mut out);
        out
    }
}

fn write(value: &Value, ty: &Type, out: &mut Vec<u8>) {
    match (value, ty) {
        (Value::Null | Value::Unknown(_), _) => out.extend_from_slice(b"null"),
        (Value::Dynamic(inner), Type::Dynamic) => write_typed(&inner.1, &inner.0, out),
        (value, Type::Dynamic) => write_typed(value, &super::msgpack::infer(value), out),
        (Value::Dynamic(inner), ty) => write(&inner.1, ty, out),
        (Value::Bool(value), _) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        (Value::Number(number), _) => write_number(number, out),
        (Value::String(text), _) => write_text(text, out),
        (Value::List(elements) | Value::Set(elements), ty) => {
            let element = |index| match ty {
                Type::List(of) | Type::Set(of) => &**of,
                Type::Tuple(types) => types.get(index).unwrap_or(&Type::Dynamic),
                _ => &Type::Dynamic,
            };
            let elements = elements.iter().enumerate().map(|(index, value)| (None, value, element(index)));
            write_all(b"[]", elements, out);
        }
        (Value::Map(entries), Type::Object(types)) => {
            let attribute = |name| entries.get(name).unwrap_or(&Value::Null);
            let attributes = types.iter().map(|(name, ty)| (Some(name.as_str()), attribute(name), ty));
            write_all(b"{}", attributes, out);
        }
        (Value::Map(entries), ty) => {
            let element = if let Type::Map(of) = ty { of } else { &Type::Dynamic };
            let entries = entries.iter().map(|(key, value)| (Some(key.as_str()), value, element));
            write_all(b"{}", entries, out);
        }
    }
}

fn write_typed(value: &Value, ty: &Type, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"value\":");
    write(value, ty, out);
    out.extend_from_slice(b",\"type\":");
    out.extend_from_slice(&ty.to_json_bytes());
    out.push(b'}');
}

fn write_all<'a>(
    brackets: &[u8; 2],
    elements: impl Iterator<Item = (Option<&'a str>, &'a Value, &'a Type)>,
    out: &mut Vec<u8>,
) {
    out.push(brackets[0]);
    for (position, (key, value, ty)) in elements.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        if let Some(key) = key {
            write_text(key, out);
            out.push(b':');
        }
        write(value, ty, out);
    }
    out.push(brackets[1]);
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    if number.is_infinite() {
        out.extend_from_slice(b"null");
    } else {
        out.extend_from_slice(number.to_string().as_bytes());
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    // Writing text to memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let ty = Type::object([
            ("any", Type::Dynamic),
            ("gone", Type::String),
            ("map", Type::map(Type::Number)),
            ("pair", Type::Tuple(vec![Type::String, Type::Bool])),
            ("set", Type::set(Type::String)),
        ]);
        let exact: Number = "1e-400".parse().unwrap();
        let value = Value::object([
            (
                "any",
                Value::Dynamic(Box::new((Type::list(Type::Bool), Value::list([true.into(), Value::Null])))),
            ),
            ("gone", Value::Null),
            ("map", Value::object([("a\"b", Value::from(exact)), ("c", (-1).into())])),
            ("pair", Value::list(["\u{1F600}\n".into(), false.into()])),
            ("set", Value::set(["b".into(), "a".into()])),
        ]);
        assert_eq!(Value::from_json(&value.to_json_bytes(&ty), &ty).unwrap(), value);
    }

    #[test]
    fn what_json_cannot_say_is_null() {
        let ty = Type::list(Type::Number);
        let value = Value::list([Value::UNKNOWN, Number::from_f64(f64::INFINITY).unwrap().into()]);
        assert_eq!(value.to_json_bytes(&ty), b"[null,null]");
    }
}
