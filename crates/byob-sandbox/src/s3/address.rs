//! Which bucket, key and region a URL means, in both styles of addressing.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>.

/// What a host name says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// The bucket, where the name holds it.
    pub bucket: Option<String>,
    /// The region, where the name holds it.
    pub region: Option<String>,
}

/// The domains that the sandbox answers for: `s3.eu-central-1.localhost` stands for `s3.eu-central-1.amazonaws.com`, and both are
/// taken, for clients whose names are resolved to the sandbox.
const DOMAINS: [&str; 3] = [".localhost", ".amazonaws.com", ".amazonaws.com.cn"];

/// Reads a host name without its port. Addresses and unknown names hold neither bucket nor region.
pub fn host(name: &str) -> Host {
    let Some(name) = DOMAINS.iter().find_map(|domain| name.strip_suffix(domain)) else {
        return Host::default();
    };
    let labels: Vec<&str> = name.split('.').collect();
    // The last `s3` counts: buckets may be called so, too.
    let Some(service) = labels.iter().rposition(|label| *label == "s3" || *label == "s3-fips") else {
        let is_service = matches!(name, "sts" | "iam" | "kms");
        return Host { bucket: (!is_service).then(|| name.to_owned()), region: None };
    };
    let bucket = labels[..service].join(".");
    let region = labels[service + 1..].iter().find(|label| **label != "dualstack");
    Host { bucket: (!bucket.is_empty()).then_some(bucket), region: region.map(|region| (*region).to_owned()) }
}

/// The bucket in a host name.
pub fn bucket_in_host(name: &str) -> Option<String> {
    host(name).bucket
}

/// Whether every `%` begins two hexadecimal digits.
pub fn is_encoded(path: &str) -> bool {
    let is_byte = |rest: &str| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    path.split('%').skip(1).all(is_byte)
}

/// Splits a decoded path into bucket and key. An empty key is none.
pub fn split_path(path: &str) -> (Option<String>, Option<String>) {
    let path = path.strip_prefix('/').unwrap_or(path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (some(bucket), some(key))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hosts_of_both_styles_are_read() {
        for (name, bucket, region) in [
            ("127.0.0.1", None, None),
            ("localhost", None, None),
            ("s3.localhost", None, None),
            ("s3.eu-central-1.localhost", None, Some("eu-central-1")),
            ("photos.localhost", Some("photos"), None),
            ("photos.s3.localhost", Some("photos"), None),
            ("a.b.s3.eu-central-1.localhost", Some("a.b"), Some("eu-central-1")),
            ("photos.s3.dualstack.eu-west-1.amazonaws.com", Some("photos"), Some("eu-west-1")),
            ("photos.s3.amazonaws.com", Some("photos"), None),
            ("s3.s3.amazonaws.com", Some("s3"), None),
            ("sts.localhost", None, None),
            ("example.com", None, None),
        ] {
            let (bucket, region) = (bucket.map(str::to_owned), region.map(str::to_owned));
            assert_eq!(host(name), Host { bucket, region }, "{name}");
        }
    }

    #[test]
    fn a_percent_sign_begins_a_byte() {
        for (path, expected) in
            [("/b/k", true), ("/%41%ff", true), ("/%", false), ("/%4", false), ("/%zz", false), ("/%4é", false)]
        {
            assert_eq!(is_encoded(path), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC*") {
            host(&text);
            split_path(&text);
            is_encoded(&text);
        }

        #[test]
        fn a_bucket_in_the_host_comes_back(bucket in "[a-z0-9][a-z0-9.-]{1,40}[a-z0-9]", region in "[a-z]{2}-[a-z]{4,9}-[1-9]") {
            let expected = Host { bucket: Some(bucket.clone()), region: Some(region.clone()) };
            prop_assert_eq!(host(&format!("{bucket}.s3.{region}.amazonaws.com")), expected);
        }
    }

    #[test]
    fn keys_are_all_that_follows_the_first_slash() {
        for (path, key) in [("/b", None), ("/b/", None), ("/b//", Some("/")), ("/b/a//c", Some("a//c"))] {
            assert_eq!(split_path(path), (Some("b".to_owned()), key.map(str::to_owned)), "{path}");
        }
        assert_eq!(split_path("/"), (None, None));
    }
}
