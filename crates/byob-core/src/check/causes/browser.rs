//! What pages in a browser are kept from.

use super::{Cause, seen::told};
use crate::check::{
    report::DocumentKind,
    steps::StepName::{BrowserCorsAllowed, PresignedUrlLoads},
};

/// In the order in which they are tried.
pub const ROWS: &[Cause] = &[
    Cause {
        name: "cors_missing",
        steps: &[BrowserCorsAllowed],
        sign: "The preflight is refused: CORS is not enabled for the bucket",
        when: told,
        means: "The bucket has no CORS configuration, so that pages can show its files but not read them.",
        fix: "Open the bucket's `Permissions` tab, and paste this under `Cross-origin resource sharing (CORS)`. Where nobody may do that, let its files come through the service: choose `Through this service` in the settings of the integration (`delivery`: `proxy`); a draft is saved first.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_origin_not_allowed",
        steps: &[BrowserCorsAllowed],
        sign: "The plainest preflight is refused as well, and that for every other method",
        when: told,
        means: "The bucket's CORS configuration does not name the page {origin}.",
        fix: "Add this rule to those that are there, or {origin} to the `AllowedOrigins` of one: scheme, host and port exactly so, without a slash at the end.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_method_not_allowed",
        steps: &[BrowserCorsAllowed],
        sign: "A preflight for another method is permitted, and one for {method} is not",
        when: told,
        means: "The bucket's CORS configuration permits the page {origin} some methods, but not {method}.",
        fix: "Add {method} to `AllowedMethods`, as in this document.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_headers_not_allowed",
        steps: &[BrowserCorsAllowed],
        sign: "A preflight without request headers is permitted, and one with `range` or `content-type` is not",
        when: told,
        means: "The bucket's CORS configuration does not let pages send the header {header} with {method}: reading needs `Range`, for videos, PDFs and tables; writing needs `Content-Type`.",
        fix: "Set `AllowedHeaders` to `*`, as in this document.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_headers_not_exposed",
        steps: &[BrowserCorsAllowed],
        sign: "The answer's `Access-Control-Expose-Headers` lacks some",
        when: told,
        means: "Pages may read the files, but not see {missing_headers}: large tables and videos need them.",
        fix: "Add them to `ExposeHeaders`, as in this document.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "cors_answer_lacks_headers",
        steps: &[BrowserCorsAllowed],
        sign: "The preflight is permitted, and the answer to the GET has no `Access-Control-Allow-Origin`",
        when: told,
        means: "The preflight is permitted, but the file itself comes without `Access-Control-Allow-Origin`, so that browsers keep it from the page.",
        fix: "Look for a proxy or cache in front of the store that drops the header or ignores `Vary: Origin`.",
        document: Some(DocumentKind::Cors),
    },
    Cause {
        name: "key_folded",
        steps: &[PresignedUrlLoads],
        sign: "A file whose key has `.` or `..` between slashes, and everything else passed",
        when: told,
        means: "Browsers fold `.` and `..` in paths, so that none can load `{key}` straight from the bucket; programs can.",
        fix: "Let files come through the service: choose `Through this service` in the settings of the integration (`delivery`: `proxy`). Or give the file a key without them.",
        document: None,
    },
];
