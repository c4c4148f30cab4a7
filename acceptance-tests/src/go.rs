//! Programs that are built of Go modules, at the versions that a `go.mod` of ours pins.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::venv::last_lines;
use crate::{environment, repository, tools};

/// What a Go must be at least that fetches the version which a module asks for by itself.
const LEAST: [u64; 2] = [1, 21];

/// What the compiler is told: no debug information, which the linker would take out again (`-w`) and which takes a seventh of the
/// processor time.
const COMPILED: &str = "-gcflags=all=-dwarf=false";

/// A module whose `tool` lines name what is built.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// What it makes, as messages name it.
    pub title: &'static str,
    /// Its folder, from the top of the repository.
    pub folder: &'static str,
    /// What the linker is told, such as the version that a program shows.
    pub linked: &'static str,
    /// What to do where it cannot be built here.
    pub otherwise: &'static str,
}

impl Module {
    /// Changes with everything that the programs are made of. Not a security matter: it only names a folder.
    ///
    /// # Errors
    /// When the module's files cannot be read.
    pub fn key(&self) -> Result<String> {
        let folder = repository::root().join(self.folder);
        let mut hasher = DefaultHasher::new();
        let mut files = vec![folder.join("go.mod"), folder.join("go.sum")];
        // Programs of ours; those of others are what `go.sum` says.
        let mut sources = Vec::new();
        repository::files_with_ending(&folder, "go", &mut sources)?;
        sources.sort();
        files.extend(sources);
        for file in files {
            fs::read(file)?.hash(&mut hasher);
        }
        (COMPILED, self.linked).hash(&mut hasher);
        Ok(format!("{:016x}", hasher.finish()))
    }

    /// Go 1.21 or newer.
    ///
    /// # Errors
    /// When there is none, with what to install.
    pub fn go(&self) -> Result<PathBuf> {
        self.checked(tools::on_path("go"))
    }

    /// The version of the Go that builds it, `1.26.8`: the one at hand, or what that one fetches where the module asks for a newer one.
    ///
    /// # Errors
    /// As [`Module::go`].
    pub fn version(&self) -> Result<String> {
        version_of(&self.go()?, &repository::root().join(self.folder))
    }

    pub(crate) fn checked(&self, found: Option<PathBuf>) -> Result<PathBuf> {
        let hint = format!(
            "hint: install Go 1.21 or newer, of which {} is built: https://go.dev/doc/install; or {}",
            self.title, self.otherwise
        );
        let Some(path) = found else { bail!("`go` not found on PATH\n{hint}") };
        let version = version_of(&path, Path::new("."))?;
        ensure!(tools::at_least(&version, &LEAST), "`{}` is version {version}\n{hint}", path.display());
        Ok(path)
    }

    /// Where its programs are, or will be: in a folder of the build directory, under a name with the key.
    ///
    /// # Errors
    /// When the module's files cannot be read.
    pub fn folder_of(&self, folder: &str, name: &str) -> Result<PathBuf> {
        Ok(repository::target().join(folder).join(format!("{name}-{}", self.key()?)))
    }

    /// The folder of its programs, built by whoever comes first; `finish` is given what was built.
    ///
    /// # Errors
    /// As [`Module::build`].
    pub fn built(
        &self,
        folder: &str,
        name: &str,
        finish: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let ready = self.folder_of(folder, name)?;
        let _lock = repository::lock(&format!("go-{name}"))?;
        if !ready.is_dir() {
            let partial = repository::target_folder(folder)?.join(format!("{name}.partial"));
            self.build(&partial)?;
            finish(&partial)?;
            // Complete or not there: another process may end this one at any moment.
            fs::rename(&partial, &ready)?;
        }
        Ok(ready)
    }

