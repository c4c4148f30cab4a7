//! What the caller may do, and roles of services.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::PolicyEvaluationDecisionType as Decision;
use futures_util::future::join_all;

use super::Asker;
use super::failure::Failure;
use super::pace::Service::Iam;
use super::pages::{listed, told};
use crate::facts::{Answer, Caller, Verdict, Why};
use crate::plan::names::Arn;

/// How many actions one simulation takes.
const BATCH: usize = 50;
/// The most pages of one simulation.
const PAGES: usize = 20;

impl Asker<'_> {
    pub(super) async fn permissions(&self, caller: &Answer<Caller>) -> Answer<BTreeMap<String, Verdict>> {
        self.ask("permissions", !self.questions.actions.is_empty(), async {
            let arn = match caller {
                Answer::Known(caller) => self.principal(&caller.arn).await?,
                other => return Err(unknown(other)),
            };
            let all: Vec<String> = self.questions.actions.iter().cloned().collect();
            let mut verdicts = self.simulated(&arn, &all, None).await?;
            // What is allowed for some resources only is not allowed for `*`: those that the tree makes are tried.
            let doubtful: Vec<String> = verdicts
                .iter()
                .filter(|(_, verdict)| matches!(verdict, Verdict::NotAllowed | Verdict::Depends))
                .map(|(action, _)| action.clone())
                .collect();
            let tried = by_service(&doubtful)
                .into_iter()
                .map(|(service, actions)| (self.resources(&service), actions))
                .filter(|(resources, _)| !resources.is_empty());
            let arn = &arn;
            let tried = tried.map(|(resources, actions)| async move {
                self.simulated(arn, &actions, Some(resources)).await
            });
            for verdict in join_all(tried).await {
                verdicts.extend(verdict?);
            }
            Ok(verdicts)
        })
        .await
    }

    /// The user, or the role whose session the caller has.
    async fn principal(&self, text: &str) -> Result<String, Failure> {
        let (name, alone) = match principal(text)? {
            Principal::Itself => return Ok(text.to_owned()),
            Principal::Session { name, alone } => (name, alone),
        };
        // The session does not tell the role's path, without which IAM does not find it.
        let action = "iam:GetRole";
        let request = self.clients.iam.get_role().role_name(name).send();
        match self.clients.ask_home(Iam, action, request).await {
            Ok(found) => Ok(told(action, "Role", found.role)?.arn),
            Err(Failure { why: Why::Denied, .. }) => Ok(alone),
            Err(failure) => Err(Failure { absent: false, ..failure }),
        }
    }

    /// Simulates each action, for all resources, or for any of these.
    async fn simulated(
        &self,
        arn: &str,
        actions: &[String],
        resources: Option<Vec<String>>,
    ) -> Result<BTreeMap<String, Verdict>, Failure> {
        let batches = actions.chunks(BATCH).map(|batch| self.batch(arn, batch, resources.clone()));
        let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
        for batch in join_all(batches).await {
            for (action, verdict) in batch? {
                verdicts
                    .entry(action)
                    .and_modify(|known| *known = better(*known, verdict))
                    .or_insert(verdict);
            }
        }
        Ok(verdicts)
    }

    async fn batch(
        &self,
        arn: &str,
        actions: &[String],
        resources: Option<Vec<String>>,
    ) -> Result<Vec<(String, Verdict)>, Failure> {
        let action = "iam:SimulatePrincipalPolicy";
        let mut verdicts = Vec::new();
        let mut marker = None;
        for _ in 0..PAGES {
            let request = self
                .clients
                .iam
                .simulate_principal_policy()
                .policy_source_arn(arn)
                .set_action_names(Some(actions.to_vec()))
                .set_resource_arns(resources.clone())
                .max_items(1000)
                .set_marker(marker);
            let page = self.clients.ask_home(Iam, action, request.send()).await;
            let page = page.map_err(|failure| Failure { absent: false, ..failure })?;
            for result in listed(action, page.evaluation_results)? {
                let depends = !result.missing_context_values().is_empty();
                let verdict = match &result.eval_decision {
                    Decision::Allowed => Verdict::Allowed,
                    Decision::ExplicitDeny => Verdict::Forbidden,
                    Decision::ImplicitDeny if depends => Verdict::Depends,
                    Decision::ImplicitDeny => Verdict::NotAllowed,
                    other => {
                        let text = format!("`{action}` decides `{}`", other.as_str());
                        return Err(Failure::new(Why::Unreadable, text));
                    }
                };
                verdicts.push((result.eval_action_name, verdict));
            }
            if !page.is_truncated {
                return Ok(verdicts);
            }
            marker = Some(told(action, "Marker", page.marker)?);
        }
        Err(Failure::incomplete(format!("`{action}` has more than {PAGES} pages")))
    }

    /// Resources of a service as the tree names them.
    fn resources(&self, service: &str) -> Vec<String> {
        let q = self.questions;
        let (partition, region, account, name) = (q.partition, &q.region, &q.account, &q.platform);
        let of = |service: &str, resource: String| {
            format!("arn:{partition}:{service}:{region}:{account}:{resource}")
        };
        let iam = |resource: String| format!("arn:{partition}:iam::{account}:{resource}");
        match service {
            "iam" => vec![
                iam(format!("role/{name}-cluster-0")),
                iam(format!("policy/{name}-platform-0")),
                iam(format!("instance-profile/{name}")),
                iam("oidc-provider/oidc.eks".to_owned()),
            ],
            "eks" => vec![
                of("eks", format!("cluster/{}", q.cluster)),
                of("eks", format!("nodegroup/{}/system/0", q.cluster)),
                of("eks", format!("addon/{}/vpc-cni/0", q.cluster)),
            ],
            "s3" => vec![
                format!("arn:{partition}:s3:::{}", q.bucket),
                format!("arn:{partition}:s3:::{}-logs", q.bucket),
            ],
            "kms" => vec![of("kms", "key/0".to_owned()), of("kms", format!("alias/{name}"))],
            "rds" => vec![
                of("rds", format!("db:{name}")),
                of("rds", format!("subgrp:{name}-0")),
                of("rds", format!("pg:{name}-postgres-0")),
            ],
            "logs" => vec![
                of("logs", format!("log-group:/aws/eks/{}/cluster", q.cluster)),
                of("logs", format!("log-group:/aws/vpc/{name}")),
            ],
            "sqs" => vec![of("sqs", q.cluster.clone()), of("sqs", format!("{name}-karpenter"))],
            "events" => vec![of("events", format!("rule/{name}-karpenter"))],
            "ecr" => vec![of("ecr", format!("repository/{name}/model"))],
            "secretsmanager" => vec![of("secretsmanager", format!("secret:{name}-0"))],
            "elasticfilesystem" => vec![of("elasticfilesystem", "file-system/fs-0".to_owned())],
            "ec2" => [
                "vpc/vpc-0",
                "subnet/subnet-0",
                "security-group/sg-0",
                "natgateway/nat-0",
                "elastic-ip/eipalloc-0",
            ]
            .map(|resource| of("ec2", resource.to_owned()))
            .into(),
            _ => Vec::new(),
        }
    }

    pub(super) async fn service_linked_roles(&self) -> BTreeMap<String, Answer<String>> {
        let action = "iam:GetRole";
        let answers = self.questions.signatories.iter().map(|one| async move {
            let question = async {
                let request = self.clients.iam.get_role().role_name(one.role).send();
                let found = self.clients.ask_home(Iam, action, request).await?;
                Ok(told(action, "Role", found.role)?.arn)
            };
            (one.name.to_owned(), self.ask(one.role, true, question).await)
        });
        join_all(answers).await.into_iter().collect()
    }

    pub(super) async fn oidc_providers(&self) -> Answer<Vec<String>> {
        self.ask("OIDC providers", self.questions.oidc_providers, self.every_provider()).await
    }

    pub(super) async fn every_provider(&self) -> Result<Vec<String>, Failure> {
        let action = "iam:ListOpenIDConnectProviders";
        let request = self.clients.iam.list_open_id_connect_providers().send();
        let found = self.clients.ask_home(Iam, action, request).await?;
        let found = listed(action, found.open_id_connect_provider_list)?;
        Ok(found.into_iter().filter_map(|one| one.arn).collect())
    }
}

