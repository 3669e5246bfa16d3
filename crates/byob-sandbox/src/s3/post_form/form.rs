//! A form: its fields, its file, and what they say as headers.

use std::{collections::BTreeMap, convert::Infallible};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use bytes::Bytes;
use url::form_urlencoded::Serializer;

use crate::{
    refusal::Refusal,
    s3::request::{invalid_argument, parse_xml},
};

/// The most that all fields but the file may hold together, in bytes.
const MOST_FIELDS: usize = 20 * 1024;
/// Fields that count as headers of the request, beside all `x-amz-…` that are not about the signature.
const KEPT: [&str; 6] =
    ["cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "expires"];
/// The fields of its signature.
const OF_SIGNATURE: [&str; 5] =
    ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token", "x-amz-signature"];

/// The fields of a form, by lower-case name, and its file.
pub struct Form {
    pub fields: BTreeMap<String, String>,
    pub file: Bytes,
    pub file_name: String,
    pub file_type: Option<String>,
}

/// Whether a request is such a form.
pub fn is_form(parts: &Parts) -> bool {
    parts.method == Method::POST && content_type(parts).to_ascii_lowercase().starts_with("multipart/form-data")
}

fn content_type(parts: &Parts) -> &str {
    parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl Form {
    /// Reads the form; what follows the file is ignored, as S3 does.
    pub async fn read(parts: &Parts, body: &Bytes) -> Result<Self, Refusal> {
        let malformed = || {
            let message = "The body of your POST request is not well-formed multipart/form-data.";
            Refusal::new(400, "MalformedPOSTRequest", message)
        };
        let boundary = multer::parse_boundary(content_type(parts)).map_err(|_| malformed())?;
        let whole = body.clone();
        let stream = futures::stream::once(async move { Ok::<Bytes, Infallible>(whole) });
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
                return Ok(Self { fields, file, file_name, file_type });
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

    /// A field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// A field that has to be there.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| missing(name))
    }

    /// The key, with the name of the file where it asks for it.
    pub fn key(&self) -> Result<String, Refusal> {
        let key = self.required("key")?;
        if key.is_empty() {
            return Err(invalid_argument("User key must have a length greater than 0.", "key", ""));
        }
        Ok(key.replace("${filename}", &self.file_name))
    }

    /// What its fields say as headers.
    pub fn headers(&self) -> Result<HeaderMap, Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.fields {
            let kept =
                KEPT.contains(&name.as_str()) || (name.starts_with("x-amz-") && !OF_SIGNATURE.contains(&name.as_str()));
            let named = HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::from_bytes(value.as_bytes()).ok());
            if let (true, Some((name, value))) = (kept, named) {
                headers.insert(name, value);
            }
        }
        if let (false, Some(kind)) = (
            headers.contains_key(header::CONTENT_TYPE),
            self.file_type.as_deref().and_then(|kind| HeaderValue::try_from(kind).ok()),
        ) {
            // S3 itself takes only the field; browsers rarely send it, and a picture without its type is of no use to a visitor.
            headers.insert(header::CONTENT_TYPE, kind);
        }
        if let Some(acl) = self.get("acl").and_then(|acl| HeaderValue::try_from(acl).ok()) {
            headers.insert("x-amz-acl", acl);
        }
        if let Some(tagging) = self.get("tagging") {
            let parsed: s3s::dto::Tagging = parse_xml(tagging.as_bytes())?;
            let pairs =
                parsed.tag_set.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()));
            let text = Serializer::new(String::new()).extend_pairs(pairs).finish();
            headers
                .extend(HeaderValue::try_from(text).ok().map(|text| (HeaderName::from_static("x-amz-tagging"), text)));
        }
        Ok(headers)
    }
}

/// A form without a field that has to be there.
pub fn missing(name: &str) -> Refusal {
    let message = format!(
        "Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields."
    );
    invalid_argument(message, name, "")
}
