//! Downloads.

use axum::http::{HeaderValue, Method, header};
use byob_aws::encode;

use super::super::{Answer, problem::Problem, visit::Visit};
use crate::s3::admin;

/// The content of an object, as `GetObject` gives it, but always as a file to save: shown here, a page among the objects would run as
/// a page of the console.
pub async fn download(visit: Visit) -> Answer {
    let (key, version) = (visit.param("key"), visit.param("version"));
    if key.is_empty() {
        return Err(Problem::missing("object", key));
    }
    let named = [("versionId", version)];
    let operation = admin::Operation {
        account: &visit.account,
        method: Method::GET,
        bucket: visit.param("bucket"),
        key,
        query: if version.is_empty() { &[] } else { &named },
        ..admin::Operation::default()
    };
    let mut response = admin::perform(&visit.sandbox, operation)?;
    let name = key.rsplit('/').find(|part| !part.is_empty()).unwrap_or("object");
    let disposition = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{}", encode::query(name)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().remove(header::CONTENT_ENCODING);
    response.headers_mut().extend(disposition.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
    Ok(response)
}
