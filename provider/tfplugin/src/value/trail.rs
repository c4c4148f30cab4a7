//! The way to a value while walking to it, made without allocating; a [`Path`] is made of it only when one is needed.

use super::{MAX_DEPTH, Path, Step};

/// A place inside a value, as a chain from the inside out on the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trail<'a> {
    /// The whole object.
    Root,
    /// An attribute of what is there.
    Attribute(&'a Trail<'a>, &'a str),
    /// An element of a map.
    Key(&'a Trail<'a>, &'a str),
    /// An element of a list or tuple.
    Index(&'a Trail<'a>, usize),
    /// What a dynamic value holds: deeper, and at the same place.
    Inside(&'a Trail<'a>),
}

impl<'a> Trail<'a> {
    /// One attribute further.
    pub(crate) fn attribute(&'a self, name: &'a str) -> Self {
        Self::Attribute(self, name)
    }

    /// One map key further.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self::Key(self, key)
    }

    /// One list index further.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self::Index(self, index)
    }

    /// Into a dynamic value, unless it is too deep: each one brings a type of its own, so that only this ends a chain of
    /// dynamic values in dynamic values.
    pub(crate) fn inside(&'a self) -> Option<Self> {
        (self.depth() < MAX_DEPTH).then_some(Self::Inside(self))
    }

    /// How many levels there are.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Root => 0,
            Self::Attribute(up, _) | Self::Key(up, _) | Self::Index(up, _) | Self::Inside(up) => {
                up.depth() + 1
            }
        }
    }

    /// The path.
    pub(crate) fn to_path(self) -> Path {
        let mut steps = Vec::with_capacity(self.depth());
        self.collect(&mut steps);
        Path::from_steps(steps)
    }

    fn collect(&self, steps: &mut Vec<Step>) {
        let (up, step) = match self {
            Self::Root => return,
            Self::Inside(up) => return up.collect(steps),
            Self::Attribute(up, name) => (up, Step::Attribute((*name).to_owned())),
            Self::Key(up, key) => (up, Step::Key((*key).to_owned())),
            Self::Index(up, index) => (up, Step::Index(i64::try_from(*index).unwrap_or(i64::MAX))),
        };
        up.collect(steps);
        steps.push(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_becomes_the_path_it_went() {
        let root = Trail::Root;
        let a = root.attribute("a");
        let b = a.key("k");
        let c = b.index(2);
        assert_eq!(c.attribute("d").to_path().to_string(), r#"a["k"][2].d"#);
    }
}
