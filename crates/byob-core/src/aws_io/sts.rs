//! `sts:AssumeRole`: a customer's role becomes session credentials.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{RequestId, assume_role::AssumeRoleError},
};
use byob_aws::{Credentials, RoleArn, policies::trust::ExternalId};
use time::OffsetDateTime;
use tokio::sync::{OnceCell, RwLock};

use crate::{
    aws_io::{cause, guard::AddressRefused, platform::Platform},
    error::{AwsFault, Error, Kind, Result},
};

/// The platform's STS client.
#[derive(Debug)]
pub struct Sts {
    platform: Platform,
    client: RwLock<OnceCell<Client>>,
}

/// What is asked of STS.
#[derive(Debug, Clone)]
pub struct AssumeRole {
    /// The customer's role.
    pub role: RoleArn,
    /// The ID that its trust policy demands.
    pub external_id: ExternalId,
    /// What the customer sees in CloudTrail: 2 to 64 characters.
    pub session_name: String,
    /// What narrows the session.
    pub session_policy: String,
    /// Seconds.
    pub duration: u32,
}

/// What STS answered.
#[derive(Debug, Clone)]
pub struct AssumedRole {
    /// The session's credentials.
    pub credentials: Credentials,
    /// When they end.
    pub expires_at: OffsetDateTime,
}

const OPERATION: &str = "sts:AssumeRole";

impl Sts {
    /// Connects at the first call.
    pub fn new(platform: Platform) -> Self {
        Self { platform, client: RwLock::default() }
    }

    /// Assumes a role. If the platform's own credentials turn out to have expired, they are loaded afresh and the call is made
    /// once more.
    pub async fn assume_role(&self, request: &AssumeRole) -> Result<AssumedRole> {
        match self.assume_role_once(request).await {
            Err(error) if error.code() == PLATFORM_EXPIRED => {
                *self.client.write().await = OnceCell::new();
                self.assume_role_once(request).await
            }
            answer => answer,
        }
    }

    async fn assume_role_once(&self, request: &AssumeRole) -> Result<AssumedRole> {
        let client = self.client.read().await.get_or_init(|| self.platform.sts_client()).await.clone();
        metrics::counter!("byob_sts_assume_role_total").increment(1);
        let answer = client
            .assume_role()
            .role_arn(request.role.to_string())
            .external_id(request.external_id.as_str())
            .role_session_name(&request.session_name)
            .policy(&request.session_policy)
            .duration_seconds(i32::try_from(request.duration).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| explain(error, request))?;
        let session = answer.credentials.ok_or_else(|| Error::internal("STS answered without credentials"))?;
        Ok(AssumedRole {
            expires_at: OffsetDateTime::from_unix_timestamp(session.expiration.secs()).map_err(Error::internal)?,
            credentials: Credentials::new(
                session.access_key_id,
                session.secret_access_key,
                Some(session.session_token),
            ),
        })
    }
}

const PLATFORM_EXPIRED: &str = "platform_credentials_expired";

/// AWS's error codes, and what they mean to the people who read them.
fn explain(error: SdkError<AssumeRoleError>, request: &AssumeRole) -> Error {
    let aws = AwsFault::new(OPERATION, error.code(), error.request_id());
    let message = error.message().unwrap_or_default();
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let role = &request.role;
    let say = |kind, code, detail: String, hint: &str| Error::new(kind, code, detail).hint(hint);
    let explained = if let Some(refused) = cause::<AddressRefused>(&error) {
        say(
            Kind::AddressRefused,
            "address_refused",
            format!("The service did not connect to STS: {refused}."),
            "The operator can allow a host and port (`outbound.allow`).",
        )
    } else if cause::<CredentialsError>(&error).is_some() {
        say(
            Kind::NotConfigured,
            "platform_credentials_missing",
            "The platform has no AWS credentials.".into(),
            "The operator sets `aws.access_key_id` and `aws.secret_access_key`, or gives the service a role or profile.",
        )
    } else {
        match aws.code.as_deref() {
            Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => say(
                Kind::NotConfigured,
                PLATFORM_EXPIRED,
                "The platform's own AWS credentials have expired.".into(),
                "This is for the operator to mend.",
            ),
            Some(
                "InvalidClientTokenId"
                | "SignatureDoesNotMatch"
                | "UnrecognizedClientException"
                | "IncompleteSignature",
            ) => say(
                Kind::NotConfigured,
                "platform_credentials_invalid",
                "AWS does not accept the platform's own credentials.".into(),
                "This is for the operator to mend.",
            ),
            Some("PackedPolicyTooLarge") => say(
                Kind::AwsRefused,
                "session_policy_too_large",
                "The session policy for this integration is larger than AWS takes.".into(),
                "Declare fewer buckets, shorter prefixes or fewer KMS keys in one integration.",
            ),
            Some("ValidationError") if message.contains("role chaining") => say(
                Kind::AwsRefused,
                "session_duration_too_long",
                "The platform itself uses a role, and sessions that one role opens of another last an hour at most."
                    .into(),
                "Set `session_duration` of the integration to 3600 or less.",
            ),
            Some("MalformedPolicyDocument") => say(
                Kind::Internal,
                "session_policy_malformed",
                "AWS does not accept the session policy that we made.".into(),
                "Please report this.",
            ),
            Some("ValidationError")
                if message.contains("DurationSeconds") || message.contains("MaxSessionDuration") =>
            {
                say(
                    Kind::AwsRefused,
                    "session_duration_too_long",
                    format!("The role {role} allows no session of {} seconds.", request.duration),
                    "Raise the role's maximum session duration in IAM, or lower `session_duration` of the integration.",
                )
            }
            Some("RegionDisabledException") => say(
                Kind::AwsRefused,
                "sts_region_disabled",
                "STS is not active in the platform's region for the customer's account.".into(),
                "Activate the region in the customer's account settings of IAM.",
            ),
            Some("Throttling" | "ThrottlingException" | "TooManyRequestsException") => {
                say(Kind::AwsUnavailable, "aws_throttled", "AWS asks us to slow down.".into(), "Try again in a moment.")
            }
            _ if (400..500).contains(&status) => say(
                Kind::AwsRefused,
                "role_not_assumable",
                format!("AWS refused to let the platform assume {role}."),
                "Check that the role exists, and that its trust policy is exactly the generated one: principal and external ID must \
                 match. Changes in IAM take some minutes to arrive.",
            ),
            _ => say(
                Kind::AwsUnavailable,
                "sts_unavailable",
                "AWS STS cannot be reached.".into(),
                "Try again in a moment.",
            ),
        }
    };
    explained.aws(aws).caused_by(error)
}
