//! Settings, checked: what the rest of the service works with.

mod faults;
mod fields;
mod reach;
#[cfg(test)]
mod tests;

use byob_aws::{
    Arn, KmsKeyArn, Partition, Region, RoleArn,
    policies::{Access, Grant},
};

use self::faults::Faults;
use crate::{
    aws_io::guard::Guard,
    credentials::session,
    error::FieldFault,
    integration::{
        scope::Scope,
        settings::{self, Settings},
    },
};

/// The checked settings of an integration.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What people call it.
    pub name: String,
    /// How the bucket is reached.
    pub authentication: Authentication,
    /// Which locators it serves.
    pub scope: Scope,
    /// The bucket's region.
    pub region: Region,
    /// The address of an S3-compatible store.
    pub endpoint_url: Option<String>,
    /// Where browsers reach it.
    pub browser_endpoint_url: Option<String>,
    /// The bucket's name goes into the path.
    pub force_path_style: bool,
    /// What may be done.
    pub access: Vec<Access>,
    /// The keys that encrypt the objects.
    pub kms_keys: Vec<KmsKeyArn>,
    /// Our side pays.
    pub requester_pays: bool,
    /// Seconds.
    pub longest_url_lifetime: u32,
    /// Seconds.
    pub session_duration: u32,
    /// The same URL for a while.
    pub stable_urls: bool,
    /// How files get to browsers.
    pub delivery: settings::Delivery,
}

/// How the bucket is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// By assuming this role.
    Role(RoleArn),
    /// With this access key; its secret is sealed in the database.
    AccessKey(String),
    /// With no identity.
    Anonymous,
}

impl Spec {
    /// Checks complete settings; the error lists every wrong field.
    pub fn check(settings: &Settings, guard: &Guard) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Faults::default();
        let spec = faults.spec(settings, true);
        faults.addresses(settings, guard);
        faults.narrow(settings);
        if let Some(spec) = &spec {
            faults.reach(spec);
        }
        spec.filter(|_| faults.0.is_empty()).ok_or(faults.0)
    }

    /// Reads settings that were checked before.
    pub(crate) fn read(settings: &Settings) -> Result<Self, Vec<FieldFault>> {
        let mut faults = Faults::default();
        faults.spec(settings, true).ok_or(faults.0)
    }

    /// Checks the settings of a draft, which may be incomplete: what is there must be right.
    pub fn check_draft(settings: &Settings, guard: &Guard) -> Result<(), Vec<FieldFault>> {
        let mut faults = Faults::default();
        faults.spec(settings, false);
        faults.addresses(settings, guard);
        faults.narrow(settings);
        if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
    }

    /// The scope alone, of settings that may be wrong otherwise.
    pub(crate) fn scope_of(settings: &Settings) -> Option<Scope> {
        Faults::default().scope(settings.scope.as_ref()?)
    }

    /// What the customer of a draft grants, as soon as the scope is set.
    pub fn draft_grant(settings: &Settings) -> Result<Option<Grant>, Vec<FieldFault>> {
        let mut faults = Faults::default();
        let grant = settings.scope.as_ref().and_then(|scope| faults.scope(scope)).map(|scope| Grant {
            partition: draft_partition(settings),
            buckets: scope.buckets(),
            access: access(settings),
            kms_keys: faults.kms_keys(settings),
        });
        if faults.0.is_empty() { Ok(grant) } else { Err(faults.0) }
    }

    /// What the customer grants.
    pub fn grant(&self) -> Grant {
        Grant {
            partition: self.partition(),
            buckets: self.scope.buckets(),
            access: self.access.clone(),
            kms_keys: self.kms_keys.clone(),
        }
    }

    /// The longest life of a URL in a fresh session, in seconds; without sessions there is no such limit.
    pub fn longest_in_session(&self) -> u32 {
        match self.authentication {
            Authentication::Role(_) => self.session_duration.saturating_sub(session::MARGIN_SECONDS),
            Authentication::AccessKey(_) | Authentication::Anonymous => u32::MAX,
        }
    }

    /// Where its buckets lie.
    pub fn partition(&self) -> Partition {
        match &self.authentication {
            Authentication::Role(role) => role.partition(),
            _ => self.region.partition(),
        }
    }
}

fn access(settings: &Settings) -> Vec<Access> {
    settings.access.iter().map(|access| access.0).collect()
}

/// The partition of a draft: its role's, else its region's, else the commercial one.
fn draft_partition(settings: &Settings) -> Partition {
    let of_role = match &settings.authentication {
        Some(settings::Authentication::Role { role_arn: Some(arn) }) => Arn::parse(arn).ok().map(|arn| arn.partition()),
        _ => None,
    };
    of_role.or_else(|| settings.region.as_deref().and_then(Partition::of_region)).unwrap_or(Partition::Aws)
}
