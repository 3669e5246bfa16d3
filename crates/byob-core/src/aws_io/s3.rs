//! Requests of the service itself to customers' buckets, through the guard.

use aws_sdk_s3::{
    Client,
    config::{
        BehaviorVersion, Builder, Credentials as SdkCredentials, Region, RequestChecksumCalculation,
        ResponseChecksumValidation, retry::RetryConfig,
    },
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use byob_aws::Credentials;

use crate::{
    aws_io::{
        cause,
        guard::{AddressRefused, GuardedClient},
        timeouts,
    },
    error::{AwsFault, Error, Kind},
    integration::Spec,
};

/// A client for one integration's buckets; `None` asks as nobody, as for public buckets.
pub fn client(spec: &Spec, credentials: Option<&Credentials>, http: GuardedClient) -> Client {
    Client::from_conf(configuration(spec, credentials, http).build())
}

/// How that client is set up.
pub fn configuration(spec: &Spec, credentials: Option<&Credentials>, http: GuardedClient) -> Builder {
    let mut config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(spec.region.as_str().to_owned()))
        .force_path_style(spec.force_path_style)
        // Stores other than AWS know neither the checksums that the client sends nor those that it asks for otherwise.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts());
    config.set_endpoint_url(spec.endpoint_url.clone());
    match credentials {
        None => config.allow_no_auth(),
        Some(credentials) => config.credentials_provider(SdkCredentials::new(
            credentials.access_key_id(),
            credentials.secret_access_key(),
            credentials.session_token().map(str::to_owned),
            None,
            "byob session",
        )),
    }
}

/// The error code of a session that AWS no longer takes.
pub const SESSION_EXPIRED: &str = "session_expired";

/// S3's error codes, and what they mean to the people who read them.
pub fn explain<E>(operation: &'static str, error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let fault = AwsFault::new(operation, error.code(), error.request_id());
    let action = action(operation);
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let say = |kind, code, detail: String, hint: &str| Error::new(kind, code, detail).hint(hint);
    let explained = if let Some(refused) = cause::<AddressRefused>(&error) {
        say(
            Kind::AddressRefused,
            "address_refused",
            format!("The service did not connect to the bucket: {refused}."),
            "Use the store's public address, or ask the operator to allow this host and port (`outbound.allow`).",
        )
    } else {
        match (fault.code.as_deref(), status) {
            (Some("ExpiredToken"), _) => {
                say(Kind::AwsUnavailable, SESSION_EXPIRED, "The session has ended.".into(), "Try again in a moment.")
            }
            (Some("NoSuchKey" | "NoSuchVersion" | "NotFound"), _) => say(
                Kind::NotFound,
                "no_such_object",
                "The object does not exist (any more).".into(),
                "Check the key, which is taken byte for byte, and the version if one is named.",
            ),
            (Some("MethodNotAllowed"), 405) => say(
                Kind::NotFound,
                "no_such_object",
                "This version says that the object was deleted.".into(),
                "Open an older version.",
            ),
            (Some("InvalidObjectState"), 403) => say(
                Kind::AwsRefused,
                "object_archived",
                "The object is archived, and not restored.".into(),
                "Restore it in the S3 console first, which takes minutes to hours.",
            ),
            (Some("NoSuchBucket"), _) => say(
                Kind::AwsRefused,
                "no_such_bucket",
                "S3 knows no bucket of that name.".into(),
                "Check the name, and the endpoint URL if there is one.",
            ),
            (Some("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException"), _)
            | (_, 301 | 307) => say(
                Kind::AwsRefused,
                "wrong_region",
                "The bucket lies in another region than the integration says.".into(),
                "Set the bucket's region; its page in the S3 console shows it.",
            ),
            (Some("InvalidAccessKeyId" | "SignatureDoesNotMatch"), _) => say(
                Kind::AwsRefused,
                "access_key_refused",
                "The store does not accept the credentials.".into(),
                "With an access key: check the key and its secret. With an endpoint URL: check the region that the store expects.",
            ),
            (Some("RequestTimeTooSkewed"), _) => say(
                Kind::NotConfigured,
                "clock_skew",
                "The service's clock differs from the store's by more than 15 minutes.".into(),
                "This is for the operator to mend: set the machine's clock by NTP.",
            ),
            (_, 403) => say(
                Kind::AwsRefused,
                "access_denied",
                format!("S3 refused `{action}`."),
                "Compare the role's access policy with the generated document; a bucket policy may deny it as well.",
            ),
            (_, 400..500) => {
                say(Kind::AwsRefused, "s3_refused", format!("S3 refused `{action}`."), "Look up AWS's error code.")
            }
            _ => say(
                Kind::AwsUnavailable,
                "s3_unavailable",
                "The bucket cannot be reached.".into(),
                "Try again in a moment.",
            ),
        }
    };
    explained.aws(fault).caused_by(error)
}

/// What IAM calls an operation, as policies name it.
fn action(operation: &'static str) -> &'static str {
    match operation {
        "s3:ListObjectsV2" => "s3:ListBucket",
        "s3:ListObjectVersions" => "s3:ListBucketVersions",
        "s3:HeadObject" => "s3:GetObject",
        other => other,
    }
}
