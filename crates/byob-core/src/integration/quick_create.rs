//! The link that opens AWS's console with the role filled in.

use byob_aws::{
    Region,
    policies::Grant,
    render::{
        RoleName,
        quick_create::{Stack, link},
    },
};

use super::Record;
use crate::core::Core;

impl Core {
    /// The link for a draft or integration, where the operator hosts the template and the template can say all of it.
    ///
    /// A store with an endpoint of its own has no AWS console.
    pub(super) fn quick_create_url(&self, record: &Record, grant: &Grant, role_name: &RoleName) -> Option<String> {
        let settings = &record.settings;
        let template = self.quick_create_template.as_ref().filter(|_| settings.endpoint_url.is_none())?;
        let stack = Stack {
            role_name,
            principal: record.principal.as_ref()?,
            external_id: &record.external_id,
            grant,
            region: &Region::parse(settings.region.as_deref()?).ok()?,
            session_duration: settings.session_duration,
        };
        link(template, &stack)
    }
}
