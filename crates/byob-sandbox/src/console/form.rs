//! What a form holds.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use url::form_urlencoded;

use super::problem::Problem;
use crate::Sandbox;

/// The largest form, in bytes: policies are small.
const LARGEST: usize = 1024 * 1024;
/// The largest upload, in bytes: it is held in memory.
const LARGEST_UPLOAD: usize = 512 * 1024 * 1024;

/// The fields of a form, in order.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// A field, if it was sent.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field, as checkboxes of one name have them.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox is checked.
    pub fn is_checked(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

impl FromRequest<Sandbox> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Sandbox) -> Result<Self, Problem> {
        let body =
            Limited::new(request.into_body(), LARGEST).collect().await.map_err(|_| too_large("1 MiB"))?.to_bytes();
        let fields = form_urlencoded::parse(&body);
        // Browsers send the ends of lines as CRLF; what was typed had LF.
        Ok(Self(fields.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect()))
    }
}

/// A form with a file.
pub struct Upload {
    /// Where it is to lie; empty for the name of the file.
    pub key: String,
    /// The name of the file.
    pub file_name: String,
    /// What the browser takes it for.
    pub content_type: Option<String>,
    /// Its content.
    pub content: Bytes,
}

impl FromRequest<Sandbox> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Sandbox) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = content_type.and_then(|value| multer::parse_boundary(value).ok()).ok_or_else(unreadable)?;
        let body =
            Limited::new(request.into_body(), LARGEST_UPLOAD).collect().await.map_err(|_| too_large("512 MiB"))?;
        let body = body.to_bytes();
        let stream = futures::stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
        let mut fields = multer::Multipart::new(stream, boundary);
        let mut upload =
            Self { key: String::new(), file_name: String::new(), content_type: None, content: Bytes::new() };
        while let Some(field) = fields.next_field().await.map_err(|_| unreadable())? {
            if field.name() == Some("key") {
                upload.key = field.text().await.map_err(|_| unreadable())?;
            } else if field.name() == Some("file") {
                upload.file_name = field.file_name().unwrap_or_default().to_owned();
                upload.content_type = field.content_type().map(ToString::to_string);
                upload.content = field.bytes().await.map_err(|_| unreadable())?;
            }
        }
        Ok(upload)
    }
}

fn unreadable() -> Problem {
    Problem::new(400, "The form could not be read", "Something was lost on the way. Go back and send it again.")
}

fn too_large(most: &str) -> Problem {
    Problem::new(
        413,
        "This is too large",
        format!("The sandbox holds what is sent in memory and takes at most {most} at once."),
    )
}
