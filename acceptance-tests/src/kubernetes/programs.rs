//! The programs of a cluster: built at pinned versions, or taken from where `KUBEBUILDER_ASSETS` points.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::go::Module;

/// The folder of programs that are there already, as the tools around controller-runtime call it.
pub const ASSETS: &str = "KUBEBUILDER_ASSETS";

/// The Kubernetes that is built. `tools/kubernetes/go.mod` pins it, etcd and Helm.
pub const KUBERNETES: &str = "1.35.4";
/// The oldest Kubernetes in support, built where a proof asks for it. `tools/kubernetes-1.34/go.mod` pins it.
pub const OLDEST_KUBERNETES: &str = "1.34.4";
/// The etcd that is built.
pub const ETCD: &str = "3.6.16";
/// The Helm that is built.
pub const HELM: &str = "3.20.2";
/// The kwok that is built. `tools/kwok/go.mod` pins it.
pub const KWOK: &str = "0.8.0";

/// Where they are below the build directory.
const FOLDER: &str = "kubernetes";

const OTHERWISE: &str = "set `KUBEBUILDER_ASSETS` to a folder that has `etcd`, `kube-apiserver`, `kube-controller-manager`, \
                         `kube-scheduler`, `kwok` and `helm`";

/// Without these a server calls itself `v0.0.0-master`, and whoever compares versions refuses it. Helm has its own notion of
/// the Kubernetes that it renders for when it asks no cluster.
const CONTROL_PLANE: Module = Module {
    title: "Kubernetes with etcd and Helm",
    folder: "acceptance-tests/tools/kubernetes",
    linked: "-X k8s.io/component-base/version.gitVersion=v1.35.4 \
             -X k8s.io/component-base/version.gitMajor=1 \
             -X k8s.io/component-base/version.gitMinor=35 \
             -X helm.sh/helm/v3/internal/version.version=v3.20.2 \
             -X helm.sh/helm/v3/internal/version.metadata= \
             -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 \
             -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=35 \
             -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 \
             -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=35",
    otherwise: OTHERWISE,
};

/// etcd, Helm and kwok are those of the newest: on EKS too, they do not come with the minor.
const OLDEST_CONTROL_PLANE: Module = Module {
    title: "Kubernetes 1.34",
    folder: "acceptance-tests/tools/kubernetes-1.34",
    linked: "-X k8s.io/component-base/version.gitVersion=v1.34.4 \
             -X k8s.io/component-base/version.gitMajor=1 \
             -X k8s.io/component-base/version.gitMinor=34",
    otherwise: "leave out the proofs that need two minors of Kubernetes",
};

const NODES: Module = Module {
    title: "kwok",
    folder: "acceptance-tests/tools/kwok",
    linked: "-X sigs.k8s.io/kwok/pkg/consts.Version=0.8.0 -X sigs.k8s.io/kwok/pkg/consts.PreRelease=",
    otherwise: OTHERWISE,
};

/// A minor of Kubernetes whose control plane tests can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Minor {
    /// The oldest in support: for proofs, as its programs take minutes to build.
    Oldest,
    /// The one that everything runs on where nothing else is said.
    #[default]
    Newest,
}

impl Minor {
    /// Both, the older first.
    pub const ALL: [Self; 2] = [Self::Oldest, Self::Newest];

    /// The version of its programs, `1.35.4`.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::Oldest => OLDEST_KUBERNETES,
            Self::Newest => KUBERNETES,
        }
    }

    /// As EKS and `platform.yaml` name it, `1.35`.
    #[must_use]
    pub fn name(self) -> &'static str {
        let version = self.version();
        version.rsplit_once('.').map_or(version, |(minor, _)| minor)
    }
}

/// Where the programs of a cluster are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The store.
    pub etcd: PathBuf,
    /// The API server.
    pub kube_apiserver: PathBuf,
    /// Namespaces, garbage collection, rollouts, jobs.
    pub kube_controller_manager: PathBuf,
    /// Places pods on nodes.
    pub kube_scheduler: PathBuf,
    /// Plays nodes, and the pods on them.
    pub kwok: PathBuf,
    /// Helm's command line.
    pub helm: PathBuf,
}

impl Programs {
    /// All of them, built below the build directory where they are not there yet.
    ///
    /// # Errors
    /// When one is missing in the folder that [`ASSETS`] names, or they cannot be built, with what to do.
    pub fn ready() -> Result<Self> {
        if let Some(folder) = std::env::var_os(ASSETS) {
            let folder = PathBuf::from(folder);
            return Self::within(&folder, &folder).with_context(|| {
                format!("`{ASSETS}` is `{}`, which has not every program", folder.display())
            });
        }
        Self::within(
            &CONTROL_PLANE.built(FOLDER, "kubernetes", name_etcd)?,
            &NODES.built(FOLDER, "kwok", |_| Ok(()))?,
        )
    }

    /// Those of a minor. Of the oldest, the three of the control plane are always built; [`ASSETS`] has the others.
    ///
    /// # Errors
    /// As [`Programs::ready`].
    pub fn of(minor: Minor) -> Result<Self> {
        let newest = Self::ready()?;
        if minor == Minor::Newest {
            return Ok(newest);
        }
        let folder = OLDEST_CONTROL_PLANE.built(FOLDER, "kubernetes-1.34", |_| Ok(()))?;
        Ok(Self {
            kube_apiserver: folder.join("kube-apiserver"),
            kube_controller_manager: folder.join("kube-controller-manager"),
            kube_scheduler: folder.join("kube-scheduler"),
            ..newest
        })
    }