/// Whose policies are simulated.
#[derive(Debug, PartialEq, Eq)]
enum Principal<'a> {
    /// The caller's own.
    Itself,
    /// Those of a role: its name, and its ARN if it has no path.
    Session { name: &'a str, alone: String },
}

fn principal(text: &str) -> Result<Principal<'_>, Failure> {
    let arn = Arn::parse(text);
    let arn = arn.ok_or_else(|| Failure::new(Why::Unreadable, format!("`{text}` is not an ARN")))?;
    let mut parts = arn.resource.split('/');
    match (parts.next(), parts.next()) {
        (Some("user"), Some(_)) => Ok(Principal::Itself),
        (Some("assumed-role"), Some(name)) => Ok(Principal::Session {
            name,
            alone: format!("arn:{}:iam::{}:role/{name}", arn.partition, arn.account),
        }),
        (Some("root"), _) => {
            Err(Failure::new(Why::Denied, "IAM simulates no policies for the root user of an account"))
        }
        _ => Err(Failure::new(Why::Denied, format!("IAM simulates no policies for `{text}`"))),
    }
}

fn unknown<T>(answer: &Answer<T>) -> Failure {
    match answer {
        Answer::Unchecked { why, text } => Failure::new(*why, text.clone()),
        _ => Failure::incomplete("the answer is empty"),
    }
}

