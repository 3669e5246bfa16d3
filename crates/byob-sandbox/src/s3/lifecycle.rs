//! When an object is to expire, as the rules of its bucket say. The sandbox only says so: nothing expires.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html>.

use axum::response::Response;
use s3s::dto::{BucketLifecycleConfiguration, LifecycleRule, Tag};
use time::{Duration, OffsetDateTime, Time};

use super::{
    request::parse_xml,
    respond::{http_date, set},
};
use crate::state::{Bucket, buckets::Object};

/// Adds `x-amz-expiration` where a rule will delete the object.
pub fn describe(response: &mut Response, bucket: &Bucket, key: &str, object: &Object, modified: OffsetDateTime) {
    let Some(text) = bucket.configuration.get("lifecycle") else { return };
    let Ok(configuration) = parse_xml::<BucketLifecycleConfiguration>(text.as_bytes()) else { return };
    let rules = configuration.rules.iter().filter(|rule| applies(rule, key, object));
    let ends = rules.filter_map(|rule| Some((expiry(rule, modified)?, rule.id.as_deref().unwrap_or_default())));
    if let Some((at, id)) = ends.min() {
        set(response, "x-amz-expiration", format!("expiry-date=\"{}\", rule-id=\"{id}\"", http_date(at)));
    }
}

/// Days count from the object's creation, and end at the midnight that follows.
fn expiry(rule: &LifecycleRule, modified: OffsetDateTime) -> Option<OffsetDateTime> {
    let expiration = rule.expiration.as_ref()?;
    if let Some(date) = &expiration.date {
        return Some(OffsetDateTime::from(date.clone()));
    }
    let ends = modified.checked_add(Duration::days(i64::from(expiration.days?)))?;
    ends.date().next_day().map(|day| day.with_time(Time::MIDNIGHT).assume_utc())
}

fn applies(rule: &LifecycleRule, key: &str, object: &Object) -> bool {
    let begins = |prefix: &Option<String>| prefix.as_ref().is_none_or(|prefix| key.starts_with(prefix));
    let tagged = |tag: &Tag| tag.key.as_ref().is_some_and(|name| object.tags.get(name) == tag.value.as_ref());
    let size = i64::try_from(object.size).unwrap_or(i64::MAX);
    let fits = |more: Option<i64>, less: Option<i64>| {
        more.is_none_or(|more| size > more) && less.is_none_or(|less| size < less)
    };
    let filter = rule.filter.as_ref();
    let and = filter.and_then(|filter| filter.and.as_ref());
    #[allow(deprecated)] // Rules of the oldest kind have their prefix here.
    let old_prefix = begins(&rule.prefix);
    rule.status.as_str() == "Enabled"
        && old_prefix
        && filter.is_none_or(|filter| {
            begins(&filter.prefix)
                && filter.tag.iter().all(tagged)
                && fits(filter.object_size_greater_than, filter.object_size_less_than)
        })
        && and.is_none_or(|and| {
            begins(&and.prefix)
                && and.tags.iter().flatten().all(tagged)
                && fits(and.object_size_greater_than, and.object_size_less_than)
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use time::macros::datetime;

    use super::*;
    use crate::state::{
        Blob,
        buckets::{Acl, Encryption},
    };

    fn object() -> Object {
        Object {
            blob: Blob::none(),
            size: 10,
            etag: String::new(),
            headers: BTreeMap::new(),
            metadata: BTreeMap::new(),
            checksums: BTreeMap::new(),
            checksum_type: None,
            storage_class: "STANDARD".to_owned(),
            encryption: Encryption::S3,
            tags: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
            parts: Vec::new(),
            part_checksums: Vec::new(),
            acl: Acl::default(),
        }
    }

    fn said(rules: &str, key: &str) -> Option<String> {
        let now = datetime!(2030-01-01 12:00 UTC);
        let mut bucket = Bucket::new("b", "1", "us-east-1", now);
        let text = format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
        bucket.configuration.insert("lifecycle".to_owned(), text);
        let mut response = Response::default();
        describe(&mut response, &bucket, key, &object(), now);
        response.headers().get("x-amz-expiration").map(|value| value.to_str().unwrap().to_owned())
    }

    fn rule(what: &str, days: u32) -> String {
        format!(
            "<Rule><ID>r{days}</ID><Status>Enabled</Status>{what}<Expiration><Days>{days}</Days></Expiration></Rule>"
        )
    }

    #[test]
    fn the_first_rule_to_end_is_named_with_the_midnight_after() {
        let rules = rule("<Prefix>a</Prefix>", 3) + &rule("<Filter><Prefix>a/</Prefix></Filter>", 1);
        let expected = |day: u8, id: &str| {
            Some(format!(
                "expiry-date=\"{}\", rule-id=\"{id}\"",
                match day {
                    3 => "Thu, 03 Jan 2030 00:00:00 GMT",
                    _ => "Sat, 05 Jan 2030 00:00:00 GMT",
                }
            ))
        };
        assert_eq!(said(&rules, "a/b"), expected(3, "r1"));
        assert_eq!(said(&rules, "ab"), expected(5, "r3"));
        assert_eq!(said(&rules, "b"), None);
    }

    #[test]
    fn every_part_of_a_filter_has_to_fit() {
        const TAG: &str = "<Tag><Key>k</Key><Value>v</Value></Tag>";
        const OTHER: &str = "<Tag><Key>k</Key><Value>w</Value></Tag>";
        for (filter, applies) in [
            (String::new(), true),
            (TAG.to_owned(), true),
            (OTHER.to_owned(), false),
            (format!("<And><Prefix>a</Prefix>{TAG}</And>"), true),
            (format!("<And><Prefix>b</Prefix>{TAG}</And>"), false),
            (format!("<And>{TAG}{OTHER}</And>"), false),
            ("<ObjectSizeGreaterThan>9</ObjectSizeGreaterThan>".to_owned(), true),
            ("<ObjectSizeLessThan>10</ObjectSizeLessThan>".to_owned(), false),
        ] {
            assert_eq!(said(&rule(&format!("<Filter>{filter}</Filter>"), 1), "a").is_some(), applies, "{filter}");
        }
        assert_eq!(said(&rule("", 1).replace("Enabled", "Disabled"), "a"), None);
    }
}