    /// Builds all of its programs into a folder, which takes minutes. What Go keeps is where it always keeps it, so that another clone of
    /// this repository does not build Kubernetes again; or below the build directory, where it cannot be written.
    ///
    /// # Errors
    /// When Go is missing or the build fails.
    pub fn build(&self, into: &Path) -> Result<()> {
        fs::create_dir_all(into)?;
        let go = self.go()?;
        let mut command = Command::new(&go);
        command.current_dir(repository::root().join(self.folder));
        command.args(["build", "-trimpath", "-mod=readonly"]);
        command.arg(COMPILED);
        command.arg(format!("-ldflags=-s -w {}", self.linked));
        // With the slash it is a folder for Go, however many programs there are.
        command.arg("-o").arg(into.join("")).arg("tool");
        environment::scrub(&mut command);
        command.env("CGO_ENABLED", "0").env("GOFLAGS", "");
        if !keeps(&go) {
            let kept = repository::target_folder("go")?;
            command
                .env("GOCACHE", kept.join("cache"))
                .env("GOMODCACHE", kept.join("modules"))
                .env("GOPATH", kept);
        }
        let output =
            command.output().with_context(|| format!("starting `{}`", command.get_program().display()))?;
        ensure!(
            output.status.success(),
            "{} cannot be built:\n{}\nhint: its modules come from Go's module proxy (`GOPROXY`); or {}",
            self.title,
            last_lines(&String::from_utf8_lossy(&output.stderr), 12),
            self.otherwise
        );
        Ok(())
    }
}

/// What a Go says of itself in a folder.
fn version_of(go: &Path, folder: &Path) -> Result<String> {
    let output = Command::new(go)
        .args(["env", "GOVERSION"])
        .current_dir(folder)
        .output()
        .with_context(|| format!("starting `{}`", go.display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().trim_start_matches("go").to_owned())
}

/// Whether Go can write where it keeps modules and what it compiled. Where there is no home, or none that can be written, it cannot.
fn keeps(go: &Path) -> bool {
    let Ok(output) = Command::new(go).args(["env", "GOCACHE", "GOMODCACHE"]).output() else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let folders: Vec<&Path> = text.lines().map(|line| Path::new(line.trim())).collect();
    let can_be_written = |folder: &&Path| {
        folder.is_absolute() && fs::create_dir_all(folder).is_ok() && tempfile::tempfile_in(folder).is_ok()
    };
    output.status.success() && folders.len() == 2 && folders.iter().all(can_be_written)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: Module = Module {
        title: "kwok",
        folder: "acceptance-tests/tools/kwok",
        linked: "-X a=1",
        otherwise: "have it on PATH",
    };

    #[test]
    fn the_key_follows_all_that_goes_into_a_program() {
        let other_version = Module { linked: "-X a=2", ..MODULE };
        let other_module = Module { folder: "acceptance-tests/tools/kubernetes", ..MODULE };
        let key = MODULE.key().unwrap();
        assert_eq!(key, MODULE.key().unwrap());
        assert_ne!(key, other_version.key().unwrap());
        assert_ne!(key, other_module.key().unwrap());
    }

    #[test]
    fn a_missing_go_is_named_with_what_to_install() {
        assert_eq!(
            MODULE.checked(None).unwrap_err().to_string(),
            "`go` not found on PATH\nhint: install Go 1.21 or newer, of which kwok is built: https://go.dev/doc/install; or have \
             it on PATH"
        );
    }

    #[test]
    fn an_old_go_is_named_with_what_to_install() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("go");
        fs::write(&old, "#!/bin/sh\necho go1.20.3\n").unwrap();
        fs::set_permissions(&old, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(
            MODULE.checked(Some(old.clone())).unwrap_err().to_string(),
            format!(
                "`{}` is version 1.20.3\nhint: install Go 1.21 or newer, of which kwok is built: https://go.dev/doc/install; \
                 or have it on PATH",
                old.display()
            )
        );
    }

    #[test]
    fn where_go_cannot_write_is_found_before_it_fails() {
        let folder = tempfile::tempdir().unwrap();
        let answers = |cache: &str| {
            let go = folder.path().join("go");
            let modules = folder.path().display();
            fs::write(&go, format!("#!/bin/sh\nprintf '%s\\n' '{cache}' '{modules}'\n")).unwrap();
            fs::set_permissions(&go, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
            keeps(&go)
        };
        assert!(answers(&folder.path().join("cache").display().to_string()));
        assert!(!answers("/dev/null/cache"), "no folder can be made there");
        assert!(!answers("off"), "no folder");
        assert!(!keeps(Path::new("/nowhere/go")), "no Go");
    }
}
