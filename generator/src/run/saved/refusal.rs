//! Why plans are not saved, or not applied.

use std::path::Path;

use crate::diag::Diagnostic;
use crate::run::advice;
use crate::run::events::Problem;
use crate::tree::Layer;

/// More causes than these are counted.
const SHOWN: usize = 10;

pub(super) fn no_folder(file: &Path) -> Diagnostic {
    Diagnostic::new(format!("the plan cannot be saved in `{}`", file.display()))
        .note("its folder is not there")
        .hint("make the folder, or name another file")
}

pub(super) fn in_the_way(file: &Path) -> Diagnostic {
    Diagnostic::new(format!("`{}` is there already, and is no plan that tfy-infra saved", file.display()))
        .note("nothing was planned, and nothing was written")
        .hint("name another file with `--out`, or take that one away")
}

pub(super) fn unreadable(file: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new(format!("the saved plan `{}` cannot be read", file.display()))
        .note(match cause.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => cause.to_string(),
        })
        .hint("save one with `tfy-infra plan --out FILE`")
}

pub(super) fn foreign(file: &Path) -> Diagnostic {
    Diagnostic::new(format!("`{}` is no plan that this tfy-infra saved", file.display()))
        .note("a plan of another version is not applied either, and one of Terraform's own belongs to one layer")
        .hint("save one with `tfy-infra plan --out FILE`")
}

pub(super) fn no_code(dir: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new(format!("the code in `{}` cannot be read", dir.display()))
        .note(cause.to_string())
        .hint("let whoever applies read it")
}

/// Of a plan that does not hold any more.
pub(super) fn over(file: &Path, dir: &Path, causes: &[String]) -> Diagnostic {
    let mut note = causes.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    if causes.len() > SHOWN {
        note.push_str(&format!("\nand {} more", causes.len() - SHOWN));
    }
    let name = file.display();
    let [file, dir] = [file, dir].map(crate::shell::word);
    Diagnostic::new(format!("the plan in `{name}` does not hold any more, and nothing of it is applied"))
        .note(note)
        .hint(format!("save a new one, and look at it: `tfy-infra plan -d {dir} --out {file}`"))
}

/// Of a layer whose state cannot be read.
pub(super) fn unknown(layer: &Layer, problems: &[Problem]) -> Diagnostic {
    let problem = problems.first().map(|problem| advice::explain(layer, problem));
    problem.unwrap_or_else(|| Diagnostic::new(format!("layer `{}`: terraform failed", layer.name)))
}

/// Of a file that the disk does not take.
pub(in crate::run) fn unwritten(file: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new(format!("the plan cannot be saved in `{}`", file.display()))
        .note(cause.to_string())
        .hint("make room or name another file, and plan again: nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    #[test]
    fn every_refusal_says_why_and_what_to_do() {
        let file = Path::new("x.tfplan");
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let causes: Vec<String> = (1..=12).map(|n| format!("`network/{n}.tf` is new")).collect();
        let all = [
            no_folder(file),
            in_the_way(file),
            unreadable(file, &denied),
            foreign(file),
            no_code(Path::new("out"), &denied),
            over(file, Path::new("out"), &causes),
            unwritten(file, &denied),
        ];
        let text: String = all.into_iter().map(|one| Report::single(one).render(false)).collect();
        insta::assert_snapshot!(text, @r"
        error: the plan cannot be saved in `x.tfplan`
          = note: its folder is not there
          = hint: make the folder, or name another file

        error: `x.tfplan` is there already, and is no plan that tfy-infra saved
          = note: nothing was planned, and nothing was written
          = hint: name another file with `--out`, or take that one away

        error: the saved plan `x.tfplan` cannot be read
          = note: permission denied
          = hint: save one with `tfy-infra plan --out FILE`

        error: `x.tfplan` is no plan that this tfy-infra saved
          = note: a plan of another version is not applied either, and one of Terraform's own belongs to one layer
          = hint: save one with `tfy-infra plan --out FILE`

        error: the code in `out` cannot be read
          = note: permission denied
          = hint: let whoever applies read it

        error: the plan in `x.tfplan` does not hold any more, and nothing of it is applied
          = note: `network/1.tf` is new
                  `network/2.tf` is new
                  `network/3.tf` is new
                  `network/4.tf` is new
                  `network/5.tf` is new
                  `network/6.tf` is new
                  `network/7.tf` is new
                  `network/8.tf` is new
                  `network/9.tf` is new
                  `network/10.tf` is new
                  and 2 more
          = hint: save a new one, and look at it: `tfy-infra plan -d out --out x.tfplan`

        error: the plan cannot be saved in `x.tfplan`
          = note: permission denied
          = hint: make room or name another file, and plan again: nothing was changed
        ");
        let layer = &crate::tree::record::tests::layers(true)[0];
        assert_eq!(unknown(layer, &[]).message, "layer `network`: terraform failed");
    }
}
