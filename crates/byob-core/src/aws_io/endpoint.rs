//! Which host serves a bucket, by AWS's own endpoint rules.
//!
//! The rules are those of AWS's S3 client, asked without making a request: dual-stack, FIPS, the partitions, access points and
//! dotted bucket names come out as AWS's own tools have them.

use std::sync::LazyLock;

use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_types::{Document, endpoint::EndpointAuthScheme};
use byob_aws::{Bucket, Invalid, Region, presign::Endpoint};
use futures::FutureExt;

static RULES: LazyLock<DefaultResolver> = LazyLock::new(DefaultResolver::new);

/// Where a bucket lies and how it is to be addressed.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// The bucket or access point.
    pub bucket: &'a Bucket,
    /// Its region.
    pub region: &'a Region,
    /// The address of an S3-compatible store; none for AWS.
    pub endpoint_url: Option<&'a str>,
    /// The bucket's name goes into the path.
    pub force_path_style: bool,
    /// IPv4 and IPv6 (`s3.dualstack.…`).
    pub dual_stack: bool,
    /// Validated cryptographic modules (`s3-fips.…`).
    pub fips: bool,
}

impl Address<'_> {
    /// The endpoint to sign for. What Signature Version 4 cannot sign is refused with the reason.
    pub fn endpoint(&self) -> Result<Endpoint, Invalid> {
        // The rules join the bucket's name to the path as it is, so the path has to end with a slash.
        let endpoint_url = match self.endpoint_url {
            Some(url) => Some(Endpoint::new(url, "", "")?.base_url().to_owned() + "/"),
            None => None,
        };
        let params = Params::builder()
            .bucket(self.bucket.as_str())
            .region(self.region.as_str())
            .set_endpoint(endpoint_url)
            .force_path_style(self.force_path_style)
            .use_dual_stack(self.dual_stack)
            .use_fips(self.fips)
            .use_arn_region(true)
            .build()
            .map_err(|error| unresolved(&error.to_string()))?;
        let resolved = RULES
            .resolve_endpoint(&params)
            .now_or_never()
            .ok_or_else(|| unresolved("the rules gave no answer"))?
            .map_err(|error| unresolved(&error.to_string()))?;

        let schemes = resolved.auth_schemes();
        let Some(scheme) = schemes.iter().find(|scheme| scheme.name() == "sigv4") else {
            return Err(unsignable(schemes.first().map_or("none", EndpointAuthScheme::name)));
        };
        let property = |name: &str| scheme.get(name).and_then(Document::as_string);
        let region = property("signingRegion").unwrap_or(self.region.as_str());
        let service = property("signingName").unwrap_or("s3");
        Endpoint::new(resolved.url(), region, service)
    }
}

/// The reason why a plain signature does not do.
fn unsignable(scheme: &str) -> Invalid {
    match scheme {
        "sigv4a" => Invalid::new(
            "multi_region_access_point",
            "A multi-region access point needs signatures of another kind (SigV4A), which presigned URLs of this service are not.",
            "Use the bucket, or an access point of one region.",
        ),
        "sigv4-s3express" => Invalid::new(
            "directory_bucket",
            "A directory bucket (S3 Express One Zone) needs sessions of its own, which this service does not open.",
            "Use a general purpose bucket.",
        ),
        other => unresolved(&format!("it asks for signatures of the kind `{other}`")),
    }
}

fn unresolved(reason: &str) -> Invalid {
    Invalid::new(
        "no_endpoint",
        format!("AWS's endpoint rules give no host for this bucket: {reason}."),
        "Check bucket, region and addressing style.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address<'a>(bucket: &'a Bucket, region: &'a Region) -> Address<'a> {
        Address { bucket, region, endpoint_url: None, force_path_style: false, dual_stack: false, fips: false }
    }

    fn base_url(bucket: &str, region: &str, change: impl FnOnce(&mut Address<'_>)) -> Result<String, Invalid> {
        let (bucket, region) = (Bucket::parse(bucket)?, Region::parse(region)?);
        let mut address = address(&bucket, &region);
        change(&mut address);
        address
            .endpoint()
            .map(|endpoint| format!("{} {} {}", endpoint.base_url(), endpoint.region(), endpoint.service()))
    }

    /// Hosts as in <https://docs.aws.amazon.com/general/latest/gr/s3.html>.
    #[test]
    fn hosts_are_those_of_aws() {
        let plain = |_: &mut Address<'_>| {};
        for (bucket, region, expected) in [
            ("images", "us-east-1", "https://images.s3.us-east-1.amazonaws.com us-east-1 s3"),
            ("images", "cn-north-1", "https://images.s3.cn-north-1.amazonaws.com.cn cn-north-1 s3"),
            ("images", "us-gov-west-1", "https://images.s3.us-gov-west-1.amazonaws.com us-gov-west-1 s3"),
            ("my.images", "eu-west-1", "https://s3.eu-west-1.amazonaws.com/my.images eu-west-1 s3"),
            (
                "arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap",
                "eu-west-1",
                "https://my-ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com us-west-2 s3",
            ),
            (
                "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/my-ap",
                "us-west-2",
                "https://my-ap-123456789012.s3-object-lambda.us-west-2.amazonaws.com us-west-2 s3-object-lambda",
            ),
        ] {
            assert_eq!(base_url(bucket, region, plain).unwrap(), expected);
        }
        assert_eq!(
            base_url("images", "eu-west-1", |address| (address.dual_stack, address.fips) = (true, true)).unwrap(),
            "https://images.s3-fips.dualstack.eu-west-1.amazonaws.com eu-west-1 s3"
        );
        assert_eq!(
            base_url("images", "us-east-1", |address| address.endpoint_url = Some("http://127.0.0.1:9000/base"))
                .unwrap(),
            "http://127.0.0.1:9000/base/images us-east-1 s3"
        );
        assert_eq!(
            base_url("images", "us-east-1", |address| address.endpoint_url = Some("http://s3.localhost:9000")).unwrap(),
            "http://images.s3.localhost:9000 us-east-1 s3"
        );
    }

    #[test]
    fn what_cannot_be_signed_is_refused_with_the_reason() {
        for (bucket, code) in [
            ("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap", "multi_region_access_point"),
            ("images--use1-az4--x-s3", "directory_bucket"),
            ("arn:aws:s3:us-west-2:1:accesspoint/my-ap", "invalid_bucket"),
            ("arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/my-ap", "no_endpoint"),
        ] {
            assert_eq!(base_url(bucket, "us-east-1", |_| {}).unwrap_err().code(), code, "{bucket}");
        }
    }
}
