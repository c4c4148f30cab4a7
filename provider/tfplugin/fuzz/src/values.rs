//! Values: read, written, read again.

use tfplugin::value::{Number, Path, Step, Type, Value};

use super::types::Bytes;

/// A type, then MessagePack of that type. What was read must come back from what is written.
pub fn msgpack(data: &[u8]) {
    let mut data = Bytes(data);
    let ty = data.ty(4);
    assert_eq!(Type::from_json_bytes(&ty.to_json_bytes()).as_ref(), Ok(&ty), "a type comes back");
    let Ok(value) = Value::from_msgpack(data.0, &ty) else { return };
    let written = value.to_msgpack(&ty);
    let again = Value::from_msgpack(&written, &ty).expect("what was written can be read");
    assert_eq!(again, value);
    assert_eq!(again.to_msgpack(&ty), written, "there is one way to write a value");
    if value.is_wholly_known() && is_finite(&value) {
        let json = value.to_json_bytes(&ty);
        assert_eq!(Value::from_json(&json, &ty).expect("JSON can be read"), value);
    }
    let _ = (value.to_json(true), value.is_set(), format!("{value:?}"));
}

/// A type, then JSON of that type.
pub fn json(data: &[u8]) {
    let mut data = Bytes(data);
    let ty = data.ty(4);
    let _ = Type::from_json_bytes(data.0);
    let Ok(value) = Value::from_json(data.0, &ty) else { return };
    let written = value.to_json_bytes(&ty);
    assert_eq!(Value::from_json(&written, &ty).expect("what was written can be read"), value);
    let wire = value.to_msgpack(&ty);
    assert_eq!(Value::from_msgpack(&wire, &ty).expect("the wire form can be read"), value);
}

/// A path, and a value to follow it through.
pub fn path(data: &[u8]) {
    let mut data = Bytes(data);
    let ty = data.ty(4);
    let mut path = Path::root();
    for _ in 0..data.byte() % 16 {
        path = match data.byte() % 3 {
            0 => path.attribute(data.text()),
            1 => path.key(data.text()),
            _ => path.index(usize::from(data.byte())),
        };
    }
    let shown = path.to_string();
    assert!(
        path.steps().is_empty()
            || !shown.is_empty()
            || matches!(&path.steps()[0], Step::Attribute(name) if name.is_empty())
    );
    let Ok(value) = Value::from_msgpack(data.0, &ty) else { return };
    let _ = value.follow(&path);
    assert_eq!(value.follow(&Path::root()), Some(&value));
}

/// Two numbers as text, split at the first byte that is zero.
pub fn number(data: &[u8]) {
    let mut halves =
        data.splitn(2, |byte| *byte == 0).map(|half| std::str::from_utf8(half).unwrap_or_default());
    let (a, b) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
    let Ok(a) = a.parse::<Number>() else { return };
    let shown = a.to_string();
    assert_eq!(shown.parse::<Number>().as_ref(), Ok(&a), "`{shown}` comes back");
    assert_eq!(a.cmp(&a), std::cmp::Ordering::Equal);
    if let Some(integer) = a.as_i64() {
        assert_eq!(Number::from(integer), a);
    }
    let near = a.as_f64();
    assert!(!near.is_nan());
    let value = Value::Number(a.clone());
    let written = value.to_msgpack(&Type::Number);
    assert_eq!(Value::from_msgpack(&written, &Type::Number).as_ref(), Ok(&value));
    let Ok(b) = b.parse::<Number>() else { return };
    assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
    assert_eq!(a == b, a.cmp(&b).is_eq());
    let (x, y) = (near, b.as_f64());
    if x < y {
        assert!(a < b, "{a} is less than {b}");
    }
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => !number.is_infinite(),
        Value::List(elements) | Value::Set(elements) => elements.iter().all(is_finite),
        Value::Map(entries) => entries.values().all(is_finite),
        Value::Dynamic(inner) => is_finite(&inner.1),
        _ => true,
    }
}
