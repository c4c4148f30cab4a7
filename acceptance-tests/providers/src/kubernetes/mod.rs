//! The double of `hashicorp/kubernetes`: the typed objects that the project's layers use, by the API. Unlike helm's, what cannot
//! be asked is an error, and never gone.

mod config_map;
mod data;
mod fields;
mod kind;
mod metadata;
mod namespace;
mod network_policy;
mod object;
mod patch;
mod priority_class;
mod secret;
mod storage_class;
mod wait;

use regex_lite::Regex;
use tfplugin::schema::Schema;
use tfplugin::schema::validators::conflicts_with;
use tfplugin::value::Value;
use tfplugin::{DataSource, Diagnostic, Diagnostics, Named, Resource, Setup, async_trait};

use crate::api::{Api, Error};
use crate::cluster::Settings;
use crate::recorded::KUBERNETES;
use object::Object;

/// The address that configurations name.
pub const ADDRESS: &str = "registry.terraform.io/hashicorp/kubernetes";

/// The provider.
pub struct Provider;

/// What a configured provider works with.
pub struct Kubernetes {
    api: Api,
    /// Annotations and labels of which the state shall have none, unless they are configured.
    ignored: Ignored,
}

/// Keys that are left out of the state.
#[derive(Default)]
struct Ignored {
    annotations: Vec<Regex>,
    labels: Vec<Regex>,
}

#[async_trait]
impl tfplugin::Provider for Provider {
    type Client = Kubernetes;

    fn schema(&self) -> Schema {
        KUBERNETES.provider(crate::recorded::plain).validate(conflicts_with("config_path", ["config_paths"]))
    }

    fn resources(&self) -> Named<dyn Resource<Kubernetes>> {
        fn of<K: kind::Kind>() -> (std::borrow::Cow<'static, str>, Box<dyn Resource<Kubernetes>>) {
            (K::TYPE.into(), Box::new(Object::<K>::new()))
        }
        vec![
            of::<config_map::ConfigMap>(),
            of::<namespace::Namespace>(),
            of::<network_policy::NetworkPolicy>(),
            of::<priority_class::PriorityClass>(),
            of::<secret::Secret>(),
            of::<storage_class::StorageClass>(),
        ]
    }

    fn data_sources(&self) -> Named<dyn DataSource<Kubernetes>> {
        vec![
            (data::NAMESPACE.into(), Box::new(data::Namespace)),
            (data::SERVER_VERSION.into(), Box::new(data::ServerVersion)),
        ]
    }

    /// A configuration that leads to no cluster is told when the first object is asked for: a plan of new objects asks for
    /// none.
    async fn configure(&self, config: &Value, _: &Setup) -> Result<Option<Kubernetes>, Diagnostics> {
        let endpoint = Settings::of(config).endpoint();
        if let Err(why) = &endpoint {
            tracing::warn!(
                "Provider was supplied an invalid configuration. Further operations likely to fail: {why}"
            );
        }
        let ignored = Ignored {
            annotations: expressions(config.get("ignore_annotations"))?,
            labels: expressions(config.get("ignore_labels"))?,
        };
        Ok(Some(Kubernetes { api: Api::new(endpoint), ignored }))
    }
}

fn expressions(configured: &Value) -> Result<Vec<Regex>, Diagnostic> {
    let texts = configured.as_elements().unwrap_or_default().iter().filter_map(Value::as_str);
    texts
        .map(|text| {
            Regex::new(text).map_err(|error| {
                Diagnostic::error(format!("`{text}` is no regular expression")).detail(error.to_string())
            })
        })
        .collect()
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Self::error(error.to_string())
    }
}
