//! A pass: the address of a file that comes through the service instead of straight from its bucket.
//!
//! It is to the service what a presigned URL is to S3: whoever has it may read this one file, shown in this one way, until it expires. So
//! it needs no cookie and no token, works in a page of any origin, and must not reach a log. What the integration permits is looked at
//! again whenever it is used.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use byob_aws::Locator;
use serde::{Deserialize, Serialize};

use crate::{
    core::Core,
    display::Display,
    error::{Error, Kind, Result},
    id::{IntegrationId, OrganizationId},
    vault::Vault,
};

/// Where passes are taken: what follows the origin of the service.
pub const PATH: &str = "/content/";

/// What a pass is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Whose file.
    pub organization: OrganizationId,
    /// Which integration serves it.
    pub integration: IntegrationId,
    /// Which file.
    pub locator: String,
    /// `Content-Type` of the answer.
    pub content_type: String,
    /// `Content-Disposition` of the answer.
    pub content_disposition: String,
    /// Seconds since 1970.
    pub expires_at: i64,
}

/// Makes the passes of one integration that expire together.
#[derive(Clone)]
pub struct Passes {
    vault: Vault,
    origin: String,
    organization: OrganizationId,
    integration: IntegrationId,
    expires_at: i64,
}

impl Core {
    /// Passes for the files of an integration, until `expires_at` in seconds since 1970.
    pub(crate) fn passes(&self, organization: &OrganizationId, integration: &IntegrationId, expires_at: i64) -> Passes {
        Passes {
            vault: self.vault.clone(),
            origin: self.origin().to_owned(),
            organization: organization.clone(),
            integration: integration.clone(),
            expires_at,
        }
    }

    /// Reads a pass; one that is not ours, or has expired, is refused.
    pub fn read_pass(&self, text: &str) -> Result<Pass> {
        let wrong = || {
            Error::new(Kind::Forbidden, "invalid_url", "This address was not made by this service, or was changed.")
                .hint("Resolve the locator again, and use the URL unchanged.")
        };
        let (content, tag) = text.split_once('.').ok_or_else(wrong)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| wrong())?;
        if !self.vault.vouched_for(content.as_bytes(), &tag) {
            return Err(wrong());
        }
        let content = URL_SAFE_NO_PAD.decode(content).map_err(|_| wrong())?;
        let pass: Pass = serde_json::from_slice(&content).map_err(|_| wrong())?;
        if pass.expires_at <= self.clock.now().unix_timestamp() {
            let expired = Error::new(Kind::Gone, "url_expired", "This address has expired.");
            return Err(expired.hint("Resolve the locator again: `expires_at` says until when an address is good."));
        }
        Ok(pass)
    }
}

impl Passes {
    /// The URL of one file, shown like this.
    pub fn url(&self, locator: &Locator, display: &Display) -> Result<String> {
        let pass = Pass {
            organization: self.organization.clone(),
            integration: self.integration.clone(),
            locator: locator.to_string(),
            content_type: display.content_type.to_string(),
            content_disposition: display.content_disposition.clone(),
            expires_at: self.expires_at,
        };
        let content = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&pass).map_err(Error::internal)?);
        let tag = URL_SAFE_NO_PAD.encode(self.vault.vouch_for(content.as_bytes()));
        Ok(format!("{}{PATH}{content}.{tag}", self.origin))
    }
}
