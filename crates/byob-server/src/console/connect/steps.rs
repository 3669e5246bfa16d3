//! The steps, and their order.

use byob_core::integration::{Record, settings::Authentication};
use serde::Deserialize;

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Bucket,
    Role,
}

/// Part of the query of every step.
#[derive(Debug, Default, Deserialize)]
pub struct Way {
    #[serde(default)]
    pub from: Order,
    /// In which form documents are shown.
    #[serde(default)]
    pub form: String,
}

impl Order {
    pub fn query(self) -> &'static str {
        match self {
            Self::Bucket => "",
            Self::Role => "?from=role",
        }
    }
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

    /// Whether what it asks for is there. What is done in AWS, only the check tells.
    pub fn is_done(self, draft: &Record) -> bool {
        let settings = &draft.settings;
        match self {
            Self::Bucket => settings.scope.is_some() && settings.region.is_some() && settings.name.is_some(),
            Self::Role => matches!(&settings.authentication, Some(Authentication::Role { role_arn: Some(_) })),
            Self::AccessPolicy | Self::TrustPolicy | Self::Pages | Self::Check => false,
        }
    }
}
