//! Some instance types of EC2: enough that each pool of a platform finds some. What they cost is not here, only an order in
//! which one is dearer than another.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::nodes::NodeGroup;

/// Labels of one object.
pub(super) type Labels = BTreeMap<String, String>;

/// What a family of instance types has alike.
struct Family {
    name: &'static str,
    arch: &'static str,
    maker: &'static str,
    /// Memory for each virtual processor.
    gib_per_vcpu: u64,
    device: Option<Device>,
    sizes: &'static [Size],
}

/// What is beside the processors.
#[derive(Clone, Copy)]
struct Device {
    resource: &'static str,
    /// `gpu` or `accelerator`, in the names of labels.
    kind: &'static str,
    name: &'static str,
    maker: &'static str,
    memory_mib: u64,
    cost: u64,
}

/// Name, virtual processors, the most pods (by network interfaces and their addresses), devices.
type Size = (&'static str, u64, u64, u64);

const GENERAL: &[Size] = &[
    ("large", 2, 29, 0),
    ("xlarge", 4, 58, 0),
    ("2xlarge", 8, 58, 0),
    ("4xlarge", 16, 234, 0),
    ("8xlarge", 32, 234, 0),
    ("12xlarge", 48, 234, 0),
    ("16xlarge", 64, 737, 0),
    ("24xlarge", 96, 737, 0),
];
/// What those on Arm have.
const UP_TO_16: &[Size] = GENERAL.split_at(7).0;
const GRAPHICS: &[Size] = &[
    ("xlarge", 4, 58, 1),
    ("2xlarge", 8, 58, 1),
    ("4xlarge", 16, 234, 1),
    ("8xlarge", 32, 234, 1),
    ("12xlarge", 48, 737, 4),
    ("16xlarge", 64, 234, 1),
    ("24xlarge", 96, 737, 4),
    ("48xlarge", 192, 737, 8),
];
const INFERENCE: &[Size] =
    &[("xlarge", 4, 58, 1), ("8xlarge", 32, 234, 1), ("24xlarge", 96, 737, 6), ("48xlarge", 192, 737, 12)];

const fn nvidia(name: &'static str, memory_mib: u64, cost: u64) -> Option<Device> {
    Some(Device { resource: "nvidia.com/gpu", kind: "gpu", name, maker: "nvidia", memory_mib, cost })
}

const INFERENTIA: Option<Device> = Some(Device {
    resource: "aws.amazon.com/neuron",
    kind: "accelerator",
    name: "inferentia",
    maker: "aws",
    memory_mib: 32_768,
    cost: 300,
});

const fn family(
    name: &'static str,
    maker: &'static str,
    gib_per_vcpu: u64,
    device: Option<Device>,
    sizes: &'static [Size],
) -> Family {
    Family { name, arch: "amd64", maker, gib_per_vcpu, device, sizes }
}

const fn on_arm(name: &'static str, gib_per_vcpu: u64) -> Family {
    Family { name, arch: "arm64", maker: "aws", gib_per_vcpu, device: None, sizes: UP_TO_16 }
}

const FAMILIES: &[Family] = &[
    family("c7i", "intel", 2, None, GENERAL),
    family("m7i", "intel", 4, None, GENERAL),
    family("r7i", "intel", 8, None, GENERAL),
    family("c7a", "amd", 2, None, GENERAL),
    family("m7a", "amd", 4, None, GENERAL),
    family("r7a", "amd", 8, None, GENERAL),
    family("c6i", "intel", 2, None, GENERAL),
    family("m6i", "intel", 4, None, GENERAL),
    family("r6i", "intel", 8, None, GENERAL),
    on_arm("c7g", 2),
    on_arm("m7g", 4),
    on_arm("r7g", 8),
    family("g5", "amd", 4, nvidia("a10g", 24_576, 500), GRAPHICS),
    family("g6", "amd", 4, nvidia("l4", 22_888, 400), GRAPHICS),
    family("p4d", "intel", 12, nvidia("a100", 40_960, 3000), &[("24xlarge", 96, 737, 8)]),
    family("p5", "amd", 10, nvidia("h100", 81_920, 9000), &[("48xlarge", 192, 737, 8)]),
    family("inf2", "amd", 4, INFERENTIA, INFERENCE),
];

/// One instance type.
pub(super) struct InstanceType {
    pub(super) name: String,
    pub(super) labels: Labels,
    /// What one costs more than another by, without a unit.
    pub(super) cost: u64,
    vcpus: u64,
    memory_mib: u64,
    pods: u64,
    devices: Option<(Device, u64)>,
}

impl InstanceType {
    /// All that are known here.
    pub(super) fn all() -> Vec<Self> {
        FAMILIES.iter().flat_map(|family| family.sizes.iter().map(|size| Self::of(family, *size))).collect()
    }

    /// One of them.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|instance| instance.name == name)
    }

    fn of(family: &Family, (size, vcpus, pods, devices): Size) -> Self {
        let memory_mib = vcpus * family.gib_per_vcpu * 1024;
        let devices = family.device.map(|device| (device, devices));
        // More memory, an older generation, and other makers' processors make small differences, so that there are few ties.
        let maker = match family.maker {
            "aws" => 80,
            "intel" => 100,
            _ => 105,
        };
        let generation = if family.name.contains('6') { 2 } else { 0 };
        let cost = (vcpus * 10 + memory_mib / 512) * (maker + generation) / 100
            + devices.map_or(0, |(device, count)| device.cost * count);
        let name = format!("{}.{size}", family.name);
        let mut labels = labels(family, size, vcpus, memory_mib);
        if let Some((device, count)) = devices {
            let mut put = |what: &str, value: String| {
                labels.insert(format!("karpenter.k8s.aws/instance-{}-{what}", device.kind), value);
            };
            put("name", device.name.to_owned());
            put("manufacturer", device.maker.to_owned());
            put("count", count.to_string());
            if device.kind == "gpu" {
                put("memory", device.memory_mib.to_string());
            }
        }
        Self { name, labels, cost, vcpus, memory_mib, pods, devices }
    }

    /// Capacity and allocatable of a node, with the most pods that a node class says, if it does.
    pub(super) fn resources(&self, most_pods: Option<u64>) -> (Value, Value) {
        let group = NodeGroup {
            name: String::new(),
            count: 1,
            instance_type: self.name.clone(),
            vcpus: self.vcpus,
            memory_mib: self.memory_mib,
            pods: most_pods.unwrap_or(self.pods),
            labels: BTreeMap::new(),
            taints: Vec::new(),
        };
        let (mut capacity, mut allocatable) = (group.capacity(), group.allocatable());
        for resources in [&mut capacity, &mut allocatable] {
            if let Some((device, count)) = self.devices {
                resources[device.resource] = json!(count.to_string());
                if device.maker == "aws" {
                    resources["aws.amazon.com/neuroncore"] = json!((2 * count).to_string());
                }
            }
        }
        (capacity, allocatable)
    }
}

