//! What S3 asks of KMS: whether its caller may use a key, and which one it uses where none is named.

use byob_aws::iam::{Context, PolicyKind};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::found::lookup;
use crate::{
    call::{Call, Caller},
    refusal::Refusal,
};

/// Whether a caller of S3 may use a key. `context` holds what S3 tells KMS: `kms:ViaService`, whose region has to be the key's, the
/// encryption context and the caller's account. Refusals are those that S3 passes on.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>.
pub fn require(call: &Call, key_arn: &str, action: &str, context: Context) -> Result<(), Refusal> {
    if matches!(call.caller, Caller::Anonymous) {
        return Err(Refusal::new(
            400,
            "InvalidArgument",
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
        ));
    }
    if let Some((account, region)) = owner_of_managed(key_arn) {
        let policy = managed_policy(account, region);
        return call.require_with(action, key_arn, account, Some((PolicyKind::Resource, &policy)), context);
    }
    let Some((account, key)) = lookup(&call.iam, key_arn, call.now) else {
        return Err(Refusal::new(400, "KMS.NotFoundException", format!("Key '{key_arn}' does not exist")));
    };
    let service = context.get("kms:ViaService").and_then(|services| services.first());
    if service.is_some_and(|service| service.split('.').nth(1) != Some(&key.region)) {
        return Err(Refusal::new(400, "KMS.NotFoundException", format!("Invalid arn {}", key.region)));
    }
    let policy = key.policy.in_force(&call.iam);
    call.require_with(action, key_arn, &account.id, Some((PolicyKind::Resource, &policy)), context)?;
    if key.deletion.is_some() {
        return Err(Refusal::new(400, "KMS.KMSInvalidStateException", format!("{key_arn} is pending deletion.")));
    }
    if !key.enabled {
        return Err(Refusal::new(400, "KMS.DisabledException", format!("{key_arn} is disabled.")));
    }
    Ok(())
}

/// The ARN of the key that S3 uses in an account and region where a request names none: `alias/aws/s3`, which AWS manages.
///
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key>.
pub fn managed_by_aws(account: &str, region: &str) -> String {
    let digest = base16ct::lower::encode_string(&Sha256::digest(format!("aws/s3 {account} {region}")));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    let id = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-");
    format!("arn:aws:kms:{region}:{account}:key/{id}")
}

/// Account and region of a key that AWS manages.
fn owner_of_managed(key_arn: &str) -> Option<(&str, &str)> {
    let mut parts = key_arn.split(':').skip(3);
    let (region, account) = (parts.next()?, parts.next()?);
    (managed_by_aws(account, region) == key_arn).then_some((account, region))
}

/// Everybody of the account, by way of S3 alone.
fn managed_policy(account: &str, region: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": { "StringEquals": {
                "kms:CallerAccount": account,
                "kms:ViaService": format!("s3.{region}.amazonaws.com"),
            } },
        }],
    })
    .to_string()
}
