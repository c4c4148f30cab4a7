//! The address plan: which zone gets which part of the VPC's block.
//!
//! A zone's slot fixes its addresses; which slot it has is recorded with the tree, so that its place in the file means nothing. The `network`
//! module computes the same plan in HCL.
//!
//! The block of prefix P has 8 equal slots (P+3), one per zone. In a slot, private is the first half, public the eighth
//! that follows, database and intra the two sixteenths after it; the last quarter stays free.

use std::net::Ipv4Addr;

use ipnet::{IpNet, Ipv4Net};

use crate::spec::patterns;

/// At most so many zones at once.
pub const MAX_ZONES: usize = 6;

/// The slots of a block. Two more than zones, for one that comes while another goes.
pub const SLOTS: usize = 8;

/// The prefixes that a block may have: /20 is the least that the platform's vendor supports, /16 the most that AWS
/// allows.
pub const PREFIXES: std::ops::RangeInclusive<u8> = 16..=20;

/// The blocks of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZonePlan {
    /// Nodes and internal load balancers.
    pub private: Ipv4Net,
    /// NAT gateways and public load balancers.
    pub public: Ipv4Net,
    /// Databases; no route to the internet.
    pub database: Ipv4Net,
    /// Cluster control-plane interfaces and endpoints; no route to the internet.
    pub intra: Ipv4Net,
    /// Pods, when they have a block of their own.
    pub pods: Option<Ipv4Net>,
}

/// The IPv4 block that a text is. One with leading zeros is none: `010.0.0.0` is 8.0.0.0 to some and 10.0.0.0 to others.
#[must_use]
pub fn block(text: &str) -> Option<Ipv4Net> {
    text.parse().ok().filter(|_| patterns::BLOCK.fits(text))
}

/// The block of IPv4 or IPv6 that a text is.
#[must_use]
pub fn any_block(text: &str) -> Option<IpNet> {
    match text.parse().ok()? {
        IpNet::V4(_) => block(text).map(IpNet::V4),
        IpNet::V6(block) => {
            let prefix = text.split('/').nth(1)?;
            (prefix == block.prefix_len().to_string()).then_some(IpNet::V6(block))
        }
    }
}

/// Part `number` of the `2^bits` equal parts of `block`: the same as Terraform's `cidrsubnet`.
///
/// `None` when there is no such part.
pub fn subnet(block: Ipv4Net, bits: u8, number: u32) -> Option<Ipv4Net> {
    let prefix = block.prefix_len().checked_add(bits).filter(|p| *p <= 32)?;
    if u64::from(number) >= 1_u64 << bits {
        return None;
    }
    let size = 1_u64 << (32 - prefix);
    let first = u64::from(u32::from(block.network())) + u64::from(number) * size;
    Ipv4Net::new(Ipv4Addr::from(u32::try_from(first).ok()?), prefix).ok()
}

/// The blocks of the zone in slot number `index`, counted from 0. `None` when the slot or the prefix does not fit the plan.
pub fn zone_plan(vpc: Ipv4Net, pods: Option<Ipv4Net>, index: usize) -> Option<ZonePlan> {
    if index >= SLOTS || !PREFIXES.contains(&vpc.prefix_len()) {
        return None;
    }
    let index = u32::try_from(index).ok()?;
    let slot = subnet(vpc, 3, index)?;
    let pods = match pods {
        Some(block) if PREFIXES.contains(&block.prefix_len()) => Some(subnet(block, 3, index)?),
        Some(_) => return None,
        None => None,
    };
    Some(ZonePlan {
        private: subnet(slot, 1, 0)?,
        public: subnet(slot, 3, 4)?,
        database: subnet(slot, 4, 10)?,
        intra: subnet(slot, 4, 11)?,
        pods,
    })
}

