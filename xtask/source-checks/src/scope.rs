//! Which code is there for tests only.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Item, Lit, Meta, Token};

/// What a Rust file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its assertions are `assert!` and the like; `#[cfg(test)]` and `#[test]` make parts of it tests.
    Production,
    /// As production, and what it `ensure!`s is what a task of the repository proves.
    Task,
    Test,
}

impl Kind {
    pub(crate) fn of(path: &Path, test_modules: &BTreeSet<PathBuf>) -> Self {
        let folder = |name: &str| path.components().any(|part| part == Component::Normal(name.as_ref()));
        // A module's own modules stand in a folder: that of `tests/mod.rs` itself, `tests` beside `tests.rs`.
        let of_a_test_module = |module: &PathBuf| {
            let folder = if module.ends_with("mod.rs") {
                module.parent().map(Path::to_path_buf)
            } else {
                Some(module.with_extension(""))
            };
            path == module || folder.is_some_and(|folder| path.starts_with(folder))
        };
        if ["tests", "benches", "fuzz", "acceptance-tests"].into_iter().any(folder)
            || test_modules.iter().any(of_a_test_module)
        {
            Self::Test
        } else if path.starts_with("xtask") {
            Self::Task
        } else {
            Self::Production
        }
    }
}

/// The files of the modules that are declared in this one and are there for tests only.
pub(crate) fn test_modules(path: &Path, tree: &syn::File) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(path);
    let own = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") | None => folder.to_path_buf(),
        Some(stem) => folder.join(stem),
    };
    let mut found = Vec::new();
    for item in &tree.items {
        let Item::Mod(module) = item else { continue };
        if module.content.is_some() || !module.attrs.iter().any(is_for_tests) {
            continue;
        }
        match module.attrs.iter().find_map(given_path) {
            Some(given) => found.push(folder.join(given)),
            None => {
                found.push(own.join(format!("{}.rs", module.ident)));
                found.push(own.join(module.ident.to_string()).join("mod.rs"));
            }
        }
    }
    found
}

fn given_path(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(given) if given.path.is_ident("path") => match &given.value {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// Whether what has this attribute is compiled for tests only: `#[test]`, `#[tokio::test]`, `#[cfg(test)]`.
pub(crate) fn is_for_tests(attribute: &Attribute) -> bool {
    fn needs_test(meta: &Meta) -> bool {
        let Meta::List(list) = meta else { return meta.path().is_ident("test") };
        let Ok(parts) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else {
            return false;
        };
        match list.path.get_ident().map(ToString::to_string).as_deref() {
            Some("all") => parts.iter().any(needs_test),
            Some("any") => parts.iter().all(needs_test),
            _ => false,
        }
    }
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            list.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta))
        }
        meta => meta.path().segments.last().is_some_and(|last| last.ident == "test"),
    }
}
