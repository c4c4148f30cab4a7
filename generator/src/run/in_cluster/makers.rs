//! Who made an object: the tree, or somebody else.

use std::collections::BTreeMap;

use super::super::commands::Failed;
use super::api::{Ask, METADATA, METADATA_ONLY};
use super::kinds::Kind;
use super::objects::{Object, Owner};
use super::removal::Removal;

/// How far owners are followed: a pod of a replica set of a deployment of a custom resource of another one, and some more.
const DEEPEST: u32 = 8;

/// What controllers of ours make by themselves, and own by no reference.
const BY_CONTROLLERS: [(&str, &str); 1] = [("appprojects.argoproj.io", "argocd/default")];
/// The labels of objects that the load balancer controller makes for an Ingress or a Service, which are listed themselves.
const BY_LABEL: [&str; 3] = ["ingress.k8s.aws/stack", "service.k8s.aws/stack-name", "gateway.k8s.aws/stack"];

/// Who made what, as far as it was asked.
pub(super) struct Makers<'a, A> {
    cluster: &'a A,
    kinds: &'a [Kind],
    removal: &'a Removal,
    /// By their identifiers; `None` for owners that are gone.
    known: BTreeMap<String, Option<Object>>,
    /// The stateful sets of namespaces.
    sets: BTreeMap<String, Vec<Object>>,
}

impl<'a, A: Ask> Makers<'a, A> {
    pub(super) fn new(cluster: &'a A, kinds: &'a [Kind], removal: &'a Removal) -> Self {
        Self { cluster, kinds, removal, known: BTreeMap::new(), sets: BTreeMap::new() }
    }

    /// Takes note of objects that may own others, so that they need not be asked for.
    pub(super) fn know(&mut self, objects: &[Object]) {
        self.known.extend(objects.iter().map(|object| (object.uid.clone(), Some(object.clone()))));
    }

    /// Whether the tree made an object: it is part of one of its releases, or belongs to one that is.
    pub(super) fn is_ours(&mut self, object: &Object) -> Result<bool, Failed> {
        self.is_ours_within(object, DEEPEST)
    }

    fn is_ours_within(&mut self, object: &Object, deep: u32) -> Result<bool, Failed> {
        if self.is_made_by_the_tree(object) {
            return Ok(true);
        }
        if deep == 0 {
            return Ok(false);
        }
        for owner in &object.owners {
            if let Some(owner) = self.owner(owner, &object.namespace)?
                && self.is_ours_within(&owner, deep - 1)?
            {
                return Ok(true);
            }
        }
        if object.kind == "persistentvolumeclaims" {
            return self.is_claim_of_ours(object, deep);
        }
        Ok(false)
    }

    fn is_made_by_the_tree(&self, object: &Object) -> bool {
        let by_release = object.release().is_some_and(|release| self.removal.ours.contains(&release));
        let by_manifest = self.kinds.iter().find(|kind| kind.name() == object.kind).is_some_and(|kind| {
            let parts = [&kind.group, &kind.kind, &object.namespace, &object.name];
            self.removal.manifests.contains(&parts.map(String::clone))
        });
        let by_controller = BY_CONTROLLERS.contains(&(object.kind.as_str(), object.place().as_str()))
            || BY_LABEL.iter().any(|label| object.labels.contains_key(*label));
        by_release || by_manifest || by_controller
    }

    fn owner(&mut self, owner: &Owner, namespace: &str) -> Result<Option<Object>, Failed> {
        if let Some(known) = self.known.get(&owner.uid) {
            return Ok(known.clone());
        }
        let found = match self.kind(owner) {
            Some(kind) => {
                let answer = self.cluster.get(&kind.path_of(namespace, &owner.name), METADATA)?;
                answer
                    .map(|answer| Object::read(&kind.name(), &answer))
                    .filter(|found| found.uid == owner.uid)
            }
            None => None,
        };
        self.known.insert(owner.uid.clone(), found.clone());
        Ok(found)
    }

    fn kind(&self, owner: &Owner) -> Option<Kind> {
        let core = [("pods", "Pod", true), ("services", "Service", true), ("nodes", "Node", false)];
        if owner.group.is_empty() {
            let found = core.into_iter().find(|(_, kind, _)| *kind == owner.kind);
            return found.map(|(plural, kind, namespaced)| Kind::core(plural, kind, namespaced));
        }
        self.kinds.iter().find(|kind| kind.group == owner.group && kind.kind == owner.kind).cloned()
    }

    /// Claims of a stateful set name it and not more: `TEMPLATE-SET-NUMBER`.
    fn is_claim_of_ours(&mut self, claim: &Object, deep: u32) -> Result<bool, Failed> {
        let Some((stem, number)) = claim.name.rsplit_once('-') else { return Ok(false) };
        if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
            return Ok(false);
        }
        if !self.sets.contains_key(&claim.namespace) {
            let path = format!("/apis/apps/v1/namespaces/{}/statefulsets", claim.namespace);
            let answer = self.cluster.get(&path, METADATA_ONLY)?.unwrap_or_default();
            self.sets.insert(claim.namespace.clone(), Object::all("statefulsets.apps", &answer));
        }
        let sets = self.sets.get(&claim.namespace).cloned().unwrap_or_default();
        for set in sets.iter().filter(|set| stem.ends_with(&format!("-{}", set.name))) {
            if self.is_ours_within(set, deep - 1)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
