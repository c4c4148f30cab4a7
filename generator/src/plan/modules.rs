//! The Terraform modules, as they were when this program was built.

static MODULES: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Name and text of every file of a module; empty for a module that does not exist.
pub fn files(module: &str) -> &'static [(&'static str, &'static str)] {
    MODULES.iter().find(|(name, _)| *name == module).map_or(&[], |(_, files)| files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_code_and_readme_is_embedded() {
        for (module, files) in MODULES {
            for (name, _) in *files {
                assert!(name.ends_with(".tf") || *name == "README.md", "{module}/{name}");
            }
        }
    }
}
