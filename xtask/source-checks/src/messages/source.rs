//! Which of the repository's Rust is for tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use syn::{Attribute, Item};

use crate::files::File;

/// A Rust file, parsed.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) tree: syn::File,
    /// Whether all of it is compiled for tests only.
    pub(super) is_test: bool,
}

/// Parses the files, and finds those that a module declares for tests only.
pub(super) fn parse(files: &[File]) -> Result<Vec<Source<'_>>> {
    let mut sources = Vec::new();
    for file in files {
        let tree = syn::parse_file(&file.text)
            .with_context(|| format!("`{}` is not the Rust that this reads", file.path.display()))?;
        sources.push(Source { path: &file.path, text: &file.text, tree, is_test: false });
    }
    let of_tests: BTreeSet<PathBuf> =
        sources.iter().flat_map(|source| test_modules(source.path, &source.tree.items)).collect();
    for source in &mut sources {
        let below_test = source.path.ancestors().any(|above| of_tests.contains(&above.with_extension("rs")));
        source.is_test = below_test || is_of_tests(source.path);
    }
    Ok(sources)
}

/// Whether a file's place says that it is a test: in a folder of tests, or in a crate that is nothing else.
pub(super) fn is_of_tests(path: &Path) -> bool {
    path.starts_with("acceptance-tests") || path.components().any(|part| part.as_os_str() == "tests")
}

/// Whether the item is compiled for tests only.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = |path: &syn::Path| path.segments.last().is_some_and(|last| last.ident == "test");
        is_test(attribute.path())
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| is_test(&condition))
    })
}

/// The files of the modules that are declared for tests only.
fn test_modules(path: &Path, items: &[Item]) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(path);
    let stem = path.file_stem().unwrap_or_default();
    let declares = |item: &Item| match item {
        Item::Mod(module) if module.content.is_none() && is_for_tests(&module.attrs) => {
            let name =
                module.attrs.iter().find_map(path_of).unwrap_or_else(|| format!("{}.rs", module.ident));
            // Beside `mod.rs`, else in the folder that has the file's name.
            Some(vec![folder.join(&name), folder.join(stem).join(&name)])
        }
        _ => None,
    };
    items.iter().filter_map(declares).flatten().collect()
}

/// The file that `#[path = "..."]` names.
fn path_of(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("path").then(|| text.value())
}
