//! Where the operator has put the template.

use std::fmt;

use url::Url;

use crate::{Invalid, Partition};

/// The URL of a template in S3; CloudFormation takes no other.
///
/// Source: `TemplateURL` in <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateUrl {
    url: String,
    dns_suffix: &'static str,
}

/// The longest URL, in characters.
const LONGEST: usize = 1024;

impl TemplateUrl {
    /// Checks that it leads to an object in S3, in the form of today or the older one with the bucket in the path. It may name a version.
    ///
    /// ```
    /// use byob_aws::render::quick_create::TemplateUrl;
    /// assert!(TemplateUrl::parse("https://templates.s3.eu-central-1.amazonaws.com/byob.json").is_ok());
    /// assert!(TemplateUrl::parse("https://example.com/byob.json").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |detail: String| {
            let hint = "Upload the template to a bucket, let everybody read it, and set its object URL, such as \
                `https://BUCKET.s3.REGION.amazonaws.com/byob.json`.";
            Invalid::new("invalid_template_url", detail, hint)
        };
        if text.len() > LONGEST {
            let detail = format!("The URL has {} characters; CloudFormation takes {LONGEST}.", text.len());
            return Err(invalid(detail));
        }
        let url = Url::parse(text).map_err(|error| invalid(format!("`{text}` is not a URL: {error}.")))?;
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() || url.port().is_some() {
            return Err(invalid(format!("`{text}` does not begin with `https://` and a host of S3.")));
        }
        let versioned = url.query().is_none_or(|query| query.starts_with("versionId=") && !query.contains('&'));
        if !versioned || url.fragment().is_some() {
            // A presigned URL ends, and links would end with it.
            return Err(invalid("The URL has a query other than `versionId`, or a fragment.".to_owned()));
        }
        let host = url.host_str().and_then(Host::parse);
        let host = host.ok_or_else(|| invalid(format!("`{text}` is not the URL of an object in S3.")))?;
        let path = url.path().trim_start_matches('/');
        let key = if host.names_bucket { path } else { path.split_once('/').map(|(_, key)| key).unwrap_or_default() };
        if key.is_empty() {
            return Err(invalid(format!("`{text}` names a bucket but no template in it.")));
        }
        Ok(Self { url: url.into(), dns_suffix: host.dns_suffix })
    }

    /// As links name it.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether the console of a partition can load it. China stands apart; `GovCloud` loads what everybody may read.
    pub(super) fn serves(&self, partition: Partition) -> bool {
        partition.dns_suffix() == self.dns_suffix
    }
}

impl fmt::Display for TemplateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

/// A host of S3.
struct Host {
    names_bucket: bool,
    dns_suffix: &'static str,
}

impl Host {
    /// `[BUCKET.]s3[.dualstack][.REGION].SUFFIX`, or with the older `s3-REGION`.
    ///
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/s3.html>.
    fn parse(host: &str) -> Option<Self> {
        let (rest, dns_suffix) = Partition::ALL
            .into_iter()
            .map(Partition::dns_suffix)
            .find_map(|suffix| Some((host.strip_suffix(suffix)?.strip_suffix('.')?, suffix)))?;
        let labels: Vec<&str> = rest.split('.').collect();
        let at = labels.iter().rposition(|label| {
            // Websites speak no HTTPS, and CloudFormation does not take them.
            *label == "s3" || label.strip_prefix("s3-").is_some_and(is_region)
        })?;
        let plain = match &labels[at + 1..] {
            [] => true,
            [region] | ["dualstack", region] => labels[at] == "s3" && is_region(region),
            _ => false,
        };
        plain.then_some(Self { names_bucket: at > 0, dns_suffix })
    }
}

fn is_region(label: &str) -> bool {
    crate::Region::parse(label).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_in_s3_are_taken() {
        for (good, partition) in [
            ("https://templates.s3.eu-central-1.amazonaws.com/byob.json", Partition::Aws),
            ("https://templates.example.s3.amazonaws.com/a/byob%20one.json?versionId=v1", Partition::AwsUsGov),
            ("https://s3.us-gov-west-1.amazonaws.com/templates/byob.json", Partition::AwsUsGov),
            ("https://s3-eu-west-1.amazonaws.com/templates/byob.json", Partition::Aws),
            ("https://templates.s3.dualstack.eu-west-1.amazonaws.com/byob.json", Partition::Aws),
            ("https://templates.s3.cn-north-1.amazonaws.com.cn/byob.json", Partition::AwsCn),
        ] {
            let url = TemplateUrl::parse(good).unwrap();
            assert_eq!(url.to_string(), good);
            assert!(url.serves(partition), "{good}");
            assert_ne!(url.serves(Partition::Aws), url.serves(Partition::AwsCn), "{good}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_what_to_do() {
        for bad in [
            "",
            "byob.json",
            "s3://templates/byob.json",
            "http://templates.s3.eu-central-1.amazonaws.com/byob.json",
            "https://example.com/byob.json",
            "https://s3.example.com/templates/byob.json",
            "https://templates.s3.amazonaws.com.example.com/byob.json",
            "https://evils3.amazonaws.com/byob.json",
            "https://ec2.eu-central-1.amazonaws.com/byob.json",
            "https://templates.s3-website.eu-central-1.amazonaws.com/byob.json",
            "https://templates.s3-website-eu-west-1.amazonaws.com/byob.json",
            "https://templates.s3.eu-central-1.amazonaws.com",
            "https://s3.eu-central-1.amazonaws.com/templates",
            "https://s3.eu-central-1.amazonaws.com/templates/",
            "https://user@templates.s3.amazonaws.com/byob.json",
            "https://templates.s3.amazonaws.com:8443/byob.json",
            "https://templates.s3.amazonaws.com/byob.json?X-Amz-Signature=0",
            "https://templates.s3.amazonaws.com/byob.json?versionId=v&X-Amz-Signature=0",
            "https://templates.s3.amazonaws.com/byob.json#top",
            &format!("https://templates.s3.amazonaws.com/{}", "k".repeat(1000)),
        ] {
            let error = TemplateUrl::parse(bad).unwrap_err();
            assert_eq!(error.code(), "invalid_template_url", "{bad}");
            assert!(error.hint().contains("https://BUCKET.s3.REGION.amazonaws.com"), "{error}");
        }
    }
}
