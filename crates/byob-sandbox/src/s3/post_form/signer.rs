//! Who signed a form.

use byob_aws::sigv4::ALGORITHM;
use time::OffsetDateTime;

use super::form::{Form, missing};
use crate::{
    Sandbox,
    call::Caller,
    refusal::Refusal,
    s3::request::invalid_argument,
    signature::{Fault, Signed, version_two},
};

/// Whose signature is on the policy; without a signature nobody's.
pub fn authenticate(sandbox: &Sandbox, form: &Form, region: &str, now: OffsetDateTime) -> Result<Caller, Refusal> {
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
    let policy = form.required("policy")?;
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
    let algorithm = form.required("x-amz-algorithm")?;
    if algorithm != ALGORITHM {
        return Err(invalid_argument(
            format!("X-Amz-Algorithm only supports \"{ALGORITHM}\""),
            "X-Amz-Algorithm",
            algorithm,
        ));
    }
    let signed = Signed::over(
        form.required("x-amz-credential")?,
        form.required("x-amz-date")?,
        form.required("x-amz-signature")?,
    );
    signed.map(Some).map_err(|fault| Refusal::s3_signature(fault, true, OffsetDateTime::UNIX_EPOCH))
}
