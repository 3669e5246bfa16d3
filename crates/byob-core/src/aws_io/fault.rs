//! What went wrong with a request to AWS, whichever client made it: the facts that a diagnosis is made of.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::{
    client::{orchestrator::HttpResponse, result::SdkError},
    http::Headers,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::Deserialize;

use crate::{
    aws_io::{cause, guard::AddressRefused},
    error::{AwsFault, one_line},
};

/// A request that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Such as `s3:GetObject`.
    pub operation: &'static str,
    /// How far it came.
    pub kind: FaultKind,
    /// The HTTP status; 0 where nobody answered.
    pub status: u16,
    /// AWS's error code, such as `AccessDenied`.
    pub code: Option<String>,
    /// AWS's sentence, on one line.
    pub message: Option<String>,
    /// AWS's request ID.
    pub request_id: Option<String>,
    /// The region that the answer names, where it is about another one.
    pub region: Option<String>,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// AWS understood and said no.
    Refused,
    /// AWS asks to slow down.
    Throttled,
    /// AWS failed, or somebody on the way did.
    Failed,
    /// No answer within the time.
    TimedOut,
    /// No connection: no such host, nobody listens, no TLS.
    Unreachable,
    /// Our own guard did not connect.
    AddressRefused,
    /// The platform has no credentials to sign with, or AWS refused those of its principal role.
    NoCredentials,
    /// Somebody answered who does not speak AWS's language.
    NotAws,
}

/// Codes that ask to slow down, whatever their status.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>.
const THROTTLES: [&str; 9] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
];

impl Fault {
    /// Reads what AWS's client says.
    pub fn of<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let response = error.raw_response();
        let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
        // Some stores wrap the error less than AWS's client expects.
        let body = response.and_then(|response| response.body().bytes()).unwrap_or_default();
        let document: ErrorDocument = quick_xml::de::from_reader(body).unwrap_or_default();
        let code = meta.and_then(|meta| meta.code()).map(str::to_owned).or(document.code);
        let message = meta.and_then(|meta| meta.message()).map(str::to_owned).or(document.message);
        let message = message.filter(|message| !message.is_empty()).map(|message| one_line(&message));
        let status = response.map_or(0, |response| response.status().as_u16());
        let header = |name: &str| response.and_then(|response| text(response.headers(), name));
        let kind = unanswered(error).unwrap_or_else(|| match error {
            SdkError::ResponseError(_) if status < 400 => FaultKind::NotAws,
            _ => Self::answered(status, code.as_deref()),
        });
        Self {
            operation,
            kind,
            status,
            code: code.map(|code| one_line(&code)),
            request_id: ["x-amz-request-id", "x-amzn-requestid"].into_iter().find_map(header),
            region: document
                .region
                .or_else(|| header("x-amz-bucket-region"))
                .or_else(|| message.as_deref().and_then(expected_region)),
            message,
        }
    }

    /// The same, of an operation whose permission has another name: `s3:ListObjectsV2` needs `s3:ListBucket`.
    #[must_use]
    pub fn needing(self, permission: &'static str) -> Self {
        Self { operation: permission, ..self }
    }

    /// A request without an answer, of whatever client.
    pub fn unanswered<E: StdError + 'static>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self {
        Self::silent(operation, unanswered(error).unwrap_or(FaultKind::Unreachable))
    }

    /// Reads S3's own error document.
    pub fn of_document(
        operation: &'static str,
        status: u16,
        header: impl Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Self {
        let document: ErrorDocument = quick_xml::de::from_reader(body).unwrap_or_default();
        let kind = match &document.code {
            None if !(500..600).contains(&status) && status != 429 => FaultKind::NotAws,
            code => Self::answered(status, code.as_deref()),
        };
        Self {
            operation,
            kind,
            status,
            code: document.code.map(|code| one_line(&code)),
            message: document.message.filter(|message| !message.is_empty()).map(|message| one_line(&message)),
            request_id: header("x-amz-request-id"),
            region: document.region.or_else(|| header("x-amz-bucket-region")),
        }
    }

    fn answered(status: u16, code: Option<&str>) -> FaultKind {
        match (status, code) {
            (_, Some(code)) if THROTTLES.contains(&code) => FaultKind::Throttled,
            (429, _) => FaultKind::Throttled,
            (500.., _) => FaultKind::Failed,
            // S3 names a code in every error but for HEAD requests and redirects.
            (300..500, Some(_)) | (301 | 307, None) => FaultKind::Refused,
            _ => FaultKind::NotAws,
        }
    }

    /// The credentials for a request were refused: that says nothing about the request, and so is no denial of it.
    pub fn of_credentials(fault: Self) -> Self {
        let kind = if fault.kind == FaultKind::Refused { FaultKind::NoCredentials } else { fault.kind };
        Self { kind, ..fault }
    }

    /// A request that got no answer.
    pub fn silent(operation: &'static str, kind: FaultKind) -> Self {
        Self { operation, kind, status: 0, code: None, message: None, request_id: None, region: None }
    }

    /// Whether it says nothing about what is permitted: asked again, AWS may well answer otherwise.
    pub fn is_inconclusive(&self) -> bool {
        matches!(self.kind, FaultKind::Throttled | FaultKind::Failed | FaultKind::TimedOut)
    }

    /// Whether AWS understood who asks and for what, and denied it.
    pub fn is_denied(&self) -> bool {
        self.kind == FaultKind::Refused
            && matches!(self.code.as_deref(), Some("AccessDenied" | "AccessDeniedException" | "AllAccessDisabled"))
    }

    /// AWS's code, or nothing.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// AWS's sentence, or nothing.
    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// What users are shown of it.
    pub fn shown(&self) -> AwsFault {
        AwsFault::new(self.operation, self.code.as_deref(), self.request_id.as_deref())
    }

    /// In a few words, as evidence.
    pub fn in_words(&self) -> String {
        let what = match self.kind {
            FaultKind::TimedOut => return "no answer in time".into(),
            FaultKind::Unreachable => return "no connection".into(),
            FaultKind::AddressRefused => return "not connected: the address is private or special".into(),
            FaultKind::NoCredentials if self.code.is_none() => {
                return "not sent: the platform has no AWS credentials".into();
            }
            FaultKind::NotAws => "an answer that is not S3's".to_owned(),
            FaultKind::NoCredentials => format!("{} to {}", self.code(), self.operation),
            FaultKind::Refused | FaultKind::Throttled | FaultKind::Failed => self.code().to_owned(),
        };
        let message = self.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        format!("{} {what}{message}", self.status)
    }
}

/// Why there is no answer; `None` if there is one.
fn unanswered<E: StdError + 'static>(error: &SdkError<E, HttpResponse>) -> Option<FaultKind> {
    if cause::<AddressRefused>(error).is_some() {
        return Some(FaultKind::AddressRefused);
    }
    if cause::<CredentialsError>(error).is_some() {
        return Some(FaultKind::NoCredentials);
    }
    match error {
        SdkError::TimeoutError(_) => Some(FaultKind::TimedOut),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Some(FaultKind::TimedOut),
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => Some(FaultKind::Unreachable),
        _ => None,
    }
}

/// The region in sentences such as `the region 'us-east-1' is wrong; expecting 'eu-central-1'`.
fn expected_region(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    rest.split_once('\'').map(|(region, _)| region.to_owned())
}

/// The parts of S3's error document that tell something.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ErrorDocument {
    code: Option<String>,
    message: Option<String>,
    region: Option<String>,
}

fn text(headers: &Headers, name: &str) -> Option<String> {
    headers.get(name).map(one_line)
}
