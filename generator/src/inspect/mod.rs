//! Asks: the only room that calls AWS's API. What comes back is [`Facts`], and nothing is decided here.
//!
//! Who asks is asked first. Of an account that is another than the platform's nothing else is asked, and neither without credentials that AWS
//! takes; then every question says why it was not asked. All others go out side by side, each paced below what an account may ask
//! (`pace`), with bounds on every page, wait and repetition. A domain, a bucket's name and the control plane are asked over plain
//! sockets and HTTP.

mod answers;
mod clients;
mod cluster;
mod compute;
mod control_plane;
mod dns;
mod domains;
mod failure;
mod http;
mod iam;
mod identity;
mod ingress;
mod network;
mod pace;
mod pages;
mod quotas;
mod signed;
mod stores;

use std::net::SocketAddr;

use crate::facts::{Answer, Facts, Questions};
use crate::preflight::Extent;
use answers::Recorder;
use clients::Clients;
use failure::Failure;

/// How to ask.
#[derive(Debug, Clone)]
pub struct Options {
    /// The DNS server; `None` for the machine's own.
    pub resolver: Option<SocketAddr>,
    /// The control plane; `None` for none.
    pub control_plane: Option<String>,
    /// The control plane's API key.
    pub api_key: Option<ApiKey>,
    /// How much to ask.
    pub extent: Extent,
}

/// A key that is sent and never shown.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// The key.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(key)
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey")
    }
}

/// Asks everything that a platform makes worth asking. `line` gets a line for each answer.
///
/// # Errors
/// When the system gives no way to wait for answers.
pub fn inspect(questions: &Questions, options: &Options, line: &dyn Fn(&str)) -> std::io::Result<Facts> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let taken = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let facts = runtime.block_on(facts(questions, options, line, &taken));
    // A name server that does not answer must not keep the process.
    runtime.shutdown_background();
    Ok(facts)
}

async fn facts(questions: &Questions, options: &Options, line: &dyn Fn(&str), taken: &str) -> Facts {
    let recorder = Recorder::new(line);
    let told = &recorder;
    let mut facts = Facts::none(&questions.account, &questions.region, taken);
    let asker = Asker { clients: Clients::new(questions).await, questions, told };
    let first = tokio::join!(asker.caller(), asker.clock(), asker.opted_in());
    (facts.caller, facts.clock, facts.opted_in) = first;
    asker.close_gates(&mut facts);
    if options.extent == Extent::Cheap {
        return facts;
    }
    let place = async { tokio::join!(asker.zones(), asker.vpcs(), asker.peerings(), asker.transit_routes()) };
    let limits = async { tokio::join!(asker.quotas(), asker.used(), asker.nat_gateways()) };
    let nodes = async { tokio::join!(asker.instances(), asker.offers(), asker.spot()) };
    let cluster = async {
        let (versions, cluster, addons) =
            tokio::join!(asker.cluster_versions(), asker.cluster(), asker.cluster_addons());
        let of_addons = asker.addon_versions(&cluster, &addons).await;
        (versions, cluster, addons, of_addons)
    };
    let stores = async { tokio::join!(asker.engine_versions(), asker.orderable(), asker.bucket()) };
    let rights = async {
        tokio::join!(asker.permissions(&facts.caller), asker.service_linked_roles(), asker.oidc_providers())
    };
    let there =
        async { tokio::join!(asker.vpc_dns(), asker.subnets(), asker.route_tables(), asker.endpoints()) };
    let keyed = async {
        let key = asker.key(options).await;
        (asker.registered(options, &key).await, key)
    };
    let outside = async { tokio::join!(asker.domains(options), asker.control_plane(options), keyed) };
    let way_in = async {
        let (zones, certificate, acl) =
            tokio::join!(asker.hosted_zones(), asker.certificate(), asker.web_acl());
        let delegation = asker.zone_delegation(&zones, options).await;
        (zones, delegation, certificate, acl)
    };
    let all = tokio::join!(place, limits, nodes, cluster, stores, rights, there, outside, way_in);
    let (place, limits, nodes, cluster, stores, rights, there, outside, way_in) = all;
    (facts.zones, facts.vpcs, facts.peerings, facts.transit_routes) = place;
    (facts.quotas, facts.used, facts.nat_gateways) = limits;
    (facts.instances, facts.offers, facts.spot) = nodes;
    (facts.cluster_versions, facts.cluster, facts.cluster_addons, facts.addon_versions) = cluster;
    (facts.engine_versions, facts.orderable, facts.bucket) = stores;
    (facts.permissions, facts.service_linked_roles, facts.oidc_providers) = rights;
    (facts.vpc_dns, facts.subnets, facts.route_tables, facts.endpoints) = there;
    (facts.domains, facts.control_plane, (facts.registered_cluster, facts.control_plane_key)) = outside;
    (facts.hosted_zones, facts.zone_delegation, facts.certificate, facts.web_acl) = way_in;
    facts
}

/// Asks the questions of one platform.
struct Asker<'a> {
    clients: Clients,
    questions: &'a Questions,
    told: &'a Recorder<'a>,
}

impl Asker<'_> {
    /// Runs a question, if it is asked, and tells that it was answered.
    async fn ask<T>(
        &self,
        name: &str,
        asked: bool,
        question: impl Future<Output = Result<T, Failure>>,
    ) -> Answer<T> {
        if !asked {
            return Answer::default();
        }
        let answer = match question.await {
            Ok(value) => Answer::Known(value),
            Err(failure) => failure.into_answer(),
        };
        self.told.answered(name, &answer);
        answer
    }
}
