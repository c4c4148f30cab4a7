//! Paths to attributes inside a value.

use std::fmt;

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// An attribute of an object, or a nested block.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list or tuple, counted from 0.
    Index(i64),
}

/// Where in a configuration, plan or state something is. The empty path is the whole object.
///
/// Elements of sets cannot be addressed: point at the set.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The whole object.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// A top-level attribute.
    #[must_use]
    pub fn of(attribute: impl Into<String>) -> Self {
        Self::root().attribute(attribute)
    }

    /// This path and one attribute further.
    #[must_use]
    pub fn attribute(&self, name: impl Into<String>) -> Self {
        self.with(Step::Attribute(name.into()))
    }

    /// This path and one map key further.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.with(Step::Key(key.into()))
    }

    /// This path and one list index further.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// The steps from the outside in.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    pub(crate) fn from_steps(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

/// Prints as Terraform would write it: `integrations["artifacts"].s3.region`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_terraform_writes_it() {
        let path = Path::of("integrations").key("artifacts").attribute("s3").attribute("tags").index(2);
        assert_eq!(path.to_string(), r#"integrations["artifacts"].s3.tags[2]"#);
    }
}