/// Whether two blocks share an address.
pub fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b) || b.contains(&a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    #[test]
    fn blocks_of_a_16() {
        let plan = zone_plan(net("10.20.0.0/16"), Some(net("100.64.0.0/16")), 1).unwrap();
        assert_eq!(plan.private, net("10.20.32.0/20"));
        assert_eq!(plan.public, net("10.20.48.0/22"));
        assert_eq!(plan.database, net("10.20.52.0/23"));
        assert_eq!(plan.intra, net("10.20.54.0/23"));
        assert_eq!(plan.pods, Some(net("100.64.32.0/19")));
    }

    #[test]
    fn the_smallest_block_still_gives_what_the_vendor_asks() {
        let plan = zone_plan(net("10.0.0.0/20"), None, 0).unwrap();
        assert_eq!(plan.private, net("10.0.0.0/24"));
        assert_eq!(plan.public, net("10.0.1.0/26"));
        assert_eq!(plan.database.prefix_len(), 27);
        assert_eq!(plan.intra.prefix_len(), 27);
    }

    #[test]
    fn what_does_not_fit_has_no_plan() {
        assert_eq!(zone_plan(net("10.0.0.0/21"), None, 0), None);
        assert_eq!(zone_plan(net("10.0.0.0/15"), None, 0), None);
        assert_eq!(zone_plan(net("10.0.0.0/16"), Some(net("100.64.0.0/21")), 0), None);
        assert_eq!(zone_plan(net("10.0.0.0/16"), None, SLOTS), None);
        assert_eq!(subnet(net("10.0.0.0/16"), 3, 8), None);
        assert_eq!(subnet(net("10.0.0.0/31"), 2, 0), None);
    }

    fn block() -> impl Strategy<Value = Ipv4Net> {
        (any::<u32>(), PREFIXES)
            .prop_map(|(address, prefix)| Ipv4Net::new(Ipv4Addr::from(address), prefix).unwrap().trunc())
    }

    /// The `network` module's own test compares its plan with the same file.
    #[test]
    fn the_module_computes_the_same_plan() {
        const PLANS: &str = include_str!("../../../modules/network/tests/cidr_plan.json");
        let cases: serde_json::Value = serde_json::from_str(PLANS).unwrap();
        let cases = cases.as_array().unwrap();
        assert_eq!(cases.len(), PREFIXES.count());
        for case in cases {
            let block = |value: &serde_json::Value| net(value.as_str().unwrap());
            let zones = case["zones"].as_array().unwrap();
            assert_eq!(zones.len(), MAX_ZONES);
            for (index, zone) in zones.iter().enumerate() {
                let expected = ZonePlan {
                    private: block(&zone["private"]),
                    public: block(&zone["public"]),
                    database: block(&zone["database"]),
                    intra: block(&zone["intra"]),
                    pods: Some(block(&zone["pods"])),
                };
                let plan = zone_plan(block(&case["cidr"]), Some(block(&case["pods_cidr"])), index);
                assert_eq!(plan, Some(expected));
            }
        }
    }

    proptest! {
        #[test]
        fn a_zone_keeps_its_blocks_when_zones_are_added(vpc in block(), before in 1..MAX_ZONES, added in 1..=MAX_ZONES) {
            let plans = |count: usize| (0..count.min(MAX_ZONES)).map(|i| zone_plan(vpc, None, i)).collect::<Vec<_>>();
            let later = plans(before + added);
            let earlier = plans(before);
            prop_assert_eq!(&earlier[..], &later[..before]);
        }

        #[test]
        fn all_blocks_lie_inside_and_none_overlap(vpc in block(), pods in block(), zones in 1..=MAX_ZONES) {
            prop_assume!(!overlap(vpc, pods));
            let mut all = Vec::new();
            for index in 0..zones {
                let plan = zone_plan(vpc, Some(pods), index).unwrap();
                for inside in [plan.private, plan.public, plan.database, plan.intra] {
                    prop_assert!(vpc.contains(&inside));
                    all.push(inside);
                }
                let of_pods = plan.pods.unwrap();
                prop_assert!(pods.contains(&of_pods));
                all.push(of_pods);
            }
            for (i, a) in all.iter().enumerate() {
                for b in &all[i + 1..] {
                    prop_assert!(!overlap(*a, *b), "{a} and {b}");
                }
            }
        }

        #[test]
        fn sizes_depend_on_the_prefix_alone(vpc in block(), index in 0..SLOTS) {
            let plan = zone_plan(vpc, None, index).unwrap();
            let p = vpc.prefix_len();
            prop_assert_eq!(plan.private.prefix_len(), p + 4);
            prop_assert_eq!(plan.public.prefix_len(), p + 6);
            prop_assert_eq!(plan.database.prefix_len(), p + 7);
            prop_assert_eq!(plan.intra.prefix_len(), p + 7);
        }

        #[test]
        fn the_last_quarter_of_every_slot_stays_free(vpc in block(), index in 0..SLOTS) {
            let free = subnet(subnet(vpc, 3, u32::try_from(index).unwrap()).unwrap(), 2, 3).unwrap();
            let plan = zone_plan(vpc, None, index).unwrap();
            for used in [plan.private, plan.public, plan.database, plan.intra] {
                prop_assert!(!overlap(free, used));
            }
        }
    }
}
