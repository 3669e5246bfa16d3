//! Uploads by HTML forms, which a policy limits.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use byob_aws::sigv4::ALGORITHM;
use bytes::Bytes;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use super::{
    objects,
    request::{S3Request, invalid_argument, no_such_bucket},
    respond::{location, set, xml_text},
};
use crate::{
    Sandbox,
    call::{Call, Caller},
    refusal::{Refusal, xml},
    signature::{Fault, Signed, version_two},
};

/// The most that all fields but the file may hold together, in bytes.
const MOST_FIELDS: usize = 20 * 1024;

/// Whether a request is such a form.
pub fn is_form(parts: &Parts) -> bool {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    parts.method == Method::POST && kind.to_ascii_lowercase().starts_with("multipart/form-data")
}

/// The fields of a form, by lower-case name, and its file.
struct Form {
    fields: BTreeMap<String, String>,
    file: Bytes,
    file_name: String,
    file_type: Option<String>,
}

impl Form {
    fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// The key, with the name of the file where it asks for it.
    fn key(&self) -> Result<String, Refusal> {
        let key = self.get("key").ok_or_else(|| {
            invalid_argument("Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.", "key", "")
        })?;
        if key.is_empty() {
            return Err(invalid_argument("User key must have a length greater than 0.", "key", ""));
        }
        Ok(key.replace("${filename}", &self.file_name))
    }
}

/// Takes an upload.
pub async fn answer(
    sandbox: &Sandbox,
    parts: &Parts,
    body: &Bytes,
    bucket: Option<&str>,
    source: IpAddr,
    request_id: &str,
) -> Result<Response, Refusal> {
    let form = read(parts, body).await?;
    let bucket = bucket.ok_or_else(|| {
        Refusal::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    })?;
    let region =
        sandbox.read().buckets.get(bucket).map(|bucket| bucket.region.clone()).ok_or_else(|| no_such_bucket(bucket))?;
    let now = sandbox.clock().now();
    let key = form.key()?;
    let caller = authenticate(sandbox, &form, &region, now)?;
    if let Some(policy) = form.get("policy") {
        check_policy(policy, &form, bucket, &key, now)?;
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &form.fields {
        let kept =
            KEPT.contains(&name.as_str()) || (name.starts_with("x-amz-") && !OF_SIGNATURE.contains(&name.as_str()));
        let named = HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        if let (true, Some((name, value))) = (kept, named) {
            headers.insert(name, value);
        }
    }
    if let (false, Some(kind)) = (
        headers.contains_key(header::CONTENT_TYPE),
        form.file_type.as_deref().and_then(|kind| HeaderValue::try_from(kind).ok()),
    ) {
        // S3 itself takes only the field; browsers rarely send it, and a picture without its type is of no use to a visitor.
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(acl) = form.get("acl").and_then(|acl| HeaderValue::try_from(acl).ok()) {
        headers.insert("x-amz-acl", acl);
    }
    if let Some(tagging) = form.get("tagging") {
        let parsed: s3s::dto::Tagging = super::request::parse_xml(tagging.as_bytes())?;
        let pairs = parsed.tag_set.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()));
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        headers.extend(HeaderValue::try_from(text).ok().map(|text| (HeaderName::from_static("x-amz-tagging"), text)));
    }
    let facts = if form.get("x-amz-signature").is_some() {
        Call::facts(parts, None, source, now)
            .with("s3:authType", "POST")
            .with("s3:signatureversion", "AWS4-HMAC-SHA256")
    } else {
        Call::facts(parts, None, source, now)
    };
    let request = S3Request {
        call: Call {
            sandbox: sandbox.clone(),
            request_id: request_id.to_owned(),
            now,
            caller,
            iam: sandbox.read().iam.in_force(now),
            body: form.file.clone(),
            context: facts,
        },
        method: Method::POST,
        bucket: bucket.to_owned(),
        key: key.clone(),
        query: BTreeMap::new(),
        headers,
        region: String::new(),
    };
    sandbox.count("s3:PostObject".to_owned());
    let stored = objects::put(&request)?;
    Ok(respond(&form, &parts.headers, bucket, &key, &stored))
}

