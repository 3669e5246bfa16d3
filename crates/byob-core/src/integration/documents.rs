//! The documents that a customer puts into their AWS account, for a draft or an integration.

use byob_aws::{
    Invalid, RoleArn,
    arn::Dialect,
    policies::{self, Access, Grant, PolicyDocument, cors::CorsConfiguration, lifecycle::LifecycleConfiguration},
    render::{RoleName, Setup, aws_cli, cloudformation, terraform},
};
use serde::Serialize;

use super::{Record, Spec, changes::Changes, settings::Authentication};
use crate::{
    core::Core,
    error::{Error, Result},
};

/// All documents. Those that need a field which a draft does not have yet are missing.
#[derive(Debug, Clone, Serialize)]
pub struct Documents {
    /// What the role may do. Needs the scope.
    pub access_policy: Option<PolicyDocument>,
    /// Who may assume the role. Only for authentication by role, or while that is undecided.
    pub trust_policy: Option<PolicyDocument>,
    /// Which pages may read the bucket in a browser.
    pub cors: CorsConfiguration,
    /// What expires by itself.
    pub lifecycle: LifecycleConfiguration,
    /// Role and policies as a `CloudFormation` template. Needs both policies, as do the next two.
    pub cloudformation: Option<cloudformation::Template>,
    /// All of it as Terraform.
    pub terraform: Option<String>,
    /// All of it as a shell script for the AWS CLI.
    pub aws_cli: Option<String>,
    /// AWS's console with the role filled in. Needs both policies and the region, and is only for one bucket of AWS.
    pub quick_create_url: Option<String>,
    /// Why the last four are missing although both policies are there: AWS would not take them.
    pub fault: Option<Invalid>,
    /// What the customer has to change since a check last passed.
    pub changes: Option<Changes>,
}

impl Core {
    /// The documents of a draft or integration.
    pub fn documents(&self, record: &Record) -> Result<Documents> {
        let mut documents = self.policies(record)?;
        documents.changes = self.changes(record, &documents);
        let grant = Spec::draft_grant(&record.settings).map_err(Error::fields)?;
        let quick_create_url =
            grant.as_ref().and_then(|grant| self.quick_create_url(record, grant, &role_name(record, grant)));
        match grant.and_then(|grant| documents.setup(record, grant)).transpose() {
            Ok(setup) => {
                documents.render(setup.as_ref());
                documents.quick_create_url = quick_create_url.filter(|_| setup.is_some());
            }
            Err(fault) => documents.fault = Some(fault),
        }
        Ok(documents)
    }

    /// The documents themselves, in no other form.
    pub(crate) fn policies(&self, record: &Record) -> Result<Documents> {
        let Record { settings, principal, external_id, .. } = record;
        let grant = Spec::draft_grant(settings).map_err(Error::fields)?;
        let access: Vec<Access> = settings.access.iter().map(|access| access.0).collect();
        let by_role = matches!(settings.authentication, None | Some(Authentication::Role { .. }));
        let prefix = grant.as_ref().and_then(|grant| grant.buckets.first()).and_then(|scope| scope.prefix.clone());
        Ok(Documents {
            access_policy: grant.as_ref().map(policies::access::access_policy),
            trust_policy: principal
                .as_ref()
                .filter(|_| by_role)
                .map(|principal| policies::trust::trust_policy(principal, external_id)),
            cors: policies::cors::cors_configuration(&self.origins, &access),
            lifecycle: policies::lifecycle::lifecycle_configuration(prefix.as_ref(), settings.lifecycle_days),
            cloudformation: None,
            terraform: None,
            aws_cli: None,
            quick_create_url: None,
            fault: None,
            changes: None,
        })
    }
}

impl Documents {
    /// What goes into the customer's account, as soon as there are both policies.
    fn setup(&self, record: &Record, grant: Grant) -> Option<Result<Setup, Invalid>> {
        let (trust, access) = (self.trust_policy.clone()?, self.access_policy.clone()?);
        let setup = Setup::new(role_name(record, &grant), trust, access);
        // Only what the platform writes has to expire.
        let lifecycle = Some(self.lifecycle.clone()).filter(|_| grant.access.contains(&Access::Write));
        let buckets = grant.buckets.into_iter().map(|scope| scope.bucket);
        let duration = record.settings.session_duration;
        Some(setup.map(|setup| setup.session_duration(duration).buckets(buckets, Some(self.cors.clone()), lifecycle)))
    }

    fn render(&mut self, setup: Option<&Setup>) {
        self.cloudformation = setup.map(cloudformation::template);
        self.terraform = setup.map(terraform::configuration);
        self.aws_cli = setup.map(aws_cli::script);
    }
}

/// The name of the role that is there, or one that no other integration's documents have.
fn role_name(record: &Record, grant: &Grant) -> RoleName {
    let made = match &record.settings.authentication {
        Some(Authentication::Role { role_arn: Some(arn) }) => RoleArn::parse(arn, Dialect::Compatible).ok(),
        _ => None,
    };
    let suggested = || {
        let bucket = if let [scope] = grant.buckets.as_slice() { scope.bucket.as_str() } else { "" };
        RoleName::suggest(bucket, record.id.as_str())
    };
    made.map_or_else(suggested, |role| RoleName::of(&role))
}
