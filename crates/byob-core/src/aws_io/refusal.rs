//! What is wrong with the platform itself, whichever service of AWS says so, in words for the people who read it.

use crate::{
    aws_io::fault::{Fault, FaultKind},
    error::{Error, Kind},
};

/// The codes by which AWS says that the platform's own credentials have ended.
pub const EXPIRED: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// The codes by which AWS says that it does not know them.
const INVALID: [&str; 4] =
    ["InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException", "IncompleteSignature"];

/// The service that was asked, as people call it.
pub(super) fn service(fault: &Fault) -> String {
    fault.operation.split(':').next().unwrap_or_default().to_ascii_uppercase()
}

/// What a request of the platform's own came to grief of, if it is not about what was asked for.
pub(crate) fn of_platform(fault: &Fault) -> Option<Error> {
    let refused = format!(
        "The service did not connect to {}: its address is private or special, and not allowed.",
        service(fault)
    );
    let (kind, code, detail, hint) = match (fault.kind, fault.code()) {
        (FaultKind::AddressRefused, _) => (
            Kind::AddressRefused,
            "address_refused",
            refused.as_str(),
            "The operator can allow a host and port (`outbound.allow`).",
        ),
        (FaultKind::NoCredentials, "") => (
            Kind::NotConfigured,
            "platform_credentials_missing",
            "The platform has no AWS credentials.",
            "The operator sets `aws.access_key_id` and `aws.secret_access_key`, or gives the service a role or profile.",
        ),
        (FaultKind::Throttled, _) => {
            (Kind::AwsUnavailable, "aws_throttled", "AWS asks us to slow down.", "Try again in a moment.")
        }
        (_, code) if EXPIRED.contains(&code) => (
            Kind::NotConfigured,
            "platform_credentials_expired",
            "The platform's own AWS credentials have expired.",
            "This is for the operator to mend.",
        ),
        (_, code) if INVALID.contains(&code) => (
            Kind::NotConfigured,
            "platform_credentials_invalid",
            "AWS does not accept the platform's own credentials.",
            "This is for the operator to mend.",
        ),
        _ => return None,
    };
    Some(Error::new(kind, code, detail).hint(hint))
}