/// Fields that count as headers of the request, beside all `x-amz-…` that are not about the signature.
const KEPT: [&str; 6] =
    ["cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "expires"];
const OF_SIGNATURE: [&str; 5] =
    ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token", "x-amz-signature"];

fn respond(form: &Form, headers: &HeaderMap, bucket: &str, key: &str, stored: &Response) -> Response {
    let etag = stored.headers().get(header::ETAG).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let location = location(headers, bucket, key);
    let redirect =
        form.get("success_action_redirect").or_else(|| form.get("redirect")).and_then(|url| Url::parse(url).ok());
    let mut response = if let Some(mut url) = redirect.filter(|url| matches!(url.scheme(), "http" | "https")) {
        url.query_pairs_mut().append_pair("bucket", bucket).append_pair("key", key).append_pair("etag", etag);
        let mut response = super::respond::empty(303);
        set(&mut response, "location", url.as_str());
        response
    } else {
        let status = form.get("success_action_status").unwrap_or("204");
        let mut response = match status {
            "201" => {
                let mut response = xml_text(xml(&maud::html! {
                    PostResponse { Location { (location) } Bucket { (bucket) } Key { (key) } ETag { (etag) } }
                }));
                *response.status_mut() = axum::http::StatusCode::CREATED;
                response
            }
            "200" => super::respond::empty(200),
            _ => super::respond::empty(204),
        };
        set(&mut response, "location", location);
        response
    };
    for (name, value) in stored.headers() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}

/// Reads the form; what follows the file is ignored, as S3 does.
async fn read(parts: &Parts, body: &Bytes) -> Result<Form, Refusal> {
    let malformed = || {
        let message = "The body of your POST request is not well-formed multipart/form-data.";
        Refusal::new(400, "MalformedPOSTRequest", message)
    };
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| malformed())?;
    let whole = body.clone();
    let stream = futures::stream::once(async move { Ok::<Bytes, std::convert::Infallible>(whole) });
    let mut reader = multer::Multipart::new(stream, boundary);
    let mut fields = BTreeMap::new();
    let mut size = 0;
    while let Some(field) = reader.next_field().await.map_err(|_| malformed())? {
        let name = field.name().unwrap_or_default().to_ascii_lowercase();
        if name == "file" {
            let file_name =
                field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            let file_type = field.content_type().map(ToString::to_string);
            let file = field.bytes().await.map_err(|_| malformed())?;
            return Ok(Form { fields, file, file_name, file_type });
        }
        let value = field.text().await.map_err(|_| malformed())?;
        size += name.len() + value.len();
        if size > MOST_FIELDS {
            let message = "Your POST request fields preceding the upload file were too large.";
            return Err(Refusal::new(400, "MaxPostPreDataLengthExceeded", message));
        }
        fields.insert(name, value);
    }
    Err(invalid_argument("POST requires exactly one file upload per request.", "file", "0"))
}

/// Whose signature is on the policy; without a signature nobody's.
fn authenticate(sandbox: &Sandbox, form: &Form, region: &str, now: OffsetDateTime) -> Result<Caller, Refusal> {
    let signed = match (form.get("awsaccesskeyid"), form.get("signature")) {
        (None, None) => match signed(form)? {
            None if form.get("policy").is_some() => return Err(missing("AWSAccessKeyId")),
            signed => signed,
        },
        (Some(_), Some(_)) if region != version_two::REGION => {
            return Err(Refusal::s3_signature(Fault::UnsupportedScheme, false, now));
        }
        (key, signature) => Some(Signed::version_two(
            key.ok_or_else(|| missing("AWSAccessKeyId"))?,
            signature.ok_or_else(|| missing("signature"))?,
        )),
    };
    let Some(signed) = signed else { return Ok(Caller::Anonymous) };
    let policy = form.get("policy").ok_or_else(|| missing("policy"))?;
    let (caller, secret) = sandbox
        .identify(&signed.access_key_id, form.get("x-amz-security-token"), now)
        .map_err(|disbelief| Refusal::s3_disbelief(disbelief, true, now))?;
    signed.verify_text(&secret, policy, "").map_err(|fault| Refusal::s3_signature(fault, true, now))?;
    Ok(caller)
}

/// The fields of a signature of Version 4; without any of them the form is nobody's.
fn signed(form: &Form) -> Result<Option<Signed>, Refusal> {
    let names = ["x-amz-signature", "x-amz-credential", "x-amz-algorithm", "x-amz-date"];
    if names.iter().all(|name| form.get(name).is_none()) {
        return Ok(None);
    }
    let required = |name: &str| form.get(name).ok_or_else(|| missing(name));
    let algorithm = required("x-amz-algorithm")?;
    if algorithm != ALGORITHM {
        return Err(invalid_argument(
            format!("X-Amz-Algorithm only supports \"{ALGORITHM}\""),
            "X-Amz-Algorithm",
            algorithm,
        ));
    }
    let signed = Signed::over(required("x-amz-credential")?, required("x-amz-date")?, required("x-amz-signature")?);
    signed.map(Some).map_err(|fault| Refusal::s3_signature(fault, true, OffsetDateTime::UNIX_EPOCH))
}

