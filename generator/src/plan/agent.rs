//! The agent of the cluster.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::addons::{Addons, Release};
use super::problem::Problems;
use crate::spec::truefoundry::AgentChoice;
use crate::spec::{Path, Spec, patterns};

/// The agent's release. That of its allow-list goes with it, and holds nothing that could be lost.
pub const RELEASE: Release = Release::of_agent();
/// Where the agent's images are.
const REGISTRY: &str = "tfy.jfrog.io";

/// The agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Raised when the control plane has made another token for the same cluster.
    pub token_revision: u32,
    /// Whether the control plane may do everything in the cluster.
    pub cluster_admin: bool,
    /// Hosts that it may connect to beside those that it must; `None` for no limit.
    pub egress: Option<Vec<String>>,
    /// How long it is waited for.
    pub wait: String,
    /// The chart's version, where it is not the one that is pinned.
    pub version: Option<String>,
    /// Values of the chart.
    pub values: Map<String, Value>,
}

impl Agent {
    /// What stands instead of the registry of its images, of all that the add-ons have.
    #[must_use]
    pub fn registries<'a>(&self, addons: &'a Addons) -> BTreeMap<&'a str, &'a str> {
        let ours = addons.registries.iter().filter(|(host, _)| *host == REGISTRY);
        ours.map(|(host, other)| (host.as_str(), other.as_str())).collect()
    }
}

/// Checks the agent. Without add-ons of ours there is none of ours either: nothing is known of the cluster's inside.
pub(super) fn agent(problems: &mut Problems, spec: &Spec, addons: Option<&Addons>) -> Option<Agent> {
    let path = Path::new("truefoundry.agent");
    let options = match (&spec.truefoundry.agent, addons) {
        (AgentChoice::Switch(false), _) | (AgentChoice::Switch(true), None) => return None,
        (AgentChoice::Options(_), None) => {
            problems
                .add(&path, "the agent is installed beside the add-ons, and `addons` is `false`")
                .hint("leave `agent` out, or `addons: false`");
            return None;
        }
        (AgentChoice::Switch(true), Some(_)) => crate::spec::truefoundry::AgentOptions::default(),
        (AgentChoice::Options(options), Some(_)) => options.as_ref().clone(),
    };
    problems.require(
        patterns::WAIT.fits(&options.wait),
        &path.key("wait"),
        format!("`{}` is not a duration", options.wait),
        "write for example `15m` or `1h`",
    );
    if let Some(version) = &options.version {
        problems.require(
            patterns::CHART_VERSION.fits(version),
            &path.key("version"),
            format!("`{version}` is not the version of a chart"),
            "write all three numbers in quotes, for example `\"0.2.92\"`",
        );
    }
    if let Some(egress) = &options.egress {
        let at = path.key("egress");
        problems.require(
            addons.is_some_and(|addons| addons.has("istio")),
            &at,
            "the mesh keeps the agent to an allow-list, and `addons` leaves `istio` out",
            "take `istio` back into `addons`, or leave `egress` out and use the output `egress_hosts` in your firewall",
        );
        for (i, host) in egress.hosts.iter().enumerate() {
            problems.require(
                patterns::DOMAIN.fits(host),
                &at.key("hosts").index(i),
                format!("`{host}` is not the name of a host"),
                "write for example `proxy.acme.com`, without `https://`",
            );
        }
    }
    let holds_token = options.values.get("config").is_some_and(|config| config.get("clusterToken").is_some());
    problems.require(
        !holds_token,
        &path.key("values").key("config").key("clusterToken"),
        "a token would stand in the state, and in Helm's record in the cluster",
        "leave it out: the agent gets the cluster's token from the control plane, by a Secret of its own",
    );
    Some(Agent {
        token_revision: options.token_revision,
        cluster_admin: options.cluster_admin,
        egress: options.egress.map(|egress| egress.hosts),
        wait: options.wait,
        version: options.version,
        values: options.values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\n";

    fn planned(more: &str) -> Result<Option<Agent>, Vec<String>> {
        let spec = crate::spec::load_text("platform.yaml".to_owned(), format!("{START}{more}")).unwrap().spec;
        let platform = crate::plan::plan(&spec);
        platform.map(|platform| platform.agent).map_err(|all| all.into_iter().map(|p| p.message).collect())
    }

    #[test]
    fn there_is_an_agent_where_there_are_add_ons() {
        let agent = planned("truefoundry: {}\n").unwrap().unwrap();
        assert_eq!((agent.token_revision, agent.cluster_admin, agent.wait.as_str()), (1, false, "5m"));
        assert!(planned("addons: false\ntruefoundry: {}\n").unwrap().is_none());
        assert!(planned("truefoundry: { agent: false }\n").unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (options, told) in [
            ("{ version: latest }", "`latest` is not the version of a chart"),
            ("{ wait: soon }", "`soon` is not a duration"),
            ("{ wait: 5m1h }", "`5m1h` is not a duration"),
            ("{ egress: { hosts: [\"https://x.y\"] } }", "`https://x.y` is not the name of a host"),
            (
                "{ values: { config: { clusterToken: x } } }",
                "a token would stand in the state, and in Helm's record in the cluster",
            ),
        ] {
            assert_eq!(
                planned(&format!("truefoundry: {{ agent: {options} }}\n")).unwrap_err(),
                [told],
                "{options}"
            );
        }
        let without = "addons: false\ntruefoundry: { agent: { cluster_admin: true } }\n";
        assert_eq!(
            planned(without).unwrap_err(),
            ["the agent is installed beside the add-ons, and `addons` is `false`"]
        );
    }
}
