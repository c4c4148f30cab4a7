use proptest::prelude::*;

use super::*;

fn decode(bytes: &[u8], ty: &Type) -> Result<Value, DecodeError> {
    Value::from_msgpack(bytes, ty)
}

#[test]
fn no_bytes_are_null() {
    assert_eq!(decode(&[], &Type::String), Ok(Value::Null));
}

#[test]
fn refinements_come_back_unchanged() {
    // What Terraform sends for `"prefix-${other.id}"`: not null, starts with "prefix-".
    let mut bytes = vec![0xc7, 11, 12, 0x82, 0x01, 0xc2, 0x02, 0xa6];
    bytes.extend_from_slice(b"prefix");
    bytes[1] = (bytes.len() - 3) as u8;
    let value = decode(&bytes, &Type::String).unwrap();
    assert!(value.is_unknown());
    assert_eq!(value.to_msgpack(&Type::String), bytes);
}

#[test]
fn plain_unknown_is_three_bytes() {
    assert_eq!(decode(&[0xd4, 0, 0], &Type::Bool), Ok(Value::UNKNOWN));
    assert_eq!(Value::UNKNOWN.to_msgpack(&Type::Bool), [0xd4, 0, 0]);
}

#[test]
fn numbers_arrive_in_every_spelling() {
    for (bytes, text) in [
        (vec![0x03], "3"),
        (vec![0xff], "-1"),
        (vec![0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0], "0.5"),
        (vec![0xcb, 0x43, 0xf0, 0, 0, 0, 0, 0, 0], "18446744073709551616"),
        (vec![0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0], "0"),
        (vec![0xcb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], "0.1"),
        (vec![0xca, 0x3e, 0x99, 0x99, 0x9a], "0.30000001192092896"),
        (vec![0xa3, b'0', b'.', b'1'], "0.1"),
        (vec![0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "18446744073709551615"),
    ] {
        let Ok(Value::Number(number)) = decode(&bytes, &Type::Number) else { panic!("{bytes:x?}") };
        assert_eq!(number.to_string(), text);
    }
}

#[test]
fn objects_need_exactly_their_attributes() {
    let ty = Type::object([("a", Type::String), ("b", Type::String)]);
    let one = Value::object([("a", Value::from("x"))]).to_msgpack(&Type::object([("a", Type::String)]));
    assert_eq!(decode(&one, &ty).unwrap_err().to_string(), "an object with 2 attributes is required");
    let extra = Type::object([("a", Type::String), ("c", Type::String)]);
    let bytes = Value::object([("a", Value::Null), ("c", Value::Null)]).to_msgpack(&extra);
    assert_eq!(decode(&bytes, &ty).unwrap_err().to_string(), "`c`: there is no such attribute");
}

#[test]
fn a_length_beyond_the_message_allocates_nothing() {
    let bytes = [0xdd, 0xff, 0xff, 0xff, 0xff, 0x01];
    let error = decode(&bytes, &Type::list(Type::Number)).unwrap_err();
    assert_eq!(error.to_string(), "`[1]`: the value is cut off");
}

#[test]
fn what_is_of_another_type_is_told_with_the_type_that_is_required() {
    for (ty, bytes, problem) in [
        (Type::String, &[0x01][..], "a string is required"),
        (Type::Bool, &[0x01], "a bool is required"),
        (Type::Number, &[0xc3], "a number is required"),
        (Type::list(Type::Bool), &[0x01], "a list is required"),
        (Type::map(Type::Bool), &[0x01], "an object is required"),
        (Type::Dynamic, &[0x01], "a list of a type and a value is required"),
        (Type::Dynamic, &[0x91, 0xc0], "a list of a type and a value is required"),
        (Type::Dynamic, &[0x92, 0xc0, 0xc0], "a dynamic value's type in binary is required"),
    ] {
        assert_eq!(decode(bytes, &ty).unwrap_err().to_string(), problem, "{bytes:x?}");
    }
}

/// A type and a value of it, nulls and unknowns included.
fn typed() -> impl Strategy<Value = (Type, Value)> {
    let leaf = prop_oneof![
        any::<String>().prop_map(|s| (Type::String, Value::string(s))),
        any::<bool>().prop_map(|b| (Type::Bool, Value::Bool(b))),
        any::<i64>().prop_map(|n| (Type::Number, Value::from(n))),
        "-?[1-9][0-9]{0,60}\\.[0-9]{0,20}[1-9]"
            .prop_map(|s| (Type::Number, Value::Number(s.parse().unwrap()))),
        Just((Type::String, Value::Null)),
        Just((Type::Number, Value::UNKNOWN)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|(ty, v)| (Type::list(ty), Value::list([v.clone(), v, Value::Null]))),
            inner.clone().prop_map(|(ty, v)| (Type::set(ty), Value::set([v]))),
            inner.clone().prop_map(|(ty, v)| (Type::map(ty), Value::object([("k", v)]))),
            (inner.clone(), inner.clone()).prop_map(|((s, v), (t, w))| {
                (Type::object([("a", s), ("b", t)]), Value::object([("a", v), ("b", w)]))
            }),
            inner.clone().prop_map(|(ty, v)| (Type::Tuple(vec![ty]), Value::list([v]))),
            inner.prop_map(|(ty, v)| (Type::Dynamic, Value::Dynamic(Box::new((ty, v))))),
        ]
    })
}

