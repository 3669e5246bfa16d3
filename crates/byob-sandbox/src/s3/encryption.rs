//! How objects are encrypted: what a request asks for, the bucket's default, and which permissions that takes.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.

use axum::response::Response;
use base64::{Engine, prelude::BASE64_STANDARD};
use byob_aws::iam::Context;
use md5::{Digest, Md5};
use s3s::dto::ServerSideEncryptionConfiguration;

use super::{
    request::{S3Request, invalid_argument, parse_xml},
    respond::set,
};
use crate::{
    kms,
    refusal::Refusal,
    state::{Bucket, buckets::Encryption},
};

/// The headers that bring a key begin with it.
const CUSTOMER: &str = "x-amz-server-side-encryption-customer";

/// What an object that is being written is to be encrypted with.
pub fn wanted(request: &S3Request, bucket: &Bucket) -> Result<Encryption, Refusal> {
    if let Some(key_md5) = customer_key(request, CUSTOMER)? {
        if request.header_or_param("x-amz-server-side-encryption").is_some() {
            let message = "Server Side Encryption with Customer provided key is incompatible with the encryption method specified";
            return Err(Refusal::new(400, "InvalidArgument", message));
        }
        return Ok(Encryption::Customer { key_md5 });
    }
    let key = request.header_or_param("x-amz-server-side-encryption-aws-kms-key-id");
    let bucket_key = request.header_or_param("x-amz-server-side-encryption-bucket-key-enabled") == Some("true");
    match request.header_or_param("x-amz-server-side-encryption") {
        Some("AES256") if key.is_some() => {
            let message = "Server Side Encryption with KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms";
            Err(invalid_argument(message, "x-amz-server-side-encryption", "AES256"))
        }
        Some("AES256") => Ok(Encryption::S3),
        Some("aws:kms" | "aws:kms:dsse") => Ok(kms_key(request, bucket, key, bucket_key)),
        Some(other) => Err(invalid_argument(
            "The encryption method specified is not supported",
            "x-amz-server-side-encryption",
            other,
        )),
        None if key.is_some() => {
            let message = "Server Side Encryption with KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms";
            Err(invalid_argument(message, "x-amz-server-side-encryption", "null"))
        }
        None => default_of(request, bucket),
    }
}

fn default_of(request: &S3Request, bucket: &Bucket) -> Result<Encryption, Refusal> {
    let Some(text) = bucket.configuration.get("encryption") else { return Ok(Encryption::S3) };
    let configuration: ServerSideEncryptionConfiguration = parse_xml(text.as_bytes())?;
    let rule = configuration.rules.into_iter().next();
    let bucket_key = rule.as_ref().and_then(|rule| rule.bucket_key_enabled).unwrap_or_default();
    match rule.and_then(|rule| rule.apply_server_side_encryption_by_default) {
        Some(default) if default.sse_algorithm.as_str().starts_with("aws:kms") => {
            Ok(kms_key(request, bucket, default.kms_master_key_id.as_deref(), bucket_key))
        }
        _ => Ok(Encryption::S3),
    }
}

/// The key by ARN or by ID in the bucket's account.
fn kms_key(request: &S3Request, bucket: &Bucket, key: Option<&str>, bucket_key: bool) -> Encryption {
    let account = request.call.caller.account().unwrap_or(&bucket.account);
    let key_arn = match key {
        None | Some("alias/aws/s3") => kms::managed_by_aws(account, &bucket.region),
        Some(key) if key.starts_with("arn:") => key.to_owned(),
        Some(id) => format!("arn:aws:kms:{}:{account}:key/{id}", bucket.region),
    };
    Encryption::Kms { key_arn, bucket_key }
}

/// Whether the caller may encrypt with it.
pub fn demand_write(request: &S3Request, bucket: &Bucket, key: &str, encryption: &Encryption) -> Result<(), Refusal> {
    demand(request, bucket, key, encryption, "kms:GenerateDataKey")
}

/// Whether the caller may decrypt, or has brought the key. The headers that choose an encryption have no place in a read.
pub fn demand_read(request: &S3Request, bucket: &Bucket, key: &str, encryption: &Encryption) -> Result<(), Refusal> {
    if let Some(value) = request.header("x-amz-server-side-encryption") {
        let message = "x-amz-server-side-encryption header is not supported for this operation.";
        return Err(invalid_argument(message, "x-amz-server-side-encryption", value));
    }
    check_customer_key(request, encryption, CUSTOMER)?;
    demand(request, bucket, key, encryption, "kms:Decrypt")
}

