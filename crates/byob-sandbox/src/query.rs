//! The query protocol of STS and IAM: a form in, XML out.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/programming.html>.

use std::{collections::BTreeMap, net::IpAddr};

use axum::{body::Body, http::request::Parts, response::Response};
use byob_aws::iam::{Context, PolicyKind};
use bytes::Bytes;
use maud::{Markup, PreEscaped, html};

use crate::{
    Sandbox,
    call::{Ask, Call, Caller, Disbelief, reason},
    http, random,
    refusal::{Refusal, xml},
    signature,
};

/// A service that speaks the query protocol.
pub struct QueryService {
    /// `sts` or `iam`.
    pub name: &'static str,
    /// The XML namespace of its answers.
    pub namespace: &'static str,
    /// Answers an action with the content of `<ActionResult>`; nothing where AWS answers without one.
    pub act: fn(&Call, &Params) -> Result<Option<Markup>, Refusal>,
}

/// The fields of a request.
pub struct Params {
    fields: BTreeMap<String, String>,
}

impl Params {
    /// Of a form, or of the query of a GET.
    fn of(parts: &Parts, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(body);
        let query = parts.uri.query().unwrap_or_default();
        let pairs = signature::query_pairs(query).into_iter().chain(signature::query_pairs(&body));
        Self { fields: pairs.collect() }
    }

    /// What a test asks.
    #[cfg(test)]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { fields: pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
    }

    /// `Action`.
    pub fn action(&self) -> &str {
        self.get("Action").unwrap_or_default()
    }

    /// A field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// A field that has to be there.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            let field = lower_first(name);
            invalid(format!(
                "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.get(name).map(|text| text.parse().map_err(|_| malformed(format!("{name} must be a number")))).transpose()
    }

    /// `Name.member.1`, `Name.member.2`, …
    pub fn list(&self, name: &str) -> Vec<&str> {
        (1..).map_while(|n| self.get(&format!("{name}.member.{n}"))).collect()
    }

    /// `Name.member.1.A`, `Name.member.1.B`, `Name.member.2.A`, …: pairs such as tags.
    pub fn pairs(&self, name: &str, first: &str, second: &str) -> Vec<(&str, &str)> {
        let field = |n: usize, part: &str| self.get(&format!("{name}.member.{n}.{part}"));
        (1..).map_while(|n| Some((field(n, first)?, field(n, second).unwrap_or_default()))).collect()
    }
}

/// `ValidationError`, as IAM and STS say it.
pub fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}

/// `ValidationError` of a value that breaks a rule, such as `Member must have length less than or equal to 64`.
pub fn constraint(value: &str, field: &str, rule: impl std::fmt::Display) -> Refusal {
    invalid(format!("1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {rule}"))
}

/// A value that is not of its type.
pub fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "MalformedInput", message)
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// Authenticates a request, lets the service answer, and wraps the answer.
pub fn answer(
    sandbox: &Sandbox,
    parts: &Parts,
    body: &Bytes,
    source: IpAddr,
    service: &QueryService,
) -> Response<Body> {
    let request_id = random::uuid();
    let mut response = match act(sandbox, parts, body, source, service, &request_id) {
        Ok(document) => {
            let mut response = Response::new(Body::from(document));
            let xml = axum::http::HeaderValue::from_static("text/xml");
            response.headers_mut().insert(axum::http::header::CONTENT_TYPE, xml);
            response
        }
        Err(refusal) => refusal.query_response(service.namespace, &request_id),
    };
    http::stamp(&mut response, false, &request_id, "");
    response
}

fn act(
    sandbox: &Sandbox,
    parts: &Parts,
    body: &Bytes,
    source: IpAddr,
    service: &QueryService,
    request_id: &str,
) -> Result<String, Refusal> {
    let call = call(sandbox, parts, body, source, request_id)?;
    let params = Params::of(parts, body);
    let action = params.action().to_owned();
    if action.is_empty() {
        return Err(Refusal::new(400, "MissingAction", "Could not find operation in the request: no Action was given"));
    }
    sandbox.count(format!("{}:{action}", service.name));
    let result = (service.act)(&call, &params)?;
    // Only names that the service knows come here, so that they may become elements.
    let open = format!("<{action}Response xmlns=\"{}\">", service.namespace);
    let document = html! {
        (PreEscaped(open))
        @if let Some(result) = result {
            (PreEscaped(format!("<{action}Result>"))) (result) (PreEscaped(format!("</{action}Result>")))
        }
        ResponseMetadata { RequestId { (request_id) } }
        (PreEscaped(format!("</{action}Response>")))
    };
    Ok(xml(&document))
}

/// Finds out who asks a service other than S3; anonymous callers are refused.
pub fn call(sandbox: &Sandbox, parts: &Parts, body: &Bytes, source: IpAddr, request_id: &str) -> Result<Call, Refusal> {
    let now = sandbox.clock().now();
    let invalid_token =
        || Refusal::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    let (caller, signed) = Call::authenticate(sandbox, parts, body, now).map_err(|disbelief| match disbelief {
        Disbelief::Signature(fault) => Refusal::query_signature(fault, now),
        Disbelief::UnknownKey(_) | Disbelief::BadToken(_) => invalid_token(),
        Disbelief::ExpiredToken(_) => {
            Refusal::new(403, "ExpiredToken", "The security token included in the request is expired")
        }
    })?;
    if matches!(caller, Caller::Anonymous) {
        return Err(Refusal::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"));
    }
    Ok(Call {
        sandbox: sandbox.clone(),
        request_id: request_id.to_owned(),
        now,
        caller,
        iam: sandbox.read().iam.in_force(now),
        body: body.clone(),
        context: Call::facts(parts, signed.as_ref().map(|(signed, _)| signed), source, now),
    })
}

impl Call {
    /// Whether the caller may do this in its own account.
    pub fn require(&self, action: &str, resource: &str) -> Result<(), Refusal> {
        let account = self.caller.account().unwrap_or_default();
        self.require_with(action, resource, account, None, Context::new())
    }

    /// Whether the caller may do this to something that has a policy of its own.
    pub fn require_with(
        &self,
        action: &str,
        resource: &str,
        resource_account: &str,
        resource_policy: Option<(PolicyKind, &str)>,
        context: Context,
    ) -> Result<(), Refusal> {
        let decision = self.decide(Ask { action, resource, resource_account, resource_policy, context });
        if decision.is_allowed() {
            return Ok(());
        }
        let who = self.caller.arn();
        let reason = if self.caller.account() == Some(resource_account) {
            format!(" {}", reason(&decision, action))
        } else {
            String::new()
        };
        let message = format!("User: {who} is not authorized to perform: {action} on resource: {resource}{reason}");
        Err(Refusal::new(403, "AccessDenied", message))
    }
}
