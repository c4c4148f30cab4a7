//! Functions.

use std::collections::BTreeMap;

use super::Inner;
use super::convert::{decode, encode};
use crate::diag::Diagnostics;
use crate::function::{FunctionError, Parameter};
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::value::{Collection, Trail, Value};

impl<P: Provider> Inner<P> {
    pub(super) fn functions(&self) -> BTreeMap<String, wire::Function> {
        let functions = self.registry.functions.iter();
        functions.map(|(name, function)| (name.clone(), function.signature().to_wire())).collect()
    }

    pub(super) async fn call_function(
        &self,
        request: wire::call_function::Request,
    ) -> Result<wire::call_function::Response, Diagnostics> {
        Ok(self.call(&request).unwrap_or_else(|error| wire::call_function::Response {
            result: None,
            error: Some(wire::FunctionError {
                text: safe_text::into_shown(error.text),
                function_argument: error.argument.and_then(|position| i64::try_from(position).ok()),
            }),
        }))
    }

    fn call(
        &self,
        request: &wire::call_function::Request,
    ) -> Result<wire::call_function::Response, FunctionError> {
        let missing =
            || FunctionError { text: format!("there is no function `{}`", request.name), argument: None };
        let function = self.registry.functions.get(&request.name).ok_or_else(missing)?;
        let signature = function.signature();
        let mut arguments = Vec::with_capacity(request.arguments.len());
        for (position, argument) in request.arguments.iter().enumerate() {
            let wrong = |text: String| FunctionError::argument(position, text);
            let parameter = signature
                .parameter_at(position)
                .ok_or_else(|| wrong("there are too many arguments".into()))?;
            let value = decode(Some(argument), &parameter.ty).map_err(|diagnostics| {
                wrong(diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
            })?;
            if value.is_null() && !parameter.nullable {
                return Err(wrong("it must not be null".into()));
            }
            if let Some(problem) = null_inside(parameter, &value) {
                return Err(wrong(problem));
            }
            if !parameter.open && !value.is_wholly_known() {
                return Err(wrong("it must be known".into()));
            }
            arguments.push(value);
        }
        if arguments.len() < signature.parameters.len() {
            let text = format!("{} arguments are required", signature.parameters.len());
            return Err(FunctionError { text, argument: None });
        }
        let result = function.call(&arguments)?;
        if let Some((path, problem)) = result.misfit(&signature.returns) {
            let text = format!("the provider gave a result of another type: {path} {problem}");
            return Err(FunctionError { text, argument: None });
        }
        Ok(wire::call_function::Response { result: encode(&result, &signature.returns), error: None })
    }
}

/// The first null element in an argument that may have none. Terraform looks at the argument alone.
fn null_inside(parameter: &Parameter, value: &Value) -> Option<String> {
    let mut first = None;
    if !parameter.null_elements {
        let at = Trail::Root.attribute(&parameter.name);
        value.null_elements(&parameter.ty, &at, &mut |collection, _, at| {
            first.get_or_insert_with(|| match collection {
                Collection::Set => format!("`{}` must not have a null element", at.to_path()),
                Collection::List | Collection::Map => format!("`{}` must not be null", at.to_path()),
            });
        });
    }
    first
}
