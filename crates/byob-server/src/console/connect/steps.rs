//! The steps, and their order.

use byob_core::{
    check::{
        Report,
        report::{Conclusion, Outcome},
        steps::StepName,
    },
    integration::Settings,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Bucket,
    AccessPolicy,
    TrustPolicy,
    Role,
    Pages,
    Check,
}

/// With what somebody begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Bucket,
    Role,
}

/// The steps in their order; without a role there are no documents about one.
pub fn of(order: Order, by_role: bool) -> Vec<Step> {
    use Step::{AccessPolicy, Bucket, Check, Pages, Role, TrustPolicy};
    match (by_role, order) {
        (true, Order::Bucket) => vec![Bucket, AccessPolicy, TrustPolicy, Role, Pages, Check],
        (true, Order::Role) => vec![Role, TrustPolicy, Bucket, AccessPolicy, Pages, Check],
        (false, _) => vec![Bucket, Pages, Check],
    }
}

impl Step {
    pub fn path(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::AccessPolicy => "access-policy",
            Self::TrustPolicy => "trust-policy",
            Self::Role => "role",
            Self::Pages => "pages",
            Self::Check => "check",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Bucket => "Bucket",
            Self::AccessPolicy => "Access policy",
            Self::TrustPolicy => "Trust policy",
            Self::Role => "Role",
            Self::Pages => "Browsers",
            Self::Check => "Check",
        }
    }

    /// Whether it asks for nothing here: what it shows is done in AWS.
    pub fn is_document(self) -> bool {
        matches!(self, Self::AccessPolicy | Self::TrustPolicy | Self::Pages)
    }

    /// Whether the settings have what it asks for.
    pub fn is_said(self, settings: &Settings) -> bool {
        match self {
            Self::Bucket => settings.scope.is_some() && settings.region.is_some() && settings.name.is_some(),
            Self::Role => settings.role_arn().is_some(),
            Self::AccessPolicy | Self::TrustPolicy | Self::Pages | Self::Check => true,
        }
    }

    /// Whether it holds as far as can be known: what is done in AWS, only a check of these settings tells.
    pub fn holds(self, checked: Option<&Report>) -> bool {
        match self {
            Self::Bucket | Self::Role => !checked.is_some_and(|report| fails(report, self.claims())),
            Self::AccessPolicy | Self::TrustPolicy | Self::Pages => {
                checked.is_some_and(|report| holds(report, self.claims()))
            }
            Self::Check => {
                checked.is_some_and(|report| matches!(report.outcome, Conclusion::Passed | Conclusion::Warned))
            }
        }
    }

    /// The steps of a check that pass when what it asks for is in AWS.
    fn claims(self) -> &'static [StepName] {
        use StepName::{
            BrowserCorsAllowed, EncryptedObjectReadable, ExternalIdEnforced, ExternalIdRequired, ObjectDeletable,
            ObjectReadable, ObjectWritable, PrefixListable, RegionMatches, RoleAssumable, VersionReadable,
        };
        match self {
            Self::TrustPolicy => &[RoleAssumable, ExternalIdRequired, ExternalIdEnforced],
            Self::AccessPolicy => &[
                PrefixListable,
                ObjectReadable,
                VersionReadable,
                EncryptedObjectReadable,
                ObjectWritable,
                ObjectDeletable,
            ],
            Self::Pages => &[BrowserCorsAllowed],
            Self::Bucket => &[RegionMatches],
            Self::Role | Self::Check => &[],
        }
    }
}

/// Whether a check saw that these hold, as far as they apply.
fn holds(report: &Report, claims: &[StepName]) -> bool {
    came_of(report, claims, Outcome::Passed)
        && !came_of(report, claims, Outcome::Failed)
        && !came_of(report, claims, Outcome::Warned)
}

/// Whether a check saw that one of these does not hold.
fn fails(report: &Report, claims: &[StepName]) -> bool {
    came_of(report, claims, Outcome::Failed)
}

fn came_of(report: &Report, claims: &[StepName], outcome: Outcome) -> bool {
    claims.iter().filter_map(|name| report.step(*name)).any(|step| step.outcome == outcome)
}
