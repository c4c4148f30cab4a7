//! The Terraform modules, as they were when this program was built.

static MODULES: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Path and text of every file of a module; empty for a module that does not exist.
pub fn files(module: &str) -> &'static [(&'static str, &'static str)] {
    MODULES.iter().find(|(name, _)| *name == module).map_or(&[], |(_, files)| files)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn nothing_but_code_charts_and_pages_is_embedded() {
        for (module, files) in MODULES {
            for (name, _) in *files {
                let of_chart = name.starts_with("charts/");
                let wanted =
                    Path::new(name).extension().is_some_and(|e| e == "tf" || e == "json" || e == "md");
                assert!(of_chart || wanted, "{module}/{name}");
            }
        }
    }
}
