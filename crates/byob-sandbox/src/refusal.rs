//! How AWS says no: a code, a status, a sentence and the facts beside them.

use axum::{
    body::Body,
    http::{HeaderValue, Method, Response, StatusCode, header},
};
use maud::{Markup, PreEscaped, html};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    call::Disbelief,
    signature::{Fault, INVALID_MOMENT, Mismatch, OLD_QUERY},
};

/// A refusal, before a door gives it the shape of its protocol.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// AWS's code, such as `NoSuchKey`.
    pub code: String,
    /// The HTTP status.
    pub status: StatusCode,
    /// AWS's sentence.
    pub message: String,
    /// Further elements of S3's error document, in order.
    pub fields: Vec<(&'static str, String)>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal with nothing beside its sentence.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            message: message.into(),
            fields: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Adds an element.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Something of ours failed.
    pub fn internal() -> Self {
        Self::new(500, "InternalError", "We encountered an internal error. Please try again.")
    }

    /// The refusal of S3 for a sender who is not believed.
    pub fn s3_disbelief(disbelief: Disbelief, in_query: bool, now: OffsetDateTime) -> Self {
        match disbelief {
            Disbelief::Signature(fault) => Self::s3_signature(fault, in_query, now),
            Disbelief::UnknownKey(id) => {
                let message = "The AWS Access Key Id you provided does not exist in our records.";
                Self::new(403, "InvalidAccessKeyId", message).with("AWSAccessKeyId", id)
            }
            Disbelief::BadToken(token) => {
                let message = "The provided token is malformed or otherwise invalid.";
                Self::new(400, "InvalidToken", message).with("Token-0", token)
            }
            Disbelief::ExpiredToken(token) => {
                Self::new(400, "ExpiredToken", "The provided token has expired.").with("Token-0", token)
            }
        }
    }

    /// The refusal of S3 for a signature that is not believed.
    pub fn s3_signature(fault: Fault, in_query: bool, now: OffsetDateTime) -> Self {
        match fault {
            Fault::UnsupportedScheme => Self::new(
                400,
                "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
            ),
            Fault::MalformedOld => Self::new(
                400,
                "InvalidArgument",
                "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature",
            ),
            Fault::Malformed(why) if why.starts_with("Only one auth") => Self::new(400, "InvalidArgument", why),
            Fault::Malformed(why) if why.starts_with(OLD_QUERY) || why.starts_with(INVALID_MOMENT) => {
                Self::new(403, "AccessDenied", why)
            }
            Fault::Malformed(why) if in_query => Self::new(400, "AuthorizationQueryParametersError", why),
            Fault::Malformed(why) if why.contains("x-amz-date") => Self::new(403, "AccessDenied", why),
            Fault::Malformed(why) => {
                Self::new(400, "AuthorizationHeaderMalformed", format!("The authorization header is malformed; {why}"))
            }
            Fault::BadLifetime(why) => Self::new(400, "AuthorizationQueryParametersError", why),
            Fault::Skewed { at } => Self::new(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            )
            .with("RequestTime", iso(at))
            .with("ServerTime", iso(now))
            .with("MaxAllowedSkewMilliseconds", "900000"),
            Fault::Expired { expires_in, at } => Self::new(403, "AccessDenied", "Request has expired")
                .with("X-Amz-Expires", expires_in.to_string())
                .with("Expires", iso(at))
                .with("ServerTime", iso(now)),
            Fault::NotYetValid => Self::new(403, "AccessDenied", "Request is not yet valid"),
            Fault::NotSigned(names) => {
                Self::new(403, "AccessDenied", "There were headers present in the request which were not signed")
                    .with("HeadersNotSigned", names.join(", "))
            }
            Fault::Mismatch(mismatch) => {
                let Mismatch { access_key_id, string_to_sign, signature, canonical_request } = *mismatch;
                let refusal = Self::new(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided. Check your key and \
                     signing method.",
                )
                .with("AWSAccessKeyId", access_key_id)
                .with("StringToSign", string_to_sign)
                .with("SignatureProvided", signature);
                if canonical_request.is_empty() { refusal } else { refusal.with("CanonicalRequest", canonical_request) }
            }
        }
    }

    /// The refusal of STS, IAM and KMS for a request that is not believed.
    pub fn query_signature(fault: Fault, now: OffsetDateTime) -> Self {
        match fault {
            Fault::UnsupportedScheme
            | Fault::MalformedOld
            | Fault::Malformed(_)
            | Fault::BadLifetime(_)
            | Fault::NotSigned(_) => {
                let why = match fault {
                    Fault::Malformed(why) => why,
                    Fault::NotSigned(names) => format!("'{}' must be a signed header", names.join("', '")),
                    _ => "Unsupported AWS 'algorithm'".to_owned(),
                };
                Self::new(403, "IncompleteSignature", why)
            }
            Fault::Skewed { at } => Self::new(
                403,
                "SignatureDoesNotMatch",
                format!(
                    "Signature expired: {} is now {} than {} (15 min.)",
                    iso(at),
                    if at < now { "earlier" } else { "later" },
                    iso(now)
                ),
            ),
            Fault::Expired { .. } | Fault::NotYetValid => Self::new(400, "RequestExpired", "Request has expired"),
            Fault::Mismatch(_) => Self::new(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details.",
            ),
        }
    }

    /// S3's error document; HEAD requests get only the status.
    pub fn s3_response(&self, method: &Method, resource: &str, request_id: &str, host_id: &str) -> Response<Body> {
        let document = html! {
            Error {
                Code { (self.code) }
                Message { (self.message) }
                @for (name, value) in &self.fields { (element(name, value)) }
                Resource { (resource) }
                RequestId { (request_id) }
                HostId { (host_id) }
            }
        };
        let empty = method == Method::HEAD || self.status == StatusCode::NOT_MODIFIED;
        self.response("application/xml", if empty { None } else { Some(document) })
    }

    /// The error document of the query protocol (STS, IAM).
    pub fn query_response(&self, namespace: &str, request_id: &str) -> Response<Body> {
        let kind = if self.status.is_server_error() { "Receiver" } else { "Sender" };
        let document = html! {
            ErrorResponse xmlns=(namespace) {
                Error { Type { (kind) } Code { (self.code) } Message { (self.message) } }
                RequestId { (request_id) }
            }
        };
        self.response("text/xml", Some(document))
    }

    fn response(&self, media_type: &'static str, document: Option<Markup>) -> Response<Body> {
        let body = document.map_or_else(Body::empty, |document| Body::from(xml(&document)));
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(*name, value);
            }
        }
        response
    }
}

/// A document with XML's first line.
pub fn xml(document: &Markup) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", document.0)
}

/// An element whose name is known only at run time.
fn element(name: &str, value: &str) -> Markup {
    html! { (PreEscaped(format!("<{name}>"))) (value) (PreEscaped(format!("</{name}>"))) }
}

/// A time as AWS writes it, in whole seconds.
pub fn iso(at: OffsetDateTime) -> String {
    at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}
