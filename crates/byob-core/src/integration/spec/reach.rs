//! What is well-formed, and yet could not be connected to, granted or signed for.

use byob_aws::{Invalid, policies::session::session_policy};

use super::{Spec, faults::Faults, fields::normal_url};
use crate::{
    aws_io::{endpoint::Address, guard::Guard},
    integration::settings::Settings,
};

impl Faults {
    /// What the service itself would connect to. Where browsers go is not the service's risk.
    pub(super) fn addresses(&mut self, settings: &Settings, guard: &Guard) {
        if let Some(Ok(url)) = settings.endpoint_url.as_deref().map(normal_url) {
            self.take("endpoint_url", guard.check_url(&url));
        }
    }

    /// What no session could be narrowed to, because AWS takes session policies up to a length only.
    pub(super) fn narrow(&mut self, settings: &Settings) {
        let Ok(Some(grant)) = Spec::draft_grant(settings) else { return };
        for scope in grant.buckets.iter().filter(|scope| session_policy(&grant, &scope.bucket).is_none()) {
            let field = if scope.prefix.is_some() { "scope.prefix" } else { "kms_key_arns" };
            let detail = format!("The session policy for `{}` would be longer than AWS takes.", scope.bucket);
            let hint = "Use a shorter prefix, or fewer KMS keys in one integration.";
            self.add(field, &Invalid::new("session_policy_too_large", detail, hint));
        }
    }

    /// What could be saved, but never be signed for or granted.
    pub(super) fn reach(&mut self, spec: &Spec) {
        for scope in spec.scope.buckets() {
            let bucket = &scope.bucket;
            let address = Address {
                bucket,
                region: &spec.region,
                endpoint_url: spec.endpoint_url.as_deref(),
                force_path_style: spec.force_path_style,
                dual_stack: false,
                fips: false,
            };
            match address.endpoint() {
                Ok(endpoint) if endpoint.service() == "s3" => {}
                Ok(_) => self.add("scope", &Invalid::new(
                    "unsupported_access_point",
                    format!("`{bucket}` is an access point of Object Lambda or Outposts, which needs actions of its own."),
                    "Use the bucket, or an access point of S3 itself.",
                )),
                Err(invalid) => self.add("scope", &invalid),
            }
        }
        for (at, key) in spec.kms_keys.iter().enumerate().filter(|_| spec.endpoint_url.is_none()) {
            if key.region() != spec.region.as_str() {
                let detail = format!("The key lies in `{}`, the bucket in `{}`.", key.region(), spec.region);
                let invalid = Invalid::new(
                    "wrong_kms_region",
                    detail,
                    "Name the key of the bucket's region that encrypts its objects.",
                );
                self.add(&format!("kms_key_arns[{at}]"), &invalid);
            }
        }
    }
}
