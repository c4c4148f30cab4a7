//! Variables of the environment that change what Terraform does with a tree: those that mean something else for a tree of layers than for one
//! folder stand in the way. The README has the rule of each; what is in neither place goes on to Terraform as it is.

use crate::diag::Diagnostic;

/// Variables that would have Terraform work on other states than the tree's, with why.
const OTHER_STATES: [(&str, &str); 2] = [
    (
        "TF_WORKSPACE",
        "a layer has one state, in the workspace `default`, and those who read it look for it there",
    ),
    (
        "TF_FORCE_LOCAL_BACKEND",
        "the states would be files in the folders of the layers, wherever the tree keeps them",
    ),
];
/// Further arguments for every command, and with a command's name for one.
const ARGUMENTS: &str = "TF_CLI_ARGS";
/// What changes neither what is done nor what is read of it, for any command.
const ANY: [&str; 1] = ["-no-color"];
/// The same for the commands that are run. Of `init` everything goes on but what touches states.
const PLAN: [&str; 6] =
    ["-parallelism", "-lock-timeout", "-compact-warnings", "-concise", "-var", "-var-file"];
const APPLY: [&str; 5] = ["-parallelism", "-lock-timeout", "-compact-warnings", "-concise", "-auto-approve"];
const NOT_INIT: [&str; 5] =
    ["-backend=false", "-force-copy", "-from-module", "-migrate-state", "-reconfigure"];

/// What stands in the way in the environment of this process.
pub(super) fn check_own() -> Result<(), Diagnostic> {
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    check(texts)
}

/// What stands in the way in an environment.
fn check(environment: impl Iterator<Item = (String, String)>) -> Result<(), Diagnostic> {
    let mut all: Vec<(String, String)> = environment.filter(|(_, value)| !value.trim().is_empty()).collect();
    all.sort();
    for (name, value) in &all {
        if let Some((_, why)) = OTHER_STATES.iter().find(|(refused, _)| refused == name)
            && !(name == "TF_WORKSPACE" && value == "default")
        {
            return Err(in_the_way(name, value, why));
        }
        if let Some(argument) = foreign(name, value) {
            let why =
                format!("`{argument}` would go to terraform beside what tfy-infra gives it, in every layer");
            return Err(in_the_way(name, value, &why));
        }
    }
    Ok(())
}

/// The first argument that a variable adds and that may not be added.
fn foreign<'a>(name: &str, value: &'a str) -> Option<&'a str> {
    let command = name.strip_prefix(ARGUMENTS)?;
    let mut words = value.split_whitespace();
    let is_one_of = |word: &str, known: &[&str]| {
        let flag = word.trim_start_matches('-').split('=').next().unwrap_or_default();
        known.iter().chain(&ANY).any(|one| one.trim_start_matches('-') == flag)
    };
    match command {
        "" | "_show" | "_output" | "_state" | "_state_pull" | "_state_push" | "_version" => {
            words.find(|word| !is_one_of(word, &[]))
        }
        "_plan" => words.find(|word| !is_one_of(word, &PLAN)),
        "_apply" => words.find(|word| !is_one_of(word, &APPLY)),
        "_init" => {
            words.find(|word| NOT_INIT.iter().any(|one| word.trim_start_matches('-').starts_with(&one[1..])))
        }
        // Commands that are not run.
        _ => None,
    }
}

fn in_the_way(name: &str, value: &str, why: &str) -> Diagnostic {
    Diagnostic::new(format!("`{name}={value}` is set, and does not go with a tree of layers"))
        .note(why)
        .hint(format!("unset it (`unset {name}`) and run the same command again"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    fn of(name: &str, value: &str) -> Option<String> {
        let environment = [("PATH".to_owned(), "/bin".to_owned()), (name.to_owned(), value.to_owned())];
        check(environment.into_iter()).err().map(|problem| Report::single(problem).render(false))
    }

    #[test]
    fn what_makes_terraform_do_something_else_is_refused() {
        insta::assert_snapshot!(of("TF_WORKSPACE", "staging").unwrap(), @r"
        error: `TF_WORKSPACE=staging` is set, and does not go with a tree of layers
          = note: a layer has one state, in the workspace `default`, and those who read it look for it there
          = hint: unset it (`unset TF_WORKSPACE`) and run the same command again
        ");
        insta::assert_snapshot!(of("TF_CLI_ARGS_plan", "-parallelism=4 -target=aws_vpc.this").unwrap(), @r"
        error: `TF_CLI_ARGS_plan=-parallelism=4 -target=aws_vpc.this` is set, and does not go with a tree of layers
          = note: `-target=aws_vpc.this` would go to terraform beside what tfy-infra gives it, in every layer
          = hint: unset it (`unset TF_CLI_ARGS_plan`) and run the same command again
        ");
        insta::assert_snapshot!(of("TF_FORCE_LOCAL_BACKEND", "1").unwrap(), @r"
        error: `TF_FORCE_LOCAL_BACKEND=1` is set, and does not go with a tree of layers
          = note: the states would be files in the folders of the layers, wherever the tree keeps them
          = hint: unset it (`unset TF_FORCE_LOCAL_BACKEND`) and run the same command again
        ");
        for (name, value) in [
            ("TF_CLI_ARGS", "-json"),
            ("TF_CLI_ARGS_plan", "--destroy"),
            ("TF_CLI_ARGS_plan", "-out=mine"),
            ("TF_CLI_ARGS_apply", "-state=other.tfstate"),
            ("TF_CLI_ARGS_init", "-backend=false"),
            ("TF_CLI_ARGS_init", "-upgrade -migrate-state"),
            ("TF_CLI_ARGS_show", "-json=false"),
            ("TF_CLI_ARGS_state_pull", "x"),
        ] {
            let told = of(name, value);
            assert!(told.as_ref().is_some_and(|told| told.contains(name)), "{name}={value}: {told:?}");
        }
    }

    #[test]
    fn what_only_says_how_goes_on() {
        for (name, value) in [
            ("TF_WORKSPACE", ""),
            ("TF_WORKSPACE", "default"),
            ("TF_CLI_ARGS", "-no-color"),
            ("TF_CLI_ARGS_plan", "-parallelism=4 -lock-timeout=5m -var-file=../all.tfvars -compact-warnings"),
            ("TF_CLI_ARGS_apply", "-auto-approve -parallelism=20"),
            ("TF_CLI_ARGS_init", "-upgrade -backend-config=profile=ops -plugin-dir=/opt/plugins"),
            ("TF_CLI_ARGS_import", "anything"),
            ("TF_VAR_region", "us-east-1"),
            ("TF_LOG", "DEBUG"),
        ] {
            assert_eq!(of(name, value), None, "{name}={value}");
        }
    }
}
