//! Signatures of provider functions.

use std::borrow::Cow;

use crate::proto::tfplugin6 as wire;
use crate::value::{Type, Value};

/// A function's parameters, result and description.
#[derive(Clone, Debug)]
pub struct Signature {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) variadic: Option<Parameter>,
    pub(crate) returns: Type,
    pub(crate) summary: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    pub(crate) deprecation: Cow<'static, str>,
}

/// One parameter of a function.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Cow<'static, str>,
    pub(crate) ty: Type,
    pub(crate) description: Cow<'static, str>,
    pub(crate) nullable: bool,
    /// Whether the lists, sets and maps in it may hold null.
    pub(crate) null_elements: bool,
    /// Whether it may be unknown, as a whole or inside.
    pub(crate) open: bool,
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    /// What is wrong, for the user.
    pub text: String,
    /// The argument at fault, counted from 0.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error about the argument at `position`, counted from 0.
    #[must_use]
    pub fn argument(position: usize, text: impl Into<String>) -> Self {
        Self { text: text.into(), argument: Some(position) }
    }
}

impl Signature {
    /// A function that gives a value of this type.
    #[must_use]
    pub fn returning(returns: Type) -> Self {
        Self {
            parameters: Vec::new(),
            variadic: None,
            returns,
            summary: "".into(),
            description: "".into(),
            deprecation: "".into(),
        }
    }

    /// Adds a parameter, never null or unknown when the function is called. Its lists, sets and maps hold no null either, at
    /// any depth: Terraform looks at the argument alone. An attribute of an object may be null, since that is how one is left
    /// out, and so may what is inside an argument of any type.
    #[must_use]
    pub fn parameter(
        mut self,
        name: impl Into<Cow<'static, str>>,
        ty: Type,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.parameters.push(Parameter::new(name.into(), ty, description.into()));
        self
    }

    /// The parameter added last, or the variadic one if that was, may be null.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        if let Some(parameter) = self.last() {
            parameter.nullable = true;
        }
        self
    }

    /// Lists, sets and maps in the parameter added last, or the variadic one if that was, may hold null, which the function
    /// has a meaning for.
    #[must_use]
    pub fn allow_null_elements(mut self) -> Self {
        if let Some(parameter) = self.last() {
            parameter.null_elements = true;
        }
        self
    }

    /// The parameter added last, or the variadic one if that was, may be unknown, as a whole or inside. Without it
    /// Terraform calls the function only when all is known.
    #[must_use]
    pub fn may_be_unknown(mut self) -> Self {
        if let Some(parameter) = self.last() {
            parameter.open = true;
        }
        self
    }

    fn last(&mut self) -> Option<&mut Parameter> {
        self.variadic.as_mut().or(self.parameters.last_mut())
    }

    /// Marks the function as deprecated, with what to use instead.
    #[must_use]
    pub fn deprecated(self, instead: impl Into<Cow<'static, str>>) -> Self {
        Self { deprecation: instead.into(), ..self }
    }

    /// Sets the parameter that takes all further arguments.
    #[must_use]
    pub fn variadic(
        self,
        name: impl Into<Cow<'static, str>>,
        ty: Type,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        let variadic = Parameter::new(name.into(), ty, description.into());
        Self { variadic: Some(variadic), ..self }
    }

    /// Sets the one-line summary and the Markdown description.
    #[must_use]
    pub fn describe(
        self,
        summary: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { summary: summary.into(), description: description.into(), ..self }
    }

    /// The name, type and description of each parameter, for documentation.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Type, &str)> {
        self.parameters.iter().map(|each| (each.name.as_ref(), &each.ty, each.description.as_ref()))
    }

    /// The type of its results.
    #[must_use]
    pub fn returned(&self) -> &Type {
        &self.returns
    }

    /// The one-line summary.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The Markdown description.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The parameter that the argument at `position` goes to.
    pub(crate) fn parameter_at(&self, position: usize) -> Option<&Parameter> {
        self.parameters.get(position).or(self.variadic.as_ref())
    }

    pub(crate) fn to_wire(&self) -> wire::Function {
        wire::Function {
            parameters: self.parameters.iter().map(Parameter::to_wire).collect(),
            variadic_parameter: self.variadic.as_ref().map(Parameter::to_wire),
            r#return: Some(wire::function::Return { r#type: self.returns.to_json_bytes().into() }),
            summary: self.summary.to_string(),
            description: self.description.to_string(),
            description_kind: wire::StringKind::Markdown.into(),
            deprecation_message: self.deprecation.to_string(),
        }
    }
}

impl Parameter {
    fn new(name: Cow<'static, str>, ty: Type, description: Cow<'static, str>) -> Self {
        Self { name, ty, description, nullable: false, null_elements: false, open: false }
    }

    fn to_wire(&self) -> wire::function::Parameter {
        wire::function::Parameter {
            name: self.name.to_string(),
            r#type: self.ty.to_json_bytes().into(),
            allow_null_value: self.nullable,
            allow_unknown_values: self.open,
            description: self.description.to_string(),
            description_kind: wire::StringKind::Markdown.into(),
        }
    }
}

/// The text of an argument; the signature makes sure that it is one.
#[must_use]
pub fn text(arguments: &[Value], position: usize) -> &str {
    arguments.get(position).and_then(Value::as_str).unwrap_or_default()
}
