//! Credentials for requests to a customer's bucket: sessions of their role, cached, or their access key.

pub mod cache;
pub mod session;

use std::sync::Arc;

use byob_aws::{
    Bucket, Credentials, RoleArn,
    policies::{session::session_policy, trust::ExternalId},
};
use sha2::{Digest, Sha256};

use self::session::Session;
use crate::{
    aws_io::sts::AssumeRole,
    core::Core,
    credentials::cache::Need,
    error::{Error, Kind, Result},
    integration::{Integration, drafts::new_external_id, principal_role, spec::Authentication},
    runtime::Rng,
    store::{Safety, SessionKey},
    window::Window,
};

/// Which session, and how to ask for it.
type Asked = (SessionKey, AssumeRole);

impl Core {
    /// Credentials for `bucket` that suit URLs of this window; `None` for buckets that need none.
    pub(crate) async fn session_for(
        &self,
        integration: &Integration,
        bucket: &Bucket,
        window: Window,
    ) -> Result<Option<Arc<Session>>> {
        self.session(integration, bucket, Need { since: window.start * 1000, until: window.end() * 1000 }).await
    }

    /// Credentials for a request that the service makes at once.
    pub(crate) async fn session_now(&self, integration: &Integration, bucket: &Bucket) -> Result<Option<Arc<Session>>> {
        let now = self.clock.now_millis();
        self.session(integration, bucket, Need { since: now, until: now }).await
    }

    /// Newer credentials than those that AWS just called expired.
    pub(crate) async fn replace_session(
        &self,
        integration: &Integration,
        bucket: &Bucket,
        expired: &Session,
    ) -> Result<Option<Arc<Session>>> {
        let Authentication::Role(role) = &integration.spec.authentication else { return Ok(None) };
        let (key, request) = asked(integration, role, bucket)?;
        self.sessions.replace(key, request, expired).await.map(Some)
    }

    async fn session(&self, integration: &Integration, bucket: &Bucket, need: Need) -> Result<Option<Arc<Session>>> {
        match &integration.spec.authentication {
            Authentication::Anonymous => Ok(None),
            Authentication::AccessKey(access_key_id) => self.access_key(integration, access_key_id).map(Some),
            Authentication::Role(role) => {
                let (key, request) = asked(integration, role, bucket)?;
                self.sessions.get(key, request, need).await.map(Some)
            }
        }
    }

    /// The access key of an integration that has one; no credentials where none are needed, or a role gives them.
    pub(crate) fn own_key(&self, integration: &Integration) -> Result<Option<Arc<Session>>> {
        match &integration.spec.authentication {
            Authentication::AccessKey(access_key_id) => self.access_key(integration, access_key_id).map(Some),
            Authentication::Anonymous | Authentication::Role(_) => Ok(None),
        }
    }

    fn access_key(&self, integration: &Integration, access_key_id: &str) -> Result<Arc<Session>> {
        let sealed = integration
            .row
            .sealed_secret
            .as_deref()
            .ok_or_else(|| Error::internal("an access key without its secret"))?;
        let record = Integration::secret_record(&integration.organization_id, &integration.id);
        let secret = self.vault.open(&record, sealed)?;
        let secret = std::str::from_utf8(&secret).map_err(Error::internal)?;
        Ok(Arc::new(Session::lasting(Credentials::new(access_key_id, secret, None))))
    }
}

fn asked(integration: &Integration, role: &RoleArn, bucket: &Bucket) -> Result<Asked> {
    let request = assume_request(integration, role, bucket)?;
    let key = SessionKey {
        organization_id: integration.organization_id.clone(),
        integration_id: integration.id.clone(),
        integration_version: integration.version,
        session_policy_hash: base16ct::lower::encode_string(&Sha256::digest(request.session_policy.as_bytes())),
    };
    Ok((key, request))
}

/// How a session for `bucket` is asked for.
pub(crate) fn assume_request(integration: &Integration, role: &RoleArn, bucket: &Bucket) -> Result<AssumeRole> {
    let session_policy = session_policy(&integration.spec.grant(), bucket).ok_or_else(|| {
        let detail = "The session policy for this bucket is larger than AWS takes.";
        Error::new(Kind::AwsRefused, "session_policy_too_large", detail)
            .hint("Declare fewer KMS keys or shorter prefixes in one integration.")
    })?;
    Ok(narrowed(integration, role, session_policy))
}

/// External IDs that a role has to refuse: any other; and one that begins and ends like the right one, which whoever demands the right one
/// by a pattern (`StringLike` with a `*`) takes as well, however much of it the pattern names.
pub(crate) fn other_ids(own: &ExternalId, rng: &Rng) -> [ExternalId; 2] {
    let other = new_external_id(rng);
    let alike = ExternalId::parse(&format!("{0}{0}", own.as_str()));
    [other.clone(), alike.unwrap_or(other)]
}

/// How a session that this policy narrows is asked for.
pub(crate) fn narrowed(integration: &Integration, role: &RoleArn, session_policy: String) -> AssumeRole {
    AssumeRole {
        role: role.clone(),
        through: principal_role(&integration.settings, integration.principal.as_ref()),
        external_id: integration.external_id.clone(),
        session_name: format!("{}-{}", integration.organization_id, integration.id),
        session_policy,
        duration: integration.spec.session_duration,
        unproven: integration.safety != Safety::Proven,
    }
}