/// Whether a part comes with the key that its upload was begun with.
pub fn demand_part(request: &S3Request, encryption: &Encryption) -> Result<(), Refusal> {
    let refuse = |message: &str| Err(Refusal::new(400, "InvalidRequest", message));
    match (encryption, customer_key(request, CUSTOMER)?) {
        (Encryption::Customer { .. }, None) => refuse(
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption \
             parameters.",
        ),
        (Encryption::Customer { key_md5 }, Some(given)) if *key_md5 != given => {
            refuse("The provided encryption parameters did not match the ones used originally.")
        }
        (Encryption::S3 | Encryption::Kms { .. }, Some(_)) => refuse(
            "The multipart upload initiate did not request encryption. Please resend the request without sending encryption parameters.",
        ),
        _ => Ok(()),
    }
}

/// The same for the source of a copy, whose headers have other names.
pub fn demand_source(request: &S3Request, bucket: &Bucket, key: &str, encryption: &Encryption) -> Result<(), Refusal> {
    check_customer_key(request, encryption, "x-amz-copy-source-server-side-encryption-customer")?;
    demand(request, bucket, key, encryption, "kms:Decrypt")
}

fn demand(
    request: &S3Request,
    bucket: &Bucket,
    key: &str,
    encryption: &Encryption,
    action: &str,
) -> Result<(), Refusal> {
    let Encryption::Kms { key_arn, bucket_key } = encryption else { return Ok(()) };
    // With a bucket key the context names the bucket, not the object.
    let context_arn = if *bucket_key { bucket.arn() } else { bucket.object_arn(key) };
    let facts = Context::new()
        .with("kms:ViaService", format!("s3.{}.amazonaws.com", bucket.region))
        .with("kms:EncryptionContext:aws:s3:arn", context_arn)
        .with("kms:EncryptionContextKeys", "aws:s3:arn")
        .with("kms:CallerAccount", request.call.caller.account().unwrap_or_default());
    kms::require(&request.call, key_arn, action, facts)
}

fn check_customer_key(request: &S3Request, encryption: &Encryption, prefix: &str) -> Result<(), Refusal> {
    match (encryption, customer_key(request, prefix)?) {
        (Encryption::Customer { .. }, None) => Err(Refusal::new(
            400,
            "InvalidRequest",
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to \
             retrieve the object.",
        )),
        (Encryption::Customer { key_md5 }, Some(given)) if *key_md5 != given => {
            Err(Refusal::new(403, "AccessDenied", "Access Denied"))
        }
        (Encryption::S3 | Encryption::Kms { .. }, Some(_)) => {
            Err(Refusal::new(400, "InvalidRequest", "The encryption parameters are not applicable to this object."))
        }
        _ => Ok(()),
    }
}

/// The MD5 of a key that the client brings, in base64; checked against the key.
fn customer_key(request: &S3Request, prefix: &str) -> Result<Option<String>, Refusal> {
    let field = |name: &str| request.header_or_param(&format!("{prefix}-{name}"));
    let (algorithm, key, md5) = (field("algorithm"), field("key"), field("key-md5"));
    if algorithm.is_none() && key.is_none() && md5.is_none() {
        return Ok(None);
    }
    let refuse = |message: &str| Err(Refusal::new(400, "InvalidArgument", message));
    match (algorithm, key, md5) {
        (Some(algorithm), _, _) if algorithm != "AES256" => {
            refuse("The encryption request you specified is not valid. Supported value: AES256.")
        }
        (None, _, _) => refuse(
            "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm.",
        ),
        (_, None, _) => refuse(
            "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key.",
        ),
        (_, _, None) => refuse(
            "Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 of the secret key.",
        ),
        (_, Some(key), Some(md5)) => {
            let Some(key) = BASE64_STANDARD.decode(key).ok().filter(|key| key.len() == 32) else {
                return refuse("The secret key was invalid for the specified algorithm.");
            };
            if BASE64_STANDARD.encode(Md5::digest(&key)) != md5 {
                return refuse("The calculated MD5 hash of the key did not match the hash that was provided.");
            }
            Ok(Some(md5.to_owned()))
        }
    }
}

/// Says in an answer how the object is encrypted.
pub fn describe(response: &mut Response, encryption: &Encryption) {
    match encryption {
        Encryption::S3 => set(response, "x-amz-server-side-encryption", "AES256"),
        Encryption::Kms { key_arn, bucket_key } => {
            set(response, "x-amz-server-side-encryption", "aws:kms");
            set(response, "x-amz-server-side-encryption-aws-kms-key-id", key_arn);
            if *bucket_key {
                set(response, "x-amz-server-side-encryption-bucket-key-enabled", "true");
            }
        }
        Encryption::Customer { key_md5 } => {
            set(response, "x-amz-server-side-encryption-customer-algorithm", "AES256");
            set(response, "x-amz-server-side-encryption-customer-key-MD5", key_md5);
        }
    }
}
