//! A model of the AWS Load Balancer Controller: what others wait for, and what it leaves in AWS.
//!
//! It works only while the Deployment `aws-load-balancer-controller` in `kube-system` has a pod that is ready: whoever uninstalls it
//! first is left with finalizers that nobody takes away, and with what it made in AWS.
//!
//! Real in it: a TargetGroupBinding gets its finalizer, its service's ready endpoints become the targets of its target group, those that
//! are gone are deregistered, and where it asks for networking the security group of the cluster's nodes gets rules, which all
//! bindings share; when it is deleted its targets and rules go first, then the finalizer. Fields that its webhook holds are held by an
//! admission policy that the model keeps while it works. A Service of type LoadBalancer that is the controller's gets a network
//! load balancer with target groups, listeners and security groups, by the tags of the real one, and all of it goes before its
//! finalizer does.
//!
//! What it does not do: no Ingress, no instance targets, no readiness gates, no defaults of its webhooks, no other account, and nothing of
//! annotations but scheme. Pods are on no interface of AWS here: the node's security group is the one of the VPC that carries
//! the cluster's tag.

mod admission;
mod bindings;
mod endpoints;
mod groups;
mod names;
mod rules;
mod services;

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use super::hands::Hands;

const BINDINGS: &str = "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings";
const SERVICES: &str = "/api/v1/services";
const DEPLOYMENT: &str = "/apis/apps/v1/namespaces/kube-system/deployments/aws-load-balancer-controller";

/// What the model remembers: what it has said, and what it says only once. All else is in the cluster and in AWS.
#[derive(Default)]
pub(super) struct LoadBalancers {
    works: bool,
    is_held: bool,
    told: BTreeMap<String, String>,
}

impl LoadBalancers {
    /// Looks at everything once, and takes each thing one step further.
    pub(super) fn round(&mut self, hands: &Hands) -> Result<()> {
        let works = hands.get(DEPLOYMENT)?.is_some_and(|it| it["status"]["readyReplicas"].as_u64() > Some(0));
        if works != self.works {
            hands.say(if works {
                "its Deployment has a ready pod: works"
            } else {
                "its Deployment has no ready pod: rests"
            });
            self.works = works;
            self.is_held = false;
            self.told.clear();
        }
        if !works {
            return Ok(());
        }
        if !self.is_held {
            admission::keep(hands)?;
            self.is_held = true;
        }
        let bindings = hands.list(BINDINGS)?;
        let services: Vec<Value> = hands.list(SERVICES)?.into_iter().filter(services::is_ours).collect();
        // The last binding has taken its rules along: without one there is nothing to ask AWS.
        if !bindings.is_empty() {
            let result = rules::step(hands, &bindings);
            self.tell(hands, "rules of nodes", &result);
        }
        for binding in &bindings {
            let result = bindings::step(hands, binding, &bindings);
            self.tell(hands, &bindings::title(binding), &result);
        }
        for service in &services {
            let result = services::step(hands, service);
            self.tell(hands, &services::title(service), &result);
        }
        Ok(())
    }

    /// Why nothing comes of an object, once; it is tried again in the next round.
    fn tell(&mut self, hands: &Hands, title: &str, result: &Result<()>) {
        let said = result.as_ref().err().map(|error| format!("{error:#}")).unwrap_or_default();
        let told = self.told.entry(title.to_owned()).or_default();
        if *told != said {
            hands.say(&format!("{title}: {}", if said.is_empty() { "goes on" } else { &said }));
            *told = said;
        }
    }
}
