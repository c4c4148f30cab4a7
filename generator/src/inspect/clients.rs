//! Clients of AWS, and the gates before them.

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::failure::{Failure, short};
use super::http::configured as configured_address;
use super::pace::{Pace, Service};
use crate::facts::{Questions, Why};

/// How often a request goes out at most: the SDK repeats what is throttled or lost.
const ATTEMPTS: u32 = 4;
/// The longest that credentials may take: from a browser's sign-in they are there already.
const CREDENTIALS: Duration = Duration::from_secs(20);

/// One client for each service; `home` ones ask a region that every account has.
pub(super) struct Clients {
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) home_ec2: aws_sdk_ec2::Client,
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) eks: aws_sdk_eks::Client,
    pub(super) rds: aws_sdk_rds::Client,
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) home_quotas: aws_sdk_servicequotas::Client,
    pub(super) quotas: aws_sdk_servicequotas::Client,
    pub(super) elb: aws_sdk_elasticloadbalancingv2::Client,
    /// What requests that are signed here are signed with.
    pub(super) credentials: Result<Credentials, Failure>,
    pace: Pace,
    home: &'static str,
    region: String,
    /// Why nothing more is asked.
    gate: OnceLock<Failure>,
    /// Why nothing more is asked of the region.
    regional_gate: OnceLock<Failure>,
}

impl Clients {
    pub(super) async fn new(questions: &Questions) -> Self {
        let config = configured(questions).await;
        let credentials = credentials(&config, CREDENTIALS).await;
        // Found once, and not by each client again.
        let config = match &credentials {
            Ok(found) => {
                let found = SharedCredentialsProvider::new(found.clone());
                config.into_builder().credentials_provider(found).build()
            }
            Err(_) => config,
        };
        let home = config.clone().into_builder().region(Region::new(questions.home)).build();
        let gate = OnceLock::new();
        if let Err(failure) = &credentials {
            let _ = gate.set(failure.clone());
        }
        Self {
            sts: aws_sdk_sts::Client::new(&home),
            home_ec2: aws_sdk_ec2::Client::new(&home),
            ec2: aws_sdk_ec2::Client::new(&config),
            eks: aws_sdk_eks::Client::new(&config),
            rds: aws_sdk_rds::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&home),
            home_quotas: aws_sdk_servicequotas::Client::new(&home),
            quotas: aws_sdk_servicequotas::Client::new(&config),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(&config),
            credentials,
            pace: Pace::new(),
            home: questions.home,
            region: questions.region.clone(),
            gate,
            regional_gate: OnceLock::new(),
        }
    }

    /// From now on nothing is asked.
    pub(super) fn close(&self, failure: Failure) {
        let _ = self.gate.set(failure);
    }

    /// From now on nothing is asked of the region.
    pub(super) fn close_region(&self, failure: Failure) {
        let _ = self.regional_gate.set(failure);
    }

    /// Why nothing is asked of the region, if so.
    pub(super) fn closed(&self) -> Option<&Failure> {
        self.gate.get().or_else(|| self.regional_gate.get())
    }

    /// One request to the region.
    pub(super) async fn ask<T, E>(
        &self,
        service: Service,
        action: &str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if let Some(failure) = self.closed() {
            return Err(failure.clone());
        }
        let _turn = self.pace.turn(service).await;
        request.await.map_err(|error| Failure::of(action, &self.place(service, false), false, &error))
    }

    /// One request to what every account has.
    pub(super) async fn ask_home<T, E>(
        &self,
        service: Service,
        action: &str,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        if let Some(failure) = self.gate.get() {
            return Err(failure.clone());
        }
        let _turn = self.pace.turn(service).await;
        request.await.map_err(|error| Failure::of(action, &self.place(service, true), true, &error))
    }

    /// Where a service is asked, for messages.
    fn place(&self, service: Service, home: bool) -> String {
        let (variable, name) = service.names();
        let region = if home { self.home } else { &self.region };
        configured_address(variable).unwrap_or_else(|| format!("{name} in {region}"))
    }
}

/// What is configured on the machine (profile, endpoints), with our bounds.
async fn configured(questions: &Questions) -> SdkConfig {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(250))
        .with_max_backoff(Duration::from_secs(2));
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_secs(40))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(retries)
        .timeout_config(timeouts)
        .region(Region::new(questions.region.clone()))
        .load()
        .await
}

async fn credentials(config: &SdkConfig, limit: Duration) -> Result<Credentials, Failure> {
    let none = |text: String| Failure::new(Why::Credentials, text);
    let Some(provider) = config.credentials_provider() else {
        return Err(none("no way to credentials is configured".to_owned()));
    };
    match tokio::time::timeout(limit, provider.provide_credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        Ok(Err(error)) => {
            let mut cause: &dyn std::error::Error = &error;
            while let Some(source) = cause.source() {
                cause = source;
            }
            Err(none(format!("none were found: {}", short(&cause.to_string()))))
        }
        Err(_) => Err(none("none were found in time".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::future::ProvideCredentials as Found;

    use super::*;

    /// Finds nothing, at once or never.
    #[derive(Debug)]
    struct Empty {
        ever: bool,
    }

    impl ProvideCredentials for Empty {
        fn provide_credentials<'a>(&'a self) -> Found<'a>
        where
            Self: 'a,
        {
            if self.ever {
                Found::ready(Err(CredentialsError::not_loaded("nothing is there")))
            } else {
                Found::new(std::future::pending())
            }
        }
    }

    fn failed(config: &SdkConfig) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(credentials(config, Duration::from_millis(10))).unwrap_err().text
    }

    #[test]
    fn credentials_that_are_not_there_are_told_with_their_cause() {
        let with = |provider: Empty| {
            SdkConfig::builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
        };
        assert_eq!(failed(&SdkConfig::builder().build()), "no way to credentials is configured");
        assert_eq!(failed(&with(Empty { ever: true })), "none were found: nothing is there");
        assert_eq!(failed(&with(Empty { ever: false })), "none were found in time");
    }
}