proptest! {
    #[test]
    fn values_round_trip((ty, value) in typed()) {
        // A dynamic null or unknown carries no type on the wire when the value itself is null or unknown.
        prop_assert_eq!(decode(&value.to_msgpack(&ty), &ty).unwrap(), value);
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), (ty, _) in typed()) {
        let _ = decode(&bytes, &ty);
    }

    #[test]
    fn a_cut_message_is_an_error((ty, value) in typed(), at in any::<proptest::sample::Index>()) {
        let bytes = value.to_msgpack(&ty);
        // Of a message of one byte nothing is left to be read.
        if bytes.len() > 1 {
            let left = 1 + at.index(bytes.len() - 1);
            prop_assert_eq!(decode(&bytes[..left], &ty).unwrap_err().problem, CUT_OFF);
        }
    }
}

#[test]
fn dynamic_values_in_dynamic_values_end_somewhere() {
    fn depth(value: &Value) -> usize {
        if let Value::Dynamic(inner) = value { 1 + depth(&inner.1) } else { 0 }
    }
    let read = |depth: usize| {
        let mut bytes = [&[0x92, 0xc4, 9][..], &b"\"dynamic\""[..]].concat().repeat(depth);
        bytes.push(0xc0);
        decode(&bytes, &Type::Dynamic)
    };
    assert_eq!(depth(&read(50).unwrap()), 50);
    assert_eq!(read(100_000).unwrap_err().to_string(), "the value is nested too deep");
}

#[test]
fn what_is_no_value_says_why() {
    let a = &Type::object([("a", Type::String)]);
    let pair = &Type::Tuple(vec![Type::Bool, Type::Bool]);
    // The payload's bytes come after the header of the extension.
    let refined = [&[0xc8, 0x04, 0x01, 0x0c][..], &[0; 1025][..]].concat();
    let nested = [[&[0x92, 0xc4, 9][..], &b"\"dynamic\""[..]].concat().repeat(200), vec![0xc0]].concat();
    let cases: [(&[u8], &Type, &str); 16] = [
        (&[0x01], &Type::String, "a string is required"),
        (&[0x01], &Type::Bool, "a bool is required"),
        (&[0xc3], &Type::Number, "a number is required"),
        (&[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], &Type::Number, "not a number"),
        (&[0xa1, b'x'], &Type::Number, "`x` is not a decimal number"),
        (&[0x01], &Type::list(Type::Bool), "a list is required"),
        (&[0x91, 0xc3], pair, "a tuple of 2 elements is required"),
        (&[0x93, 0xc3, 0xc3, 0xc3], pair, "3 elements are too many"),
        (&[0x01], a, "an object is required"),
        (&[0x82, 0xa1, b'a', 0xc0, 0xa1, b'a', 0xc0], a, "`a`: the attribute is there twice"),
        (&[0xa2, b'x'], &Type::String, "the value is cut off"),
        (&[0xa1, 0xff], &Type::String, "the text is not UTF-8"),
        (&[0xc0, 0xc0], &Type::String, "bytes after the value"),
        (&[0x91, 0xc0], &Type::Dynamic, "a list of a type and a value is required"),
        (&[0x92, 0xc0, 0xc0], &Type::Dynamic, "a dynamic value's type in binary is required"),
        (&refined, &Type::String, "an unknown value's refinements are too long"),
    ];
    for (bytes, ty, said) in cases {
        assert_eq!(decode(bytes, ty).unwrap_err().to_string(), said, "{bytes:x?}");
    }
    assert_eq!(decode(&[0xc7], &Type::String).unwrap_err().to_string(), "the value is cut off");
    assert_eq!(decode(&nested, &Type::Dynamic).unwrap_err().to_string(), "the value is nested too deep");
}
