//! `provider::thing::slug(text)`.

use tfplugin::Function;
use tfplugin::function::{FunctionError, Signature, text};
use tfplugin::value::{Type, Value};

pub(super) struct Slug;

impl Function for Slug {
    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .parameter("text", Type::String, "Any text with a letter or digit in it.")
            .describe("A text as a name", "Makes of a text a name of lower-case letters, digits and `-`.")
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let lower = text(arguments, 0).to_lowercase();
        let words: Vec<_> =
            lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Err(FunctionError::argument(0, "there is no letter or digit in it"));
        }
        Ok(words.join("-").into())
    }
}
