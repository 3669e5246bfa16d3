//! Errors on the wire: RFC 9457, and the only place where a kind of error becomes an HTTP status.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use byob_core::{Error, Kind, check::Report, error::FieldFault};
use serde::Serialize;
use utoipa::ToSchema;

/// An error, as `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A URN that names the sort of problem.
    #[schema(example = "urn:byob:problem:invalid_role_arn")]
    r#type: String,
    /// The sort of problem, in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened.
    detail: String,
    /// The request's ID, to quote.
    #[schema(example = "req_01jd…")]
    instance: String,
    /// Stable and machine-readable.
    code: &'static str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The wrong fields of the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// What AWS answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    aws: Option<AwsProblem>,
    /// The check that is the reason, with the document that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
}

/// One wrong field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldProblem {
    /// Its path in the input.
    #[schema(example = "scope.bucket")]
    field: String,
    /// Stable and machine-readable.
    code: &'static str,
    /// What is wrong.
    detail: String,
    /// What to do about it.
    hint: String,
}

/// What AWS answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AwsProblem {
    /// Such as `sts:AssumeRole`.
    operation: &'static str,
    /// AWS's error code.
    code: Option<String>,
    /// AWS's request ID, to quote to AWS's support.
    request_id: Option<String>,
}

/// Why one locator of many has no URL.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemProblem {
    /// Stable and machine-readable.
    code: &'static str,
    /// What happened.
    detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What AWS answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    aws: Option<AwsProblem>,
}

/// What a handler fails with. The [boundary](crate::boundary) turns it into a [`Problem`], because only there the request's ID is known.
#[derive(Debug, Clone)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind()).0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Failure {
    /// The response that the client sees.
    pub fn render(&self, request_id: &str) -> Response {
        let error = &self.0;
        let (status, title) = status(error.kind());
        let problem = Problem {
            r#type: format!("urn:byob:problem:{}", error.code()),
            title,
            status: status.as_u16(),
            detail: error.detail().to_owned(),
            instance: request_id.to_owned(),
            code: error.code(),
            hint: error.hint_text().map(str::to_owned),
            errors: error.field_faults().iter().map(FieldProblem::from).collect(),
            aws: aws(error),
            report: error.report().cloned(),
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let advice = match error.kind() {
            Kind::Unauthenticated => Some((header::WWW_AUTHENTICATE, "Bearer")),
            Kind::AwsUnavailable | Kind::Unavailable => Some((header::RETRY_AFTER, "3")),
            Kind::TooMany => Some((header::RETRY_AFTER, "60")),
            _ => None,
        };
        headers.extend(advice.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    }
}

/// The status, and a title that is true of every problem of the kind.
pub fn status(kind: Kind) -> (StatusCode, &'static str) {
    match kind {
        Kind::Malformed => (StatusCode::BAD_REQUEST, "The request cannot be read"),
        Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "What was sent, or named, is not valid"),
        Kind::Unauthenticated => (StatusCode::UNAUTHORIZED, "A valid token is needed"),
        Kind::Forbidden => (StatusCode::FORBIDDEN, "This is not permitted"),
        Kind::NotFound => (StatusCode::NOT_FOUND, "Not found"),
        Kind::NotServed => (StatusCode::NOT_FOUND, "The locator is not served"),
        Kind::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "The method is not allowed here"),
        Kind::Conflict => (StatusCode::CONFLICT, "What is there now does not allow it"),
        Kind::Gone => (StatusCode::GONE, "It is no longer good"),
        Kind::TooMany => (StatusCode::TOO_MANY_REQUESTS, "Too often in a short time"),
        Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large"),
        Kind::AwsRefused => (StatusCode::BAD_GATEWAY, "AWS refused"),
        Kind::AddressRefused => (StatusCode::BAD_GATEWAY, "The address is not allowed"),
        Kind::AwsUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "AWS cannot be used at the moment"),
        Kind::NotConfigured => (StatusCode::SERVICE_UNAVAILABLE, "The operator has something to mend"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "The service is not available at the moment"),
        Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
    }
}

impl From<&Error> for ItemProblem {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            detail: error.detail().to_owned(),
            hint: error.hint_text().map(str::to_owned),
            aws: aws(error),
        }
    }
}

impl From<&FieldFault> for FieldProblem {
    fn from(fault: &FieldFault) -> Self {
        Self { field: fault.field.clone(), code: fault.code, detail: fault.detail.clone(), hint: fault.hint.clone() }
    }
}

fn aws(error: &Error) -> Option<AwsProblem> {
    error.aws_fault().map(|fault| AwsProblem {
        operation: fault.operation,
        code: fault.code.clone(),
        request_id: fault.request_id.clone(),
    })
}