/// The labels that an instance type gives to its nodes.
fn labels(family: &Family, size: &str, vcpus: u64, memory_mib: u64) -> Labels {
    let category = if family.name == "inf2" { "inf" } else { family.name.get(..1).unwrap_or_default() };
    let generation: String = family.name.chars().filter(char::is_ascii_digit).collect();
    let of_aws = |key: &str| format!("karpenter.k8s.aws/instance-{key}");
    Labels::from([
        ("kubernetes.io/arch".to_owned(), family.arch.to_owned()),
        ("kubernetes.io/os".to_owned(), "linux".to_owned()),
        ("node.kubernetes.io/instance-type".to_owned(), format!("{}.{size}", family.name)),
        (of_aws("category"), category.to_owned()),
        (of_aws("family"), family.name.to_owned()),
        (of_aws("generation"), generation),
        (of_aws("size"), size.to_owned()),
        (of_aws("cpu"), vcpus.to_string()),
        (of_aws("cpu-manufacturer"), family.maker.to_owned()),
        (of_aws("memory"), memory_mib.to_string()),
        (of_aws("hypervisor"), "nitro".to_owned()),
        (of_aws("encryption-in-transit-supported"), "true".to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> InstanceType {
        InstanceType::named(name).unwrap()
    }

    #[test]
    fn an_instance_type_has_the_labels_that_pools_ask_for() {
        let small = named("m7i.large");
        let expected = json!({
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/os": "linux",
            "node.kubernetes.io/instance-type": "m7i.large",
            "karpenter.k8s.aws/instance-category": "m",
            "karpenter.k8s.aws/instance-family": "m7i",
            "karpenter.k8s.aws/instance-generation": "7",
            "karpenter.k8s.aws/instance-size": "large",
            "karpenter.k8s.aws/instance-cpu": "2",
            "karpenter.k8s.aws/instance-cpu-manufacturer": "intel",
            "karpenter.k8s.aws/instance-memory": "8192",
            "karpenter.k8s.aws/instance-hypervisor": "nitro",
            "karpenter.k8s.aws/instance-encryption-in-transit-supported": "true",
        });
        assert_eq!(json!(small.labels), expected);
        assert_eq!(named("inf2.xlarge").labels["karpenter.k8s.aws/instance-category"], "inf");
        assert_eq!(named("p4d.24xlarge").labels["karpenter.k8s.aws/instance-generation"], "4");
    }

    #[test]
    fn devices_are_resources_of_a_node() {
        let (capacity, allocatable) = named("g5.12xlarge").resources(None);
        assert_eq!(capacity["nvidia.com/gpu"], "4");
        assert_eq!(allocatable["nvidia.com/gpu"], "4");
        assert_eq!(named("inf2.xlarge").resources(Some(110)).1["aws.amazon.com/neuroncore"], "2");
        assert_eq!(named("m7i.large").resources(None).1["cpu"], "1930m");
    }

    #[test]
    fn more_is_dearer() {
        assert!(named("m7i.large").cost < named("m7i.xlarge").cost);
        assert!(named("c7i.large").cost < named("m7i.large").cost);
        assert!(named("m7i.24xlarge").cost < named("p4d.24xlarge").cost);
    }
}