fn missing(name: &str) -> Refusal {
    let message = format!(
        "Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields."
    );
    invalid_argument(message, name, "")
}

/// Fields that need no condition; checksums say nothing that the file does not say itself.
const FREE: [&str; 5] = ["x-amz-signature", "signature", "awsaccesskeyid", "policy", "file"];
const FREE_HEADS: [&str; 2] = ["x-ignore-", "x-amz-checksum-"];

/// Whether the policy is still good, and the form is what it allows: every field but a few needs a condition, and every condition holds.
fn check_policy(policy: &str, form: &Form, bucket: &str, key: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let invalid = |why: &str| Refusal::new(400, "InvalidPolicyDocument", format!("Invalid Policy: {why}"));
    let text: String = policy.split_whitespace().collect();
    let decoded = BASE64_STANDARD.decode(text).map_err(|_| invalid("Invalid base64."))?;
    let document: Value = serde_json::from_slice(&decoded).map_err(|_| invalid("Invalid JSON."))?;
    let expiration = document.get("expiration").ok_or_else(|| invalid("Policy missing expiration."))?;
    let expires = expiration.as_str().and_then(moment);
    let expires = expires.ok_or_else(|| invalid("Invalid 'expiration' value."))?;
    let denied = |why: &str| Refusal::new(403, "AccessDenied", format!("Invalid according to Policy: {why}"));
    if now >= expires {
        return Err(denied("Policy expired."));
    }
    let conditions = document.get("conditions").ok_or_else(|| invalid("Policy missing conditions."))?;
    let conditions = conditions.as_array().ok_or_else(|| invalid("Invalid 'conditions' value: must be a List."))?;
    let value_of = |name: &str| match name {
        "bucket" => Some(bucket.to_owned()),
        "key" => Some(form.get("key").unwrap_or(key).replace("${filename}", &form.file_name)),
        name => form.get(name).map(str::to_owned),
    };
    let mut covered = BTreeSet::new();
    for condition in conditions {
        for (operator, name, wanted) in tests(condition).ok_or_else(|| invalid("Invalid Condition."))? {
            let shown = format!("[\"{operator}\", \"${name}\", \"{wanted}\"]");
            let value = value_of(&name);
            let holds = match (operator.as_str(), &value) {
                ("eq", Some(value)) => *value == wanted,
                ("starts-with", Some(value)) => value.starts_with(&wanted),
                ("starts-with", None) => wanted.is_empty(),
                _ => false,
            };
            if !holds {
                return Err(denied(&format!("Policy Condition failed: {shown}")));
            }
            covered.insert(name);
        }
        check_length(condition, form.file.len() as u64, &invalid)?;
    }
    let is_free = |name: &str| FREE.contains(&name) || FREE_HEADS.iter().any(|head| name.starts_with(head));
    // The bucket is in the address, and counts as a field all the same.
    let fields = form.fields.keys().map(String::as_str).chain(["bucket"]);
    match fields.into_iter().find(|name| !covered.contains(*name) && !is_free(name)) {
        Some(name) => Err(denied(&format!("Extra input fields: {name}"))),
        None => Ok(()),
    }
}

/// A moment as policies write it: `2030-01-01T12:00:00.000Z`.
fn moment(text: &str) -> Option<OffsetDateTime> {
    let is_zulu = text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    OffsetDateTime::parse(text, &Rfc3339).ok().filter(|_| is_zulu)
}

/// The comparisons of a condition: operator, lower-case field, value. Those of lengths have none.
fn tests(condition: &Value) -> Option<Vec<(String, String, String)>> {
    match condition {
        Value::Object(fields) if fields.len() == 1 => fields
            .iter()
            .map(|(name, value)| Some(("eq".to_owned(), name.to_ascii_lowercase(), value.as_str()?.to_owned())))
            .collect(),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(operator), Value::String(name), Value::String(value)] => {
                let operator = operator.to_ascii_lowercase();
                let name = name.strip_prefix('$')?.to_ascii_lowercase();
                matches!(operator.as_str(), "eq" | "starts-with").then(|| vec![(operator, name, value.clone())])
            }
            [Value::String(operator), _, _] if operator.eq_ignore_ascii_case("content-length-range") => {
                Some(Vec::new())
            }
            _ => None,
        },
        _ => None,
    }
}

