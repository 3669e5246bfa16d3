//! Pure building blocks for working with S3 buckets that belong to somebody else's AWS account.
//!
//! Nothing in this crate does I/O, reads a clock or draws a random number: time and credentials are arguments. That makes
//! every function testable with a table and usable from any runtime.
//!
//! | you have | you want | look at |
//! |---|---|---|
//! | `s3://bucket/some key.png?versionId=v1` | its bucket, key and version | [`Locator`] |
//! | a pasted role ARN | to know that it is one | [`RoleArn`] |
//! | session credentials and a host | presigned URLs, a million a second | [`presign::Presigner`] |
//! | a scope and an access | the documents for the customer | [`policies`] |
//! | those documents, and a person with an AWS account | [`render`] |
//! | policies and a request | to know what AWS would decide, and why | [`iam`] |
//! | a pasted document that does not work | what is wrong, where, and the mended document | [`doctor`] |
//!
//! ```
//! use byob_aws::{Credentials, Locator, presign::{Endpoint, Method, Presigner, ResponseOptions}};
//! use time::macros::datetime;
//!
//! let locator = Locator::parse("s3://examplebucket/test.txt")?;
//! let endpoint = Endpoint::new("https://examplebucket.s3.amazonaws.com", "us-east-1", "s3")?;
//! let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None);
//! let presigner = Presigner::new(&endpoint, &credentials, datetime!(2013-05-24 0:00 UTC), 86_400)?;
//! let url = presigner.url(Method::Get, locator.key(), locator.version_id(), &ResponseOptions::default());
//! assert!(url.ends_with("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
//! # Ok::<(), byob_aws::Invalid>(())
//! ```

pub mod arn;
pub mod bucket;
mod credentials;
pub mod doctor;
pub mod encode;
pub mod iam;
mod invalid;
pub mod key;
pub mod locator;
pub mod partition;
pub mod policies;
pub mod presign;
pub mod region;
pub mod render;
pub mod sigv4;

pub use arn::{Arn, KmsKeyArn, PrincipalArn, RoleArn};
pub use bucket::Bucket;
pub use credentials::Credentials;
pub use invalid::Invalid;
pub use key::{ObjectKey, Prefix};
pub use locator::Locator;
pub use partition::Partition;
pub use region::Region;
