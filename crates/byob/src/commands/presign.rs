//! `byob presign`

use std::process::ExitCode;

use anyhow::Context;
use byob_aws::{
    Bucket, Credentials, Invalid, Locator, ObjectKey, Region,
    presign::{Method, Presigner, ResponseOptions},
};
use byob_core::{aws_io::endpoint::Address, runtime::Clock};
use clap::Args;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use time::{OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339, macros::format_description};

use crate::jsonl;

/// Presign URLs offline, with credentials at hand.
#[derive(Args)]
#[command(
    after_help = "The credentials are taken from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or stand in \
    each JSON line:\n  {\"method\",\"bucket\",\"key\",\"version_id\",\"region\",\"endpoint_url\",\"force_path_style\",\"dual_stack\",\"fips\",\n   \
    \"access_key_id\",\"secret_access_key\",\"session_token\",\"at\",\"expires_in\",\"response_content_type\",\n   \
    \"response_content_disposition\",\"requester_pays\"} → {\"url\",\"expires_at\"} or {\"error\"}"
)]
pub struct Presign {
    /// `s3://bucket/key`, optionally with `?versionId=…`.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    locator: Option<String>,
    /// Read JSON lines, and answer each with one line.
    #[arg(long)]
    jsonl: bool,
    /// The bucket's region.
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1")]
    region: String,
    /// The address of an S3-compatible store. As with AWS's own tools, `AWS_ENDPOINT_URL` is taken where neither is set.
    #[arg(long, env = "AWS_ENDPOINT_URL_S3")]
    endpoint_url: Option<String>,
    /// Put the bucket's name into the path.
    #[arg(long)]
    force_path_style: bool,
    /// How long the URL lives, in seconds: 1 to 604800.
    #[arg(long, default_value_t = 3600)]
    expires_in: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // Each is a field of the wire format.
struct Question {
    method: Option<MethodName>,
    bucket: String,
    key: String,
    version_id: Option<String>,
    region: String,
    endpoint_url: Option<String>,
    #[serde(default, deserialize_with = "null_is_false")]
    force_path_style: bool,
    #[serde(default, deserialize_with = "null_is_false")]
    dual_stack: bool,
    #[serde(default, deserialize_with = "null_is_false")]
    fips: bool,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    at: Option<OffsetDateTime>,
    expires_in: u32,
    response_content_type: Option<String>,
    response_content_disposition: Option<String>,
    #[serde(default, deserialize_with = "null_is_false")]
    requester_pays: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum MethodName {
    Get,
    Head,
}

#[derive(Serialize)]
struct Presigned {
    url: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl Presign {
    /// Prints a URL, or answers lines.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Some(locator) = self.locator else {
            jsonl::answer_lines(presign)?;
            return Ok(ExitCode::SUCCESS);
        };
        let explained = |invalid: Invalid| anyhow::anyhow!("{} {}", invalid.detail(), invalid.hint());
        let locator = Locator::parse(&locator).map_err(explained)?;
        let variable =
            |name: &str| std::env::var(name).with_context(|| format!("the environment variable {name} is not set"));
        let question = Question {
            method: None,
            bucket: locator.bucket().to_string(),
            key: locator.key().to_string(),
            version_id: locator.version_id().map(str::to_owned),
            region: self.region,
            endpoint_url: set(self.endpoint_url).or_else(|| set(std::env::var("AWS_ENDPOINT_URL").ok())),
            force_path_style: self.force_path_style,
            dual_stack: false,
            fips: false,
            access_key_id: variable("AWS_ACCESS_KEY_ID")?,
            secret_access_key: variable("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN").ok(),
            at: None,
            expires_in: self.expires_in,
            response_content_type: None,
            response_content_disposition: None,
            requester_pays: false,
        };
        println!("{}", presign(question).map_err(explained)?.url);
        Ok(ExitCode::SUCCESS)
    }
}

/// What is set to nothing counts as not set, as a shell's `X=` commonly means.
fn set(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// When signatures can be dated.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9998;

fn presign(question: Question) -> Result<Presigned, Invalid> {
    let bucket = Bucket::parse(&question.bucket)?;
    let key = ObjectKey::parse(&question.key)?;
    let region = match question.endpoint_url {
        Some(_) => Region::parse_compatible(&question.region)?,
        None => Region::parse(&question.region)?,
    };
    let address = Address {
        bucket: &bucket,
        region: &region,
        endpoint_url: question.endpoint_url.as_deref(),
        force_path_style: question.force_path_style,
        dual_stack: question.dual_stack,
        fips: question.fips,
    };
    let endpoint = address.endpoint()?;
    let credentials = Credentials::new(question.access_key_id, question.secret_access_key, question.session_token);
    // A signature is dated to the second, and so is its end.
    let at = question.at.unwrap_or_else(|| Clock::system().now());
    let at = at.checked_to_offset(time::UtcOffset::UTC).filter(|at| YEARS.contains(&at.year())).ok_or_else(|| {
        Invalid::new(
            "invalid_at",
            "The time lies outside the years 1970 to 9998.",
            "Give the time of signing, such as now.",
        )
    })?;
    let at = at.replace_nanosecond(0).unwrap_or(at);
    let presigner = Presigner::new(&endpoint, &credentials, at, question.expires_in)?;
    let options = ResponseOptions {
        content_type: question.response_content_type.as_deref(),
        content_disposition: question.response_content_disposition.as_deref(),
        requester_pays: question.requester_pays,
    };
    let method = match question.method {
        None | Some(MethodName::Get) => Method::Get,
        Some(MethodName::Head) => Method::Head,
    };
    let version_id = question.version_id.as_deref().filter(|version| !version.is_empty());
    Ok(Presigned {
        url: presigner.url(method, &key, version_id, &options),
        expires_at: at + time::Duration::seconds(question.expires_in.into()),
    })
}

fn null_is_false<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(false))
}

/// RFC 3339 (`2013-05-24T00:00:00Z`) or as AWS writes it in signatures (`20130524T000000Z`); nothing means now.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<OffsetDateTime>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let basic = format_description!("[year][month][day]T[hour][minute][second]Z");
    let parsed = OffsetDateTime::parse(&text, &Rfc3339)
        .or_else(|_| PrimitiveDateTime::parse(&text, &basic).map(PrimitiveDateTime::assume_utc));
    parsed
        .map(Some)
        .map_err(|_| D::Error::custom(format!("`at` is `{text}`, not a time such as `2013-05-24T00:00:00Z`")))
}
