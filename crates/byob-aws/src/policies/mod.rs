//! The documents that a customer puts into their AWS account, built from what an integration declares.
//!
//! | document | says | function |
//! |---|---|---|
//! | access policy | what the role may do | [`access::access_policy`] |
//! | trust policy | who may assume the role | [`trust::trust_policy`] |
//! | session policy | what narrows one session | [`session::session_policy`] |
//! | CORS configuration | which pages may read the bucket in a browser | [`cors::cors_configuration`] |
//! | lifecycle configuration | what expires by itself | [`lifecycle::lifecycle_configuration`] |
//!
//! The two documents of a principal role, which the platform puts into its own account, are in [`principal_role`].
//!
//! All are plain structs made for a serializer: a document is never put together from strings, and what users typed is escaped
//! where IAM would read it as a pattern.

pub mod access;
pub mod cors;
pub mod document;
pub mod grant;
pub mod lifecycle;
pub mod principal_role;
pub mod session;
pub mod trust;

pub use document::PolicyDocument;
pub use grant::{Access, BucketScope, Grant};
