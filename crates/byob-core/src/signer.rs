//! What the URLs of one bucket share: its endpoint, a session, a moment in time, and the signing key of these.

use std::sync::Arc;

use byob_aws::{
    Bucket, Locator,
    presign::{Endpoint, LONGEST_EXPIRES, Method, Presigner, ResponseOptions},
    sigv4::{Scope, Timestamp},
};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    aws_io::endpoint::Address,
    core::Core,
    credentials::session::Session,
    display::Display,
    error::{Error, Kind, Result},
    integration::{Integration, settings::Delivery},
    pass::Passes,
    resolve::{ResolveOptions, Resolved},
    window::{Validity, Window},
};

/// Makes the URLs of one bucket.
pub(crate) struct Signer {
    integration: Arc<Integration>,
    kind: SignerKind,
}

enum SignerKind {
    /// Everybody may read: the URL needs no signature, and S3 takes no overrides without one.
    Public(Arc<Endpoint>),
    Presigner {
        presigner: Box<Presigner>,
        expires_at: OffsetDateTime,
    },
    /// Files come through the service.
    Proxy {
        passes: Box<Passes>,
        expires_at: OffsetDateTime,
    },
}

impl Core {
    /// Prepares a signer; this is where STS may be asked.
    pub(crate) async fn signer(
        &self,
        integration: Arc<Integration>,
        bucket: &Bucket,
        options: &ResolveOptions,
    ) -> Result<Signer> {
        if integration.spec.delivery == Delivery::Proxy {
            return self.proxy_signer(integration, options);
        }
        let endpoint = self.endpoint_for(&integration, bucket)?;
        let now = self.clock.now().unix_timestamp();
        let window = Window::new(now, lifetime(&integration, options), phase(&integration));
        let Some(session) = self.session_for(&integration, bucket, window).await? else {
            return Ok(Signer { integration, kind: SignerKind::Public(endpoint) });
        };
        let validity =
            window.validity(now, integration.spec.stable_urls, session.lifespan()).ok_or_else(session_over)?;

        Signer::with(integration, endpoint, Some(&session), validity)
    }

    /// A signer of passes. It needs no session: the bucket is asked when a pass is used.
    fn proxy_signer(&self, integration: Arc<Integration>, options: &ResolveOptions) -> Result<Signer> {
        let now = self.clock.now().unix_timestamp();
        let window = Window::new(now, lifetime(&integration, options), phase(&integration));
        let validity = window.validity(now, integration.spec.stable_urls, None).ok_or_else(session_over)?;
        let passes = Box::new(self.passes(&integration.organization_id, &integration.id, validity.expires_at()));
        let expires_at = OffsetDateTime::from_unix_timestamp(validity.expires_at()).map_err(Error::internal)?;
        Ok(Signer { integration, kind: SignerKind::Proxy { passes, expires_at } })
    }

    /// Where browsers reach the bucket.
    pub(crate) fn endpoint_for(&self, integration: &Integration, bucket: &Bucket) -> Result<Arc<Endpoint>> {
        let key = (integration.id.clone(), integration.version, bucket.clone());
        if let Some(endpoint) = self.endpoints.get(&key) {
            return Ok(endpoint);
        }
        let spec = &integration.spec;
        let address = Address {
            bucket,
            region: &spec.region,
            endpoint_url: spec.browser_endpoint_url.as_deref().or(spec.endpoint_url.as_deref()),
            force_path_style: spec.force_path_style,
            dual_stack: false,
            fips: false,
        };
        let endpoint = Arc::new(address.endpoint()?);
        self.endpoints.insert(key, endpoint.clone());
        Ok(endpoint)
    }
}

impl Signer {
    /// Signs with this session, for this time; without a session, everybody may read.
    pub fn with(
        integration: Arc<Integration>,
        endpoint: Arc<Endpoint>,
        session: Option<&Session>,
        validity: Validity,
    ) -> Result<Self> {
        let Some(session) = session else { return Ok(Self { integration, kind: SignerKind::Public(endpoint) }) };
        let signed_at = OffsetDateTime::from_unix_timestamp(validity.signed_at).map_err(Error::internal)?;
        let key = session.signing_key(&Scope::new(&Timestamp::new(signed_at), endpoint.region(), endpoint.service()));
        let presigner = Presigner::with_key(&endpoint, session.credentials(), &key, signed_at, validity.expires_in)?;
        let expires_at = OffsetDateTime::from_unix_timestamp(validity.expires_at()).map_err(Error::internal)?;
        Ok(Self { integration, kind: SignerKind::Presigner { presigner: Box::new(presigner), expires_at } })
    }

    /// The URL of one object.
    pub fn sign(&self, locator: &Locator, options: &ResolveOptions) -> Result<Resolved> {
        let (url, expires_at) = match &self.kind {
            SignerKind::Public(endpoint) => (endpoint.public_url(locator.key(), locator.version_id()), None),
            SignerKind::Proxy { passes, expires_at } => {
                let display = Display::of(locator.key(), options.disposition, options.content_type.as_deref());
                (passes.url(locator, &display)?, Some(*expires_at))
            }
            SignerKind::Presigner { presigner, expires_at } => {
                let display = Display::of(locator.key(), options.disposition, options.content_type.as_deref());
                let response = ResponseOptions {
                    content_type: Some(&display.content_type),
                    content_disposition: Some(&display.content_disposition),
                    requester_pays: self.integration.spec.requester_pays,
                };
                (presigner.url(Method::Get, locator.key(), locator.version_id(), &response), Some(*expires_at))
            }
        };
        Ok(Resolved { url, expires_at, integration_id: self.integration.shown_id() })
    }
}

/// Seconds; no more than the caller, the integration, S3 and a whole session allow.
pub(crate) fn lifetime(integration: &Integration, options: &ResolveOptions) -> i64 {
    let spec = &integration.spec;
    i64::from(options.expires_in.min(spec.longest_url_lifetime).min(LONGEST_EXPIRES).min(spec.longest_in_session()))
}

/// Spreads integrations over time; the same on every replica.
fn phase(integration: &Integration) -> u32 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(integration.id.as_str().as_bytes()));
    u32::from_be_bytes([a, b, c, d])
}

fn session_over() -> Error {
    Error::new(Kind::AwsUnavailable, "session_over", "The session has ended, and AWS gave no new one.")
        .hint("Try again in a moment.")
}
