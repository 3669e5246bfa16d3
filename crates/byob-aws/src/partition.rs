//! AWS partitions: the separate clouds behind `arn:PARTITION:…`.
//!
//! Source: <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>.

use std::fmt;

/// A partition. Accounts, ARNs and endpoints of one do not exist in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// AWS `GovCloud` (US).
    AwsUsGov,
    /// AWS European Sovereign Cloud.
    AwsEusc,
    /// US ISO (Top Secret).
    AwsIso,
    /// US ISOB (Secret).
    AwsIsoB,
    /// EU ISOE.
    AwsIsoE,
    /// US ISOF.
    AwsIsoF,
}

impl Partition {
    /// Every partition that this crate knows.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
    ];

    /// As it stands in an ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
        }
    }

    /// Where its service hosts end, such as `amazonaws.com`.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsEusc => "amazonaws.eu",
            Self::AwsIso => "c2s.ic.gov",
            Self::AwsIsoB => "sc2s.sgov.gov",
            Self::AwsIsoE => "cloud.adc-e.uk",
            Self::AwsIsoF => "csp.hci.ic.gov",
        }
    }

    /// What its regions' names begin with; the longest match decides.
    pub(crate) fn region_prefixes(self) -> &'static [&'static str] {
        match self {
            Self::Aws => &["af-", "ap-", "ca-", "eu-", "il-", "me-", "mx-", "sa-", "us-"],
            Self::AwsCn => &["cn-"],
            Self::AwsUsGov => &["us-gov-"],
            Self::AwsEusc => &["eusc-"],
            Self::AwsIso => &["us-iso-"],
            Self::AwsIsoB => &["us-isob-"],
            Self::AwsIsoE => &["eu-isoe-"],
            Self::AwsIsoF => &["us-isof-"],
        }
    }

    /// The partition with this name in ARNs.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partition| partition.as_str() == name)
    }

    /// The partition that a region name belongs to, by its prefix; `None` for names that AWS does not use.
    pub fn of_region(region: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .flat_map(|partition| partition.region_prefixes().iter().map(move |prefix| (partition, *prefix)))
            .filter(|(_, prefix)| region.starts_with(prefix))
            .max_by_key(|(_, prefix)| prefix.len())
            .map(|(partition, _)| partition)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Partition;

    #[test]
    fn regions_fall_into_their_partition() {
        for (region, expected) in [
            ("eu-central-1", Some(Partition::Aws)),
            ("us-gov-west-1", Some(Partition::AwsUsGov)),
            ("cn-north-1", Some(Partition::AwsCn)),
            ("us-iso-east-1", Some(Partition::AwsIso)),
            ("us-isob-east-1", Some(Partition::AwsIsoB)),
            ("eusc-de-east-1", Some(Partition::AwsEusc)),
            ("mars-north-1", None),
        ] {
            assert_eq!(Partition::of_region(region), expected, "{region}");
        }
    }
}
