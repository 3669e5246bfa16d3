//! ARNs as people write them, and as they should be.

use super::codes::Code;
use crate::{Bucket, Partition};

/// A better form of something that was written, and what was wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mend {
    pub code: Code,
    pub detail: String,
    pub better: String,
}

impl Mend {
    fn new(code: Code, detail: impl Into<String>, better: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), better: better.into() }
    }
}

/// What is wrong with a resource of S3, one after the other until nothing is.
pub(super) fn mend_resource(text: &str, partition: Option<Partition>) -> Vec<Mend> {
    let mut mends: Vec<Mend> = Vec::new();
    let mut current = text.to_owned();
    // Each mend removes its own cause; a bound keeps a mistake here from going on for ever.
    while let Some(mend) = next(&current, partition).filter(|_| mends.len() < 6) {
        current.clone_from(&mend.better);
        mends.push(mend);
    }
    mends
}

fn next(text: &str, partition: Option<Partition>) -> Option<Mend> {
    let arn = partition.unwrap_or(Partition::Aws);
    let without_blanks: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if text.trim() != text || (text.starts_with("arn:") && is_fixed_part_blank(text)) {
        let better = if text.trim() == text { without_blanks } else { text.trim().to_owned() };
        return Some(Mend::new(Code::ArnBlank, format!("`{text}` has a blank that does not belong to it."), better));
    }
    for form in ["s3://", "S3://"] {
        if let Some(rest) = text.strip_prefix(form).filter(|rest| !rest.is_empty()) {
            let better = format!("arn:{arn}:s3:::{rest}");
            return Some(Mend::new(Code::S3Url, format!("`{text}` is a locator, not an ARN."), better));
        }
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("arn:") || lower.starts_with("s3:") {
        let fixed = text.match_indices(':').nth(2).map_or(text.len(), |(at, _)| at);
        if text[..fixed] != lower[..fixed] {
            let better = format!("{}{}", &lower[..fixed], &text[fixed..]);
            return Some(Mend::new(
                Code::ArnCapitals,
                format!("`{}` is written in small letters.", &text[..fixed]),
                better,
            ));
        }
    }
    if let Some(mend) = prefix(text, arn) {
        return Some(mend);
    }
    of_arn(text, partition)
}

/// Whether a blank stands before the name, where no ARN has one; names of objects may hold blanks.
fn is_fixed_part_blank(text: &str) -> bool {
    let fixed = text.match_indices(':').nth(4).map_or(text.len(), |(at, _)| at + 1);
    let bucket_end = text[fixed..].find('/').map_or(text.len(), |slash| fixed + slash);
    text[..bucket_end].contains(char::is_whitespace)
}

/// The beginning `arn:aws:s3:::`, of which a part is missing.
fn prefix(text: &str, arn: Partition) -> Option<Mend> {
    let missing = |rest: &str| {
        let better = format!("arn:{arn}:s3:::{}", rest.trim_start_matches([':', '/']));
        Some(Mend::new(Code::ArnPrefixMissing, format!("`{text}` lacks the beginning of an ARN."), better))
    };
    if let Some(rest) = text.strip_prefix("s3:") {
        return missing(rest).filter(|mend| !mend.better.ends_with(":::"));
    }
    if let Some(rest) = text.strip_prefix("arn:s3:") {
        return missing(rest);
    }
    if let Some(rest) = text.strip_prefix("aws:s3:") {
        return missing(rest);
    }
    // A bucket's name, alone or with a key behind it.
    let name = text.split('/').next().unwrap_or_default();
    let is_bucket = !text.contains(':') && Bucket::parse(name).is_ok();
    if is_bucket { missing(text) } else { None }
}

fn of_arn(text: &str, partition: Option<Partition>) -> Option<Mend> {
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    let &["arn", named, "s3", rest] = parts.as_slice() else { return wrong_partition(text, partition) };
    let words: Vec<&str> = rest.splitn(3, ':').collect();
    if rest.contains("accesspoint") || rest.starts_with('*') {
        return wrong_partition(text, partition);
    }
    let colons = || format!("`{text}` has not three colons between `s3` and the bucket's name.");
    match words.as_slice() {
        // `arn:aws:s3::bucket` and `arn:aws:s3:bucket`.
        [bucket] | ["", bucket] if !bucket.is_empty() => {
            return Some(Mend::new(Code::ArnColons, colons(), format!("arn:{named}:s3:::{bucket}")));
        }
        ["", "", name] if name.starts_with(':') => {
            let name = name.trim_start_matches(':');
            return Some(Mend::new(Code::ArnColons, colons(), format!("arn:{named}:s3:::{name}")));
        }
        ["", "", name] if name.starts_with("//") || (name.starts_with('/') && name.len() > 1) => {
            let name = name.trim_start_matches('/');
            return Some(Mend::new(
                Code::ArnColons,
                format!("`{text}` has a slash before the bucket's name."),
                format!("arn:{named}:s3:::{name}"),
            ));
        }
        [region, account, name] if region.len() + account.len() > 0 && !name.is_empty() => {
            let detail =
                format!("`{text}` names a region or an account, which the ARNs of buckets and objects do not have.");
            return Some(Mend::new(Code::ArnWithRegion, detail, format!("arn:{named}:s3:::{name}")));
        }
        ["", "", name] => {
            if let Some((bucket, key)) = name.split_once('/')
                && key.starts_with('/')
            {
                let key = key.trim_start_matches('/');
                let detail = format!("`{text}` means keys that begin with a slash, and no others.");
                return Some(Mend::new(Code::LeadingSlash, detail, format!("arn:{named}:s3:::{bucket}/{key}")));
            }
        }
        _ => {}
    }
    wrong_partition(text, partition)
}

/// The same in the partition that is wanted.
pub(super) fn wrong_partition(text: &str, wanted: Option<Partition>) -> Option<Mend> {
    let wanted = wanted?;
    let (named, rest) = text.strip_prefix("arn:")?.split_once(':')?;
    if named == wanted.as_str() || named.contains(['*', '?', '$']) {
        return None;
    }
    let detail = format!("`{text}` lies in the partition `{named}`, not in `{wanted}`.");
    Some(Mend::new(Code::WrongPartition, detail, format!("arn:{wanted}:{rest}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_arns_are_mended() {
        for (text, codes, better) in [
            ("arn:aws:s3:::b", &[][..], "arn:aws:s3:::b"),
            ("arn:aws:s3:::b/a b/*", &[], "arn:aws:s3:::b/a b/*"),
            ("*", &[], "*"),
            ("arn:aws:s3:*:111122223333:accesspoint/a", &[], "arn:aws:s3:*:111122223333:accesspoint/a"),
            ("s3:::bucket", &[Code::ArnPrefixMissing], "arn:aws:s3:::bucket"),
            ("s3:://bucket/x", &[Code::ArnPrefixMissing], "arn:aws:s3:::bucket/x"),
            ("s3://bucket/key", &[Code::S3Url], "arn:aws:s3:::bucket/key"),
            ("arn:aws:s3::bucket", &[Code::ArnColons], "arn:aws:s3:::bucket"),
            ("arn:aws:s3:bucket/*", &[Code::ArnColons], "arn:aws:s3:::bucket/*"),
            ("arn:aws:s3::::bucket", &[Code::ArnColons], "arn:aws:s3:::bucket"),
            ("arn:aws:s3:::/bucket/*", &[Code::ArnColons], "arn:aws:s3:::bucket/*"),
            ("arn:s3:::bucket", &[Code::ArnPrefixMissing], "arn:aws:s3:::bucket"),
            ("bucket/*", &[Code::ArnPrefixMissing], "arn:aws:s3:::bucket/*"),
            ("arn:aws:s3:us-east-1:123456789012:bucket", &[Code::ArnWithRegion], "arn:aws:s3:::bucket"),
            (" arn:aws:s3:::b ", &[Code::ArnBlank], "arn:aws:s3:::b"),
            ("arn:aws:s3::: b/*", &[Code::ArnBlank], "arn:aws:s3:::b/*"),
            ("ARN:AWS:S3:::b/K", &[Code::ArnCapitals], "arn:aws:s3:::b/K"),
            ("arn:aws-cn:s3:::b", &[Code::WrongPartition], "arn:aws:s3:::b"),
            ("arn:aws:s3:::b//team/*", &[Code::LeadingSlash], "arn:aws:s3:::b/team/*"),
            (
                " ARN:aws-cn:s3::b",
                &[Code::ArnBlank, Code::ArnCapitals, Code::ArnColons, Code::WrongPartition],
                "arn:aws:s3:::b",
            ),
            ("nothing of the sort", &[], "nothing of the sort"),
        ] {
            let mends = mend_resource(text, Some(Partition::Aws));
            assert_eq!(mends.iter().map(|mend| mend.code).collect::<Vec<_>>(), codes, "{text}");
            assert_eq!(mends.last().map_or(text, |mend| &mend.better), better);
        }
    }
}
