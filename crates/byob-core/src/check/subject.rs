//! What is checked: a draft or integration, as far as its settings go.

use byob_aws::{Bucket, Invalid, Locator, RoleArn, arn::Dialect};
use serde_json::json;

use crate::{
    core::Core,
    error::{Error, FieldFault, Result},
    id::OrganizationId,
    integration::{Integration, Record, Settings, Spec, scope::Scope, settings::Authentication},
    store::Safety,
};

/// A draft or integration under examination.
pub(super) struct Subject {
    /// Whose it is.
    pub organization: OrganizationId,
    /// As it is stored.
    pub record: Record,
    /// As production sees it; what a draft lacks is made up, and `lacks_…` says so. None if its settings are wrong.
    pub integration: Option<Integration>,
    /// What is wrong with the settings.
    pub faults: Vec<FieldFault>,
    /// The role, if there is one that can be asked for.
    pub role: Option<RoleArn>,
    /// Which of its buckets is looked at.
    pub bucket: Option<Bucket>,
    /// The object that the caller named.
    pub named: Option<Locator>,
}

impl Subject {
    pub fn new(core: &Core, organization: &OrganizationId, record: Record, locator: Option<&str>) -> Result<Self> {
        let settings = completed(core, &record.settings)?;
        let (spec, faults) = match Spec::read(&settings) {
            Ok(spec) => (Some(spec), Vec::new()),
            Err(faults) => (None, faults),
        };
        let named = locator.map(|text| named(text, spec.as_ref())).transpose()?;
        let bucket = match (&named, spec.as_ref().map(|spec| &spec.scope)) {
            (Some(named), _) => Some(named.bucket().clone()),
            (None, Some(Scope::Bucket(scope))) => Some(scope.bucket.clone()),
            (None, Some(Scope::AllPermitted(buckets))) => buckets.first().cloned(),
            (None, None) => None,
        };
        let dialect = if record.settings.endpoint_url.is_some() { Dialect::Compatible } else { Dialect::Aws };
        let role = match &record.settings.authentication {
            Some(Authentication::Role { role_arn: Some(arn) }) => RoleArn::parse(arn, dialect).ok(),
            _ => None,
        };
        let integration = spec.map(|spec| Integration {
            id: record.id.clone(),
            organization_id: organization.clone(),
            version: record.row.version,
            enabled: record.row.enabled,
            safety: Safety::from_text(&record.row.safety),
            settings: record.settings.clone(),
            spec,
            external_id: record.external_id.clone(),
            principal: record.principal.clone(),
            row: record.row.clone(),
        });
        Ok(Self { organization: organization.clone(), record, integration, faults, role, bucket, named })
    }

    /// Whether a role is assumed, or will be once it is known.
    pub fn is_by_role(&self) -> bool {
        matches!(self.record.settings.authentication, None | Some(Authentication::Role { .. }))
    }

    /// Who asks the bucket, in words, where the role's ARN does not say so.
    pub fn asker(&self) -> &'static str {
        match self.record.settings.authentication {
            None | Some(Authentication::Role { .. }) => "the role",
            Some(Authentication::AccessKey { .. }) => "the access key's user",
            Some(Authentication::Anonymous {}) => "requests without credentials",
        }
    }

    /// The setting of the region, before it was made up.
    pub fn lacks_region(&self) -> bool {
        self.record.settings.region.is_none()
    }

    /// The scope, before it was made up.
    pub fn lacks_scope(&self) -> bool {
        self.record.settings.scope.is_none()
    }
}

/// A draft's settings with what it lacks made up, so that production's code can work with them.
fn completed(core: &Core, settings: &Settings) -> Result<Settings> {
    let mut completed = settings.clone();
    completed.name.get_or_insert_with(|| "Draft".to_owned());
    completed.region.get_or_insert_with(|| core.platform.region().to_owned());
    if completed.scope.is_none() {
        completed.scope = serde_json::from_value(json!({"type": "all_permitted"})).map_err(Error::internal)?;
    }
    // Without a role no request is made, and none is needed to read the rest.
    if matches!(completed.authentication, None | Some(Authentication::Role { role_arn: None })) {
        completed.authentication = Some(Authentication::Anonymous {});
    }
    Ok(completed)
}

fn named(text: &str, spec: Option<&Spec>) -> Result<Locator> {
    let locator = Locator::parse(text).map_err(|invalid| Error::field("locator", &invalid))?;
    match spec {
        Some(spec) if spec.scope.fit(&locator).is_some() => Ok(locator),
        _ => {
            let detail = format!("The scope does not cover `{locator}`.");
            let hint = "Name an object of the scope, or leave it out.";
            Err(Error::field("locator", &Invalid::new("outside_scope", detail, hint)))
        }
    }
}
