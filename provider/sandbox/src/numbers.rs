//! Numbers as a control plane keeps them: every number of JSON is a 64-bit float there, and a whole one is written without
//! a fraction (ECMAScript, `JSON.parse` and `JSON.stringify`).

use serde_json::Value;

/// Makes of each number in `json` what comes back when it is read again.
pub(crate) fn kept(json: &mut Value) {
    match json {
        Value::Number(number) => {
            if let Some(double) = number.as_f64() {
                *json = of(double);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(kept),
        Value::Object(entries) => entries.values_mut().for_each(kept),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn of(double: f64) -> Value {
    /// Up to here every whole number is a float, so that the conversion is exact.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if double.fract() == 0.0 && double.abs() <= WHOLE { (double as i64).into() } else { double.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_come_back_as_doubles() {
        let sent = r#"{"a":[0.1,1.0,-0.0,9007199254740993],"b":{"c":1e300,"d":0.30000000000000004},"e":18446744073709551615}"#;
        let mut body: Value = serde_json::from_str(sent).unwrap();
        kept(&mut body);
        let expected = json!({
            "a": [0.1, 1, 0, 9_007_199_254_740_992_i64],
            "b": { "c": 1e300, "d": 0.1 + 0.2 },
            "e": 18_446_744_073_709_551_616.0,
        });
        assert_eq!(body, expected);
    }
}
