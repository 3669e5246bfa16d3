//! Our presigner and its peers behind one function type, each used as its own documentation says.
//!
//! What a signer lets its caller prepare is prepared outside the loop over the keys; the rest is the price of its API.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use aws_sdk_s3::{config::BehaviorVersion, presigning::PresigningConfig};
use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningParams, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use byob_aws::{
    ObjectKey, encode,
    presign::{Endpoint, Method, Presigner, ResponseOptions},
};
use rusty_s3::S3Action;
use time::{OffsetDateTime, macros::datetime};

const BUCKET: &str = "customer-bucket";
const REGION: &str = "eu-central-1";
const EXPIRES_IN: u32 = 3600;
const ACCESS_KEY_ID: &str = "ASIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// Fixed, so that all signers sign the same and two runs give the same URLs.
const AT: OffsetDateTime = datetime!(2026-05-04 12:00 UTC);

/// Signs the keys one after the other and shows each URL to the second argument.
///
/// Measuring and comparing run the same code, and no signer is spared making its URL.
type Sign = Box<dyn Fn(&[ObjectKey], &mut dyn FnMut(&str)) -> Result<()>>;

pub struct Signer {
    pub name: &'static str,
    /// A query parameter that this signer adds, and signs, on its own.
    pub adds: Option<&'static str>,
    /// Sampled keys that this signer has no right URL for.
    pub wrong_on: &'static [&'static str],
    pub sign: Sign,
}

impl Signer {
    fn new(name: &'static str, sign: Sign) -> Self {
        Self { name, adds: None, wrong_on: &[], sign }
    }
}

/// 800 characters in the alphabet of session tokens, whose `+`, `/` and `=` need encoding.
fn session_token() -> String {
    const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Multiplying by the golden ratio spreads the indices evenly and is the same in every run.
    let spread = |i: u32| usize::from(i.wrapping_mul(0x9E37_79B9).to_be_bytes()[0] >> 2);
    (0..798).map(|i| char::from(BASE64[spread(i)])).chain("==".chars()).collect()
}

fn origin() -> String {
    format!("https://{BUCKET}.s3.{REGION}.amazonaws.com")
}

/// Our presigner, where each preparation serves `urls` URLs.
pub fn byob(name: &'static str, urls: usize) -> Result<Signer> {
    let endpoint = Endpoint::new(&origin(), REGION, "s3")?;
    let credentials = byob_aws::Credentials::new(ACCESS_KEY_ID, SECRET, Some(session_token()));
    let sign: Sign = Box::new(move |keys, seen| {
        for keys in keys.chunks(urls) {
            let presigner = Presigner::new(&endpoint, &credentials, AT, EXPIRES_IN)?;
            for key in keys {
                seen(&presigner.url(Method::Get, key, None, &ResponseOptions::default()));
            }
        }
        Ok(())
    });
    Ok(Signer::new(name, sign))
}

/// Version 0.9, because 0.11 takes a quarter longer: the target is held against the fastest.
pub fn rusty_s3() -> Result<Signer> {
    let endpoint = format!("https://s3.{REGION}.amazonaws.com").parse()?;
    let bucket = rusty_s3::Bucket::new(endpoint, rusty_s3::UrlStyle::VirtualHost, BUCKET, REGION)?;
    let credentials = rusty_s3::Credentials::new_with_token(ACCESS_KEY_ID, SECRET, session_token());
    let at = jiff::Timestamp::from_second(AT.unix_timestamp())?;
    let sign: Sign = Box::new(move |keys, seen| {
        for key in keys {
            let action = bucket.get_object(Some(&credentials), key.as_str());
            seen(action.sign_with_time(Duration::from_secs(EXPIRES_IN.into()), &at).as_str());
        }
        Ok(())
    });
    // It joins the key to the bucket's URL as a browser would a link.
    Ok(Signer { wrong_on: &["/a", "a/../b/./c"], ..Signer::new("rusty-s3", sign) })
}

pub fn aws_sigv4() -> Signer {
    Signer::new("aws-sigv4", Box::new(|keys, seen| sigv4_urls(keys, None, seen)))
}

/// URLs signed by AWS's own crate; `adds` is a query parameter to sign along.
pub fn sigv4_urls(keys: &[ObjectKey], adds: Option<&str>, seen: &mut dyn FnMut(&str)) -> Result<()> {
    let identity = aws_credentials().into();
    // As AWS's SDK for S3 sets it: S3 encodes a path once and never normalises it.
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(EXPIRES_IN.into()));
    let params: SigningParams<'_> = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("s3")
        .time(SystemTime::from(AT))
        .settings(settings)
        .build()?
        .into();
    let origin = origin();
    for key in keys {
        let mut url = format!("{origin}/{}?{}", encode::path(key.as_str()), adds.unwrap_or_default());
        let request = SignableRequest::new("GET", url.as_str(), std::iter::empty(), SignableBody::UnsignedPayload)?;
        for (name, value) in sign(request, &params)?.output().params() {
            if !url.ends_with('?') {
                url.push('&');
            }
            url.extend([name, "="]);
            url.extend(encode::query(value));
        }
        seen(&url);
    }
    Ok(())
}

pub fn aws_sdk_s3() -> Result<Signer> {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(aws_sdk_s3::config::Region::new(REGION))
        .credentials_provider(aws_credentials())
        .build();
    let client = aws_sdk_s3::Client::from_conf(config);
    let presigning =
        PresigningConfig::builder().start_time(AT.into()).expires_in(Duration::from_secs(EXPIRES_IN.into())).build()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let sign: Sign = Box::new(move |keys, seen| {
        runtime.block_on(async {
            for key in keys {
                let request = client.get_object().bucket(BUCKET).key(key.as_str());
                seen(request.presigned(presigning.clone()).await.context("aws-sdk-s3 did not sign")?.uri());
            }
            Ok(())
        })
    });
    Ok(Signer { adds: Some("x-id=GetObject"), ..Signer::new("aws-sdk-s3", sign) })
}

fn aws_credentials() -> aws_credential_types::Credentials {
    aws_credential_types::Credentials::new(ACCESS_KEY_ID, SECRET, Some(session_token()), None, "bench")
}