    /// Each program by its name.
    #[must_use]
    pub fn by_name(&self) -> [(&'static str, &Path); 6] {
        [
            ("etcd", &self.etcd),
            ("kube-apiserver", &self.kube_apiserver),
            ("kube-controller-manager", &self.kube_controller_manager),
            ("kube-scheduler", &self.kube_scheduler),
            ("kwok", &self.kwok),
            ("helm", &self.helm),
        ]
    }

    fn within(control_plane: &Path, nodes: &Path) -> Result<Self> {
        let programs = Self {
            etcd: control_plane.join("etcd"),
            kube_apiserver: control_plane.join("kube-apiserver"),
            kube_controller_manager: control_plane.join("kube-controller-manager"),
            kube_scheduler: control_plane.join("kube-scheduler"),
            kwok: nodes.join("kwok"),
            helm: control_plane.join("helm"),
        };
        let missing: Vec<&str> =
            programs.by_name().iter().filter(|(_, path)| !path.is_file()).map(|(name, _)| *name).collect();
        ensure!(
            missing.is_empty(),
            "missing: `{}`\nhint: put them there, or unset `{ASSETS}` and have Go build them",
            missing.join("`, `")
        );
        Ok(programs)
    }
}

/// Whether the programs are there, or Go that builds them.
///
/// # Errors
/// When neither holds, with what to install.
pub fn ready_or_go() -> Result<()> {
    let is_built = |module: &Module, name| anyhow::Ok(module.folder_of(FOLDER, name)?.is_dir());
    let all = std::env::var_os(ASSETS).is_some()
        || (is_built(&CONTROL_PLANE, "kubernetes")? && is_built(&NODES, "kwok")?);
    if all { Ok(()) } else { CONTROL_PLANE.go().map(drop) }
}

/// Go names a program after the folder of its package, and that of etcd is `server`.
fn name_etcd(folder: &Path) -> Result<()> {
    Ok(fs::rename(folder.join("server"), folder.join("etcd"))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository;

    fn pins(module: &Module) -> String {
        fs::read_to_string(repository::root().join(module.folder).join("go.mod")).unwrap()
    }

    #[test]
    fn go_mod_pins_the_versions_that_are_named() {
        let (control_plane, nodes) = (pins(&CONTROL_PLANE), pins(&NODES));
        for line in [
            format!("k8s.io/kubernetes v{KUBERNETES}"),
            format!("go.etcd.io/etcd/server/v3 v{ETCD}"),
            format!("helm.sh/helm/v3 v{HELM}"),
            // The parts of Kubernetes have the same version with another first number.
            format!("k8s.io/api => k8s.io/api v0{}", &KUBERNETES[1..]),
        ] {
            assert!(control_plane.contains(&line), "no `{line}` in\n{control_plane}");
        }
        assert!(nodes.contains(&format!("sigs.k8s.io/kwok v{KWOK}")), "{nodes}");
        let oldest = pins(&OLDEST_CONTROL_PLANE);
        for line in [
            format!("k8s.io/kubernetes v{OLDEST_KUBERNETES}"),
            format!("k8s.io/api => k8s.io/api v0{}", &OLDEST_KUBERNETES[1..]),
        ] {
            assert!(oldest.contains(&line), "no `{line}` in\n{oldest}");
        }
    }

    #[test]
    fn programs_show_the_versions_that_are_named() {
        let minor = KUBERNETES.split('.').nth(1).unwrap();
        for flag in [
            format!("version.gitVersion=v{KUBERNETES} "),
            format!("version.gitMinor={minor} "),
            format!("internal/version.version=v{HELM} "),
            format!("chartutil.k8sVersionMinor={minor} "),
        ] {
            assert!(CONTROL_PLANE.linked.contains(&flag), "no `{flag}`");
        }
        assert!(NODES.linked.contains(&format!("consts.Version={KWOK} ")));
        let oldest = Minor::Oldest.name();
        let expected = format!(
            "-X k8s.io/component-base/version.gitVersion=v{OLDEST_KUBERNETES} -X k8s.io/component-base/version.gitMajor=1 \
             -X k8s.io/component-base/version.gitMinor={}",
            &oldest[2..]
        );
        assert_eq!(OLDEST_CONTROL_PLANE.linked, expected);
        assert!(OLDEST_CONTROL_PLANE.folder.ends_with(&format!("-{oldest}")));
    }

    #[test]
    fn minors_are_named_as_eks_names_them_and_follow_each_other() {
        let numbers = Minor::ALL.map(|minor| {
            let number = minor.name().strip_prefix("1.").unwrap();
            number.parse::<u32>().unwrap()
        });
        assert_eq!(numbers[0] + 1, numbers[1]);
        assert_eq!(Minor::default().version(), KUBERNETES);
    }

    #[test]
    fn a_folder_without_all_programs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["etcd", "kube-apiserver"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let error = Programs::within(folder.path(), folder.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "missing: `kube-controller-manager`, `kube-scheduler`, `kwok`, `helm`\n\
             hint: put them there, or unset `KUBEBUILDER_ASSETS` and have Go build them"
        );
    }
}
