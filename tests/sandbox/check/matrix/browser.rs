//! About URLs, and pages in a browser.

use byob_core::check::{report::Outcome::Warned, steps::StepName::*};
use serde_json::json;

use super::{Mistake, PLAIN, everything};
use crate::check::given::Connection;

pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "the bucket denies old signatures",
        act: |c| c.deny("s3:GetObject", &json!({ "NumericGreaterThan": { "s3:signatureAge": "60000" } })),
        step: PresignedUrlLoads,
        cause: "old_urls_refused",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the bucket denies presigned URLs",
        act: |c| c.deny("s3:GetObject", &json!({ "StringEquals": { "s3:authType": "REST-QUERY-STRING" } })),
        step: PresignedUrlLoads,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket has no CORS configuration",
        act: Connection::delete_cors,
        step: BrowserCorsAllowed,
        cause: "cors_missing",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS names another page",
        act: |c| c.change_cors("AllowedOrigins", &json!(["https://elsewhere.example"])),
        step: BrowserCorsAllowed,
        cause: "cors_origin_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS names the page with a slash at its end",
        act: |c| c.change_cors("AllowedOrigins", &json!(["https://console.example.com/"])),
        step: BrowserCorsAllowed,
        cause: "cors_origin_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS names the page without TLS",
        act: |c| c.change_cors("AllowedOrigins", &json!(["http://console.example.com"])),
        step: BrowserCorsAllowed,
        cause: "cors_origin_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS allows HEAD only",
        act: |c| c.change_cors("AllowedMethods", &json!(["HEAD"])),
        step: BrowserCorsAllowed,
        cause: "cors_method_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS allows every page, for uploads alone",
        act: |c| {
            c.set_cors(&json!([{"AllowedOrigins": ["*"], "AllowedMethods": ["PUT"], "AllowedHeaders": ["*"]}]));
        },
        step: BrowserCorsAllowed,
        cause: "cors_method_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS allows no uploads",
        settings: everything,
        act: |c| c.change_cors("AllowedMethods", &json!(["GET", "HEAD"])),
        step: BrowserCorsAllowed,
        cause: "cors_method_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS allows no headers",
        act: |c| c.change_cors("AllowedHeaders", &json!([])),
        step: BrowserCorsAllowed,
        cause: "cors_headers_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "CORS exposes nothing",
        act: |c| c.change_cors("ExposeHeaders", &json!([])),
        step: BrowserCorsAllowed,
        outcome: Warned,
        cause: "cors_headers_not_exposed",
        mends: true,
        ..PLAIN
    },
];
