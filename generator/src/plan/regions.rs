//! AWS regions and the zones in which EKS can place a control plane.
//!
//! Facts from the AWS documentation: EKS takes no control-plane subnets in `use1-az3`, `usw1-az2` and `cac1-az3`
//! (EKS network requirements); `apne1-az3` is closed to new customers. Zones in the order in which they are taken
//! when only a number of them is asked for; a new zone is only ever added at the end.

use std::borrow::Cow;

/// A region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    name: Cow<'static, str>,
    /// What its AZ IDs start with, for example `use1`.
    prefix: Cow<'static, str>,
    zones: Zones,
}

/// The zones of a region in which EKS works.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Zones {
    /// By their numbers: `use1-az<n>`.
    Known(&'static [u8]),
    /// By their IDs, as somebody wrote them.
    Written(Vec<String>),
}

impl Region {
    /// The region of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        REGIONS.iter().find(|r| r.name == name)
    }

    /// A region that is not known here, by its name and zones of it. `None` where these are of different regions, or of one that is known.
    pub fn written(name: &str, zones: &[String]) -> Option<Self> {
        let (prefix, _) = zones.first()?.split_once("-az")?;
        let ours = |zone: &String| zone.split_once("-az").is_some_and(|(of, _)| of == prefix);
        let known = REGIONS.iter().any(|region| region.prefix == prefix);
        (!known && zones.iter().all(ours)).then(|| Self {
            name: Cow::Owned(name.to_owned()),
            prefix: Cow::Owned(prefix.to_owned()),
            zones: Zones::Written(zones.to_vec()),
        })
    }

    /// The name, for example `us-east-1`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it stands in the list here.
    pub fn is_known(&self) -> bool {
        matches!(self.zones, Zones::Known(_))
    }

    /// The AZ IDs of the usable zones.
    pub fn zone_ids(&self) -> Vec<String> {
        match &self.zones {
            Zones::Known(numbers) => numbers.iter().map(|n| format!("{}-az{n}", self.prefix)).collect(),
            Zones::Written(ids) => ids.clone(),
        }
    }

    /// The AWS partition, which begins every ARN.
    pub fn partition(&self) -> &'static str {
        self.part().1
    }

    fn part(&self) -> &'static (&'static str, &'static str, &'static str) {
        PARTITIONS.iter().find(|(start, ..)| self.name.starts_with(start)).unwrap_or(&COMMERCIAL)
    }

    /// The region of the partition that every account has, where global services answer.
    pub fn home(&self) -> &'static str {
        self.part().2
    }
}

const COMMERCIAL: (&str, &str, &str) = ("", "aws", "us-east-1");

/// How regions of other partitions begin, the partition, and its first region. From the AWS documentation of partitions.
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("us-gov-", "aws-us-gov", "us-gov-west-1"),
    ("cn-", "aws-cn", "cn-north-1"),
    ("eusc-", "aws-eusc", "eusc-de-east-1"),
    ("us-iso-", "aws-iso", "us-iso-east-1"),
    ("us-isob-", "aws-iso-b", "us-isob-east-1"),
    ("eu-isoe-", "aws-iso-e", "eu-isoe-west-1"),
    ("us-isof-", "aws-iso-f", "us-isof-south-1"),
];

/// The region whose zones begin as this AZ ID does.
pub fn region_of_zone(zone: &str) -> Option<&'static Region> {
    let (prefix, _) = zone.split_once("-az")?;
    REGIONS.iter().find(|r| r.prefix == prefix)
}

const fn region(name: &'static str, prefix: &'static str, zones: &'static [u8]) -> Region {
    Region { name: Cow::Borrowed(name), prefix: Cow::Borrowed(prefix), zones: Zones::Known(zones) }
}