/// Of two resources, the one for which more is allowed.
fn better(a: Verdict, b: Verdict) -> Verdict {
    let order = [Verdict::Allowed, Verdict::Depends, Verdict::NotAllowed, Verdict::Forbidden];
    order.into_iter().find(|verdict| *verdict == a || *verdict == b).unwrap_or(a)
}

/// Actions by what stands before their colon.
fn by_service(actions: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut services: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for action in actions {
        let service = action.split(':').next().unwrap_or_default();
        services.entry(service.to_owned()).or_default().insert(action.clone());
    }
    services.into_iter().map(|(service, actions)| (service, actions.into_iter().collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_those_of_the_user_or_of_the_role() {
        assert_eq!(principal("arn:aws:iam::123456789012:user/team/a"), Ok(Principal::Itself));
        assert_eq!(
            principal("arn:aws-cn:sts::123456789012:assumed-role/deployer/me"),
            Ok(Principal::Session {
                name: "deployer",
                alone: "arn:aws-cn:iam::123456789012:role/deployer".to_owned()
            })
        );
        let denied = |text: &str| Err(Failure::new(Why::Denied, text));
        assert_eq!(
            principal("arn:aws:iam::123456789012:root"),
            denied("IAM simulates no policies for the root user of an account")
        );
        assert_eq!(
            principal("arn:aws:sts::123456789012:federated-user/a"),
            denied("IAM simulates no policies for `arn:aws:sts::123456789012:federated-user/a`")
        );
        assert_eq!(principal("me"), Err(Failure::new(Why::Unreadable, "`me` is not an ARN")));
    }

    #[test]
    fn of_two_resources_the_one_that_is_allowed_counts() {
        assert_eq!(better(Verdict::NotAllowed, Verdict::Allowed), Verdict::Allowed);
        assert_eq!(better(Verdict::Depends, Verdict::NotAllowed), Verdict::Depends);
        assert_eq!(better(Verdict::Forbidden, Verdict::Forbidden), Verdict::Forbidden);
        let actions = ["eks:A", "iam:B", "eks:C"].map(str::to_owned);
        let by_service = by_service(&actions);
        assert_eq!(by_service["eks"], ["eks:A", "eks:C"]);
    }
}
