//! One object.

use super::{
    ANY, Cause,
    seen::{code, says, told},
};
use crate::check::steps::StepName::PresignedUrlLoads;

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
    Cause {
        name: "object_gone",
        steps: ANY,
        sign: "`NoSuchKey` for an object that was listed or named",
        when: |seen| code(seen, &["NoSuchKey"]),
        means: "The object `{key}` does not exist (any more).",
        fix: "Look for it in its folder: it may have been moved or deleted.",
        document: None,
    },
    Cause {
        name: "version_gone",
        steps: ANY,
        sign: "`NoSuchVersion`, `MethodNotAllowed` of a version that marks a deletion, or `InvalidArgument` about the version's ID",
        when: |seen| {
            code(seen, &["NoSuchVersion", "MethodNotAllowed"])
                || (code(seen, &["InvalidArgument"]) && says(seen, &["version id"]))
        },
        means: "The object `{key}` has no such version (any more).",
        fix: "Look among the versions of the object: this one may have been deleted, or its ID is not whole.",
        document: None,
    },
    Cause {
        name: "key_of_its_writer",
        steps: ANY,
        sign: "`InvalidRequest` about server-side encryption",
        when: |seen| code(seen, &["InvalidRequest"]) && says(seen, &["server side encryption"]),
        means: "The object `{key}` is encrypted with a key that only its writer has (SSE-C).",
        fix: "Nobody can open it without that key, BYOB included. Store it anew, encrypted by S3 or by KMS.",
        document: None,
    },
    Cause {
        name: "object_archived",
        steps: ANY,
        sign: "`InvalidObjectState`",
        when: |seen| code(seen, &["InvalidObjectState"]),
        means: "The object `{key}` is archived (Glacier), and has to be restored before it can be read.",
        fix: "Restore it in the S3 console, or name another object.",
        document: None,
    },
    Cause {
        name: "old_urls_refused",
        steps: &[PresignedUrlLoads],
        sign: "A URL that was signed just now loads, and one as old as those that are handed out does not",
        when: told,
        means: "The bucket denies URLs that were signed {signature_age} seconds ago (a condition on `s3:signatureAge`), and the integration hands out the same URL for that long so that browsers can cache.",
        fix: "Set `stable_urls` to false: every URL is then signed when it is asked for.",
        document: None,
    },
    Cause {
        name: "range_ignored",
        steps: &[PresignedUrlLoads],
        sign: "A range was asked for, and the whole came",
        when: told,
        means: "The store sends whole objects when a part is asked for: videos cannot be sought in, and large tables open slowly.",
        fix: "Look for a proxy in front of the store that drops the `Range` header.",
        document: None,
    },
];
