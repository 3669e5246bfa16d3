//! Buckets and what is in them.

mod buckets;
mod content;
mod cors;
mod create;
mod encryption;
mod lifecycle;
mod object;
mod objects;
mod permissions;
mod properties;
mod tabs;

use axum::{
    Router,
    http::Method,
    routing::{get, post},
};
use bytes::Bytes;

pub use self::create::regions;
use super::visit::Visit;
use crate::{Sandbox, refusal::Refusal, s3::admin};

/// `…/s3`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_console/{account}/s3", get(buckets::page))
        .route("/_console/{account}/s3/create", get(create::page).post(create::create))
        .route("/_console/{account}/s3/bucket", get(objects::page))
        .route("/_console/{account}/s3/upload", post(objects::upload))
        .route("/_console/{account}/s3/object", get(object::page))
        .route("/_console/{account}/s3/object/content", get(content::download))
        .route("/_console/{account}/s3/object/delete", post(object::delete))
        .route("/_console/{account}/s3/permissions", get(permissions::page))
        .route("/_console/{account}/s3/permissions/policy", post(permissions::save_policy))
        .route("/_console/{account}/s3/permissions/policy/delete", post(permissions::delete_policy))
        .route("/_console/{account}/s3/permissions/cors", post(permissions::save_cors))
        .route("/_console/{account}/s3/permissions/public", post(permissions::save_public_access))
        .route("/_console/{account}/s3/properties", get(properties::page))
        .route("/_console/{account}/s3/properties/versioning", post(properties::save_versioning))
        .route("/_console/{account}/s3/properties/encryption", post(properties::save_encryption))
        .route("/_console/{account}/s3/properties/payer", post(properties::save_payer))
        .route("/_console/{account}/s3/properties/lifecycle", post(properties::save_lifecycle))
        .route("/_console/{account}/s3/empty", post(properties::empty))
        .route("/_console/{account}/s3/delete", post(properties::delete))
}

/// Puts a configuration of the bucket that is visited; an empty one deletes it.
fn configure(visit: &Visit, name: &str, xml: String) -> Result<(), Refusal> {
    let method = if xml.is_empty() { Method::DELETE } else { Method::PUT };
    let operation = admin::Operation {
        account: &visit.account,
        method,
        bucket: visit.param("bucket"),
        query: &[(name, "")],
        body: Bytes::from(xml),
        ..admin::Operation::default()
    };
    admin::perform(&visit.sandbox, operation).map(drop)
}