fn check_length(condition: &Value, size: u64, invalid: &impl Fn(&str) -> Refusal) -> Result<(), Refusal> {
    let Some([Value::String(operator), least, most]) = condition.as_array().map(Vec::as_slice) else { return Ok(()) };
    if !operator.eq_ignore_ascii_case("content-length-range") {
        return Ok(());
    }
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let (Some(least), Some(most)) = (number(least), number(most)) else {
        return Err(invalid("Invalid content-length-range."));
    };
    if size > most {
        return Err(Refusal::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            .with("ProposedSize", size.to_string())
            .with("MaxSizeAllowed", most.to_string()));
    }
    if size < least {
        return Err(Refusal::new(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
        )
        .with("ProposedSize", size.to_string())
        .with("MinSizeAllowed", least.to_string()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2030-01-01 0:00 UTC);

    fn form(fields: &[(&str, &str)]) -> Form {
        Form {
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            file: Bytes::from_static(b"12345"),
            file_name: "f.txt".to_owned(),
            file_type: None,
        }
    }

    fn check(document: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        let (form, policy) = (form(fields), BASE64_STANDARD.encode(document));
        let key = form.key().unwrap_or_default();
        check_policy(&policy, &form, "b", &key, NOW).map_err(|refusal| refusal.code)
    }

    #[test]
    fn moments_are_written_as_aws_writes_them() {
        for (text, expected) in [
            ("2030-01-01T00:00:01Z", Some(datetime!(2030-01-01 0:00:01 UTC))),
            ("2030-01-01T00:00:01.000Z", Some(datetime!(2030-01-01 0:00:01 UTC))),
            ("2030-01-01 00:00:01Z", None),
            ("2030-01-01T00:00:01+00:00", None),
            ("2030-01-01", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
    }

    #[test]
    fn conditions_cover_all_fields_and_hold() {
        const ENDS: &str = "\"expiration\": \"2031-01-01T00:00:00Z\"";
        for (conditions, fields, expected) in [
            (r#"{"bucket": "b"}, {"key": "k"}"#, &[("key", "k")][..], Ok(())),
            (r#"{"bucket": "b"}, ["starts-with", "$key", ""]"#, &[("key", "a/${filename}")], Ok(())),
            (r#"{"bucket": "b"}, ["eq", "$key", "a/f.txt"]"#, &[("key", "a/${filename}")], Ok(())),
            (r#"{"bucket": "b"}, {"key": "k"}, ["content-length-range", 5, 5]"#, &[("key", "k")], Ok(())),
            (
                r#"{"bucket": "b"}, {"key": "k"}, ["content-length-range", 0, 4]"#,
                &[("key", "k")],
                Err("EntityTooLarge"),
            ),
            (r#"{"bucket": "c"}, {"key": "k"}"#, &[("key", "k")], Err("AccessDenied")),
            (r#"{"bucket": "b"}"#, &[("key", "k")], Err("AccessDenied")),
            (r#"{"key": "k"}"#, &[("key", "k")], Err("AccessDenied")),
            (r#"{"bucket": "b"}, {"key": "k"}"#, &[("key", "k"), ("acl", "private")], Err("AccessDenied")),
            (r#"{"bucket": "b"}, {"key": "k"}"#, &[("key", "k"), ("x-ignore-a", "1")], Ok(())),
            (r#"{"bucket": "b"}, {"key": "k"}, []"#, &[("key", "k")], Err("InvalidPolicyDocument")),
        ] {
            let document = format!("{{{ENDS}, \"conditions\": [{conditions}]}}");
            assert_eq!(check(&document, fields), expected.map_err(str::to_owned), "{document}");
        }
        let ended = r#"{"expiration": "2029-12-31T23:59:59Z", "conditions": []}"#;
        assert_eq!(check(ended, &[("key", "k")]), Err("AccessDenied".to_owned()));
    }

    proptest! {
        #[test]
        fn no_document_panics(text in "\\PC*", conditions in "[\\[\\]{}\",:a-z$0-9 -]{0,60}") {
            drop(check(&text, &[("key", "k")]));
            let document = format!("{{\"expiration\": \"2031-01-01T00:00:00Z\", \"conditions\": [{conditions}]}}");
            drop(check(&document, &[("key", "k")]));
            drop(check_policy(&text, &form(&[]), "b", "k", NOW));
        }

        #[test]
        fn only_whole_numbers_are_lengths(least in any::<i64>(), most in any::<i64>()) {
            let document = format!(
                "{{\"expiration\": \"2031-01-01T00:00:00Z\", \"conditions\": \
                 [{{\"bucket\": \"b\"}}, {{\"key\": \"k\"}}, [\"content-length-range\", {least}, {most}]]}}"
            );
            let expected = match (least, most) {
                (..0, _) | (_, ..0) => Err("InvalidPolicyDocument".to_owned()),
                (_, ..5) => Err("EntityTooLarge".to_owned()),
                (6.., _) => Err("EntityTooSmall".to_owned()),
                _ => Ok(()),
            };
            prop_assert_eq!(check(&document, &[("key", "k")]), expected);
        }
    }
}
