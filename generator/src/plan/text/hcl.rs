//! Values as HCL expressions. The only way by which a value gets into generated text.

use serde_json::Value;

/// Lists of at most this many characters stay on one line.
const LINE: usize = 80;

/// The expression that evaluates to `value`. Lines inside it are not indented: [`super::format`] does that.
pub fn expression(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => string(s),
        Value::Array(items) => list(items),
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(entries) => {
            let lines: Vec<String> =
                entries.iter().map(|(k, v)| format!("{} = {}\n", key(k), expression(v))).collect();
            format!("{{\n{}}}", lines.concat())
        }
    }
}

/// A quoted string in which nothing is interpolated: whatever `text` holds, HCL reads `text` back.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // `${` and `%{` begin a template; doubled they are text. A `$` right before such a pair would be read as
            // part of the doubling, so it is written as a code point.
            '$' | '%' => {
                let mut run = 1;
                while chars.next_if_eq(&c).is_some() {
                    run += 1;
                }
                if chars.peek() == Some(&'{') {
                    out.extend((1..run).map(|_| code_point(c)));
                    out.extend([c, c]);
                } else {
                    out.extend((0..run).map(|_| c));
                }
            }
            c if c.is_control() || is_invisible(c) => out.push_str(&code_point(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that are not seen, or that change the direction of what is: a reviewer must see them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn code_point(c: char) -> String {
    let code = u32::from(c);
    if code <= 0xffff { format!("\\u{code:04x}") } else { format!("\\U{code:08x}") }
}

fn list(items: &[Value]) -> String {
    let parts: Vec<String> = items.iter().map(expression).collect();
    let line = format!("[{}]", parts.join(", "));
    if line.chars().count() <= LINE && !line.contains('\n') {
        return line;
    }
    format!("[\n{}]", parts.iter().map(|p| format!("{p},\n")).collect::<String>())
}

fn key(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        // These words mean something else where a key may stand.
        && !matches!(text, "for" | "if" | "in" | "null" | "true" | "false");
    if plain { text.to_owned() } else { string(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// What HCL reads from an expression, by an implementation that is not ours.
    fn read(text: &str) -> Value {
        fn value(e: &hcl_edit::expr::Expression) -> Value {
            use hcl_edit::expr::Expression as E;
            match e {
                E::Null(_) => Value::Null,
                E::Bool(b) => (*b.value()).into(),
                E::Number(n) => json!(n.value().as_i64().unwrap()),
                E::String(s) => s.value().as_str().into(),
                // A string with an escape in it is a template of literals.
                E::StringTemplate(t) => t
                    .iter()
                    .map(|e| match e {
                        hcl_edit::template::Element::Literal(l) => l.value().as_str(),
                        other => panic!("{other:?} is not a literal"),
                    })
                    .collect::<String>()
                    .into(),
                E::Array(a) => a.iter().map(value).collect(),
                E::Object(o) => Value::Object(
                    o.iter()
                        .map(|(k, v)| {
                            let key = match k {
                                hcl_edit::expr::ObjectKey::Ident(i) => i.as_str().to_owned(),
                                hcl_edit::expr::ObjectKey::Expression(e) => {
                                    value(e).as_str().unwrap().to_owned()
                                }
                            };
                            (key, value(v.expr()))
                        })
                        .collect(),
                ),
                other => panic!("{other:?}"),
            }
        }
        value(&text.parse().unwrap_or_else(|e| panic!("{text}\n{e}")))
    }

    #[test]
    fn templates_are_text() {
        assert_eq!(string("${a} %{b} $${c} $ % $$"), r#""$${a} %%{b} \u0024$${c} $ % $$""#);
        assert_eq!(string("\"\\\n\u{0}\u{202e}"), r#""\"\\\n\u0000\u202e""#);
    }

    #[test]
    fn lists_and_objects() {
        let value = json!({ "a": [1, true, null], "b-c": { "d": {} }, "for": [] });
        assert_eq!(expression(&value), "{\na = [1, true, null]\n\"b-c\" = {\nd = {}\n}\n\"for\" = []\n}");
        assert_eq!(read(&expression(&value)), value);
    }

    #[test]
    fn long_lists_stand_one_item_a_line() {
        let value = json!(["x".repeat(50), "y".repeat(50)]);
        assert_eq!(expression(&value).matches('\n').count(), 3);
        assert_eq!(read(&expression(&value)), value);
    }

    fn tricky() -> impl Strategy<Value = String> {
        // Strings in which the characters that mean something in HCL are frequent, and any other can occur.
        prop::collection::vec(
            prop_oneof![3 => "[$%{}\"\\\\~\n\r\t#/*=a ]", 1 => any::<char>().prop_map(String::from)],
            0..24,
        )
        .prop_map(|parts| parts.concat())
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            tricky().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(tricky(), inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_string_is_read_back_as_itself(text in tricky()) {
            prop_assert_eq!(read(&string(&text)), Value::from(text));
        }

        #[test]
        fn any_value_is_read_back_as_itself_also_when_formatted(value in any_value()) {
            let text = crate::plan::text::format::format(&expression(&value));
            prop_assert_eq!(read(text.trim_end()), value);
        }
    }
}