/// Every region known here.
pub static REGIONS: &[Region] = &[
    region("us-east-1", "use1", &[1, 2, 4, 5, 6]),
    region("us-east-2", "use2", &[1, 2, 3]),
    region("us-west-1", "usw1", &[1, 3]),
    region("us-west-2", "usw2", &[1, 2, 3, 4]),
    region("us-gov-east-1", "usge1", &[1, 2, 3]),
    region("us-gov-west-1", "usgw1", &[1, 2, 3]),
    region("ca-central-1", "cac1", &[1, 2, 4]),
    region("ca-west-1", "caw1", &[1, 2, 3]),
    region("mx-central-1", "mxc1", &[1, 2, 3]),
    region("sa-east-1", "sae1", &[1, 2, 3]),
    region("eu-west-1", "euw1", &[1, 2, 3]),
    region("eu-west-2", "euw2", &[1, 2, 3]),
    region("eu-west-3", "euw3", &[1, 2, 3]),
    region("eu-central-1", "euc1", &[1, 2, 3]),
    region("eu-central-2", "euc2", &[1, 2, 3]),
    region("eu-north-1", "eun1", &[1, 2, 3]),
    region("eu-south-1", "eus1", &[1, 2, 3]),
    region("eu-south-2", "eus2", &[1, 2, 3]),
    region("ap-south-1", "aps1", &[1, 2, 3]),
    region("ap-south-2", "aps2", &[1, 2, 3]),
    region("ap-east-1", "ape1", &[1, 2, 3]),
    region("ap-northeast-1", "apne1", &[1, 2, 4]),
    region("ap-northeast-2", "apne2", &[1, 2, 3, 4]),
    region("ap-northeast-3", "apne3", &[1, 2, 3]),
    region("ap-southeast-1", "apse1", &[1, 2, 3]),
    region("ap-southeast-2", "apse2", &[1, 2, 3]),
    region("ap-southeast-3", "apse3", &[1, 2, 3]),
    region("ap-southeast-4", "apse4", &[1, 2, 3]),
    region("ap-southeast-5", "apse5", &[1, 2, 3]),
    region("ap-southeast-7", "apse7", &[1, 2, 3]),
    region("me-south-1", "mes1", &[1, 2, 3]),
    region("me-central-1", "mec1", &[1, 2, 3]),
    region("il-central-1", "ilc1", &[1, 2, 3]),
    region("af-south-1", "afs1", &[1, 2, 3]),
    region("cn-north-1", "cnn1", &[1, 2, 4]),
    region("cn-northwest-1", "cnnw1", &[1, 2, 3]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_without_eks_are_left_out() {
        for (name, zone) in
            [("us-east-1", "use1-az3"), ("us-west-1", "usw1-az2"), ("ca-central-1", "cac1-az3")]
        {
            let region = Region::find(name).unwrap();
            assert!(!region.zone_ids().contains(&zone.to_owned()));
            assert_eq!(region_of_zone(zone), Some(region));
        }
    }

    #[test]
    fn names_and_prefixes_are_unique_and_every_region_can_hold_a_platform() {
        for (i, a) in REGIONS.iter().enumerate() {
            assert!(a.zone_ids().len() >= 2, "{}", a.name);
            assert!(REGIONS[i + 1..].iter().all(|b| a.name != b.name && a.prefix != b.prefix), "{}", a.name);
        }
    }

    #[test]
    fn a_region_that_is_not_known_is_taken_with_zones_of_its_own() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let region = Region::written("eusc-de-east-1", &ids(&["euscde1-az1", "euscde1-az2"])).unwrap();
        assert_eq!(
            (region.partition(), region.home(), region.is_known()),
            ("aws-eusc", "eusc-de-east-1", false)
        );
        assert_eq!(region.zone_ids(), ["euscde1-az1", "euscde1-az2"]);
        for zones in [&[][..], &["use1-az1", "use1-az2"], &["nye1-az1", "nyw1-az2"], &["here", "there"]] {
            assert_eq!(Region::written("ny-east-1", &ids(zones)), None, "{zones:?}");
        }
    }

    #[test]
    fn partitions() {
        let partition = |name| Region::find(name).unwrap().partition();
        assert_eq!(partition("eu-west-1"), "aws");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        let home = |name| Region::find(name).unwrap().home();
        assert_eq!((home("eu-west-1"), home("us-gov-west-1")), ("us-east-1", "us-gov-west-1"));
    }
}
