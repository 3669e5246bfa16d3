//! The misconfiguration matrix: a fresh AWS for each mistake, and what the check makes of it. Where the finding carries a document or
//! settings, they are applied as they are, and then the step has to pass.

use byob_core::check::{
    Report,
    report::{DocumentKind, Outcome, Outcome::*},
    steps::{STEPS, StepName, StepName::*},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::{
    customer::{KEY, replace, take},
    given::{Connection, step},
};
use crate::aws::{BUCKET, CUSTOMER, PLATFORM};

/// One mistake, and what is expected of the check.
struct Mistake {
    name: &'static str,
    settings: fn() -> Value,
    /// What is wrong with trust policy and access policy when the role is made.
    spoil: fn(&mut Value, &mut Value),
    /// What else goes wrong.
    act: fn(&Connection),
    step: StepName,
    outcome: Outcome,
    cause: &'static str,
    /// Applying what the finding brings along mends it.
    mends: bool,
}

const PLAIN: Mistake = Mistake {
    name: "",
    settings: || json!({}),
    spoil: |_, _| (),
    act: |_| (),
    step: RoleAssumable,
    outcome: Failed,
    cause: "",
    mends: false,
};

fn everything() -> Value {
    json!({ "access": ["list", "read", "read_versions", "write", "delete"] })
}

fn team() -> Value {
    json!({ "scope": { "type": "bucket", "bucket": BUCKET, "prefix": "team" } })
}

fn with_key() -> Value {
    json!({ "kms_key_arns": [KEY] })
}

fn condition(trust: &mut Value, condition: Value) {
    trust["Statement"][0]["Condition"] = condition;
}

/// Demands the external ID by a pattern.
fn demand_like(trust: &mut Value, pattern: fn(&str) -> String) {
    let id = trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"][0].as_str().unwrap().to_owned();
    condition(trust, json!({ "StringLike": { "sts:ExternalId": pattern(&id) } }));
}

const MISTAKES: &[Mistake] = &[
    // The role.
    Mistake {
        name: "no authentication is chosen",
        settings: || json!({ "authentication": null, "role": "none" }),
        step: RoleArnValid,
        cause: "authentication_missing",
        ..PLAIN
    },
    Mistake {
        name: "the role's ARN is not given",
        settings: || json!({ "role": "none" }),
        step: RoleArnValid,
        cause: "role_arn_missing",
        ..PLAIN
    },
    Mistake {
        name: "there is no such role",
        settings: || json!({ "authentication": { "type": "role", "role_arn": "arn:aws:iam::222222222222:role/nobody" } }),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        ..PLAIN
    },
    Mistake {
        name: "the trust policy names the customer's own account",
        spoil: |trust, _| trust["Statement"][0]["Principal"]["AWS"] = json!(CUSTOMER),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the trust policy names a service",
        spoil: |trust, _| trust["Statement"][0]["Principal"] = json!({ "Service": "ec2.amazonaws.com" }),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the external ID is an old one",
        spoil: |trust, _| condition(trust, json!({ "StringEquals": { "sts:ExternalId": "old-one" } })),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the trust policy allows another action",
        spoil: |trust, _| trust["Statement"][0]["Action"] = json!(["sts:TagSession"]),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the trust policy wants multi-factor authentication",
        spoil: |trust, _| trust["Statement"][0]["Condition"]["Bool"] = json!({ "aws:MultiFactorAuthPresent": "true" }),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "sessions are longer than the role allows",
        settings: || json!({ "session_duration": 7200 }),
        step: RoleAssumable,
        cause: "session_too_long",
        ..PLAIN
    },
    // The confused deputy.
    Mistake {
        name: "no external ID is demanded",
        spoil: |trust, _| {
            trust["Statement"][0].as_object_mut().unwrap().remove("Condition");
        },
        step: ExternalIdRequired,
        cause: "external_id_not_required",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "any external ID will do",
        spoil: |trust, _| condition(trust, json!({ "StringLike": { "sts:ExternalId": "*" } })),
        step: ExternalIdEnforced,
        cause: "external_id_not_enforced",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the external ID is demanded by how it begins",
        spoil: |trust, _| demand_like(trust, |id| format!("{}*", &id[..1])),
        step: ExternalIdEnforced,
        cause: "external_id_not_enforced",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the external ID is demanded but for its last characters",
        spoil: |trust, _| demand_like(trust, |id| format!("{}*", &id[..32])),
        step: ExternalIdEnforced,
        cause: "external_id_not_enforced",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the external ID is demanded by its beginning and its end",
        spoil: |trust, _| demand_like(trust, |id| format!("{}*{}", &id[..8], &id[24..])),
        step: ExternalIdEnforced,
        cause: "external_id_not_enforced",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the external ID is demanded only if there is one",
        spoil: |trust, _| {
            let id = trust["Statement"][0]["Condition"]["StringEquals"].take();
            condition(trust, json!({ "StringEqualsIfExists": id }));
        },
        step: ExternalIdRequired,
        cause: "external_id_not_required",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "only those without an external ID are let in",
        spoil: |trust, _| condition(trust, json!({ "Null": { "sts:ExternalId": "true" } })),
        step: ExternalIdRequired,
        cause: "external_id_not_required",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "a second statement lets everybody in",
        spoil: |trust, _| {
            let lax = json!({ "Effect": "Allow", "Principal": { "AWS": PLATFORM }, "Action": "sts:AssumeRole" });
            trust["Statement"].as_array_mut().unwrap().push(lax);
        },
        step: ExternalIdRequired,
        cause: "external_id_not_required",
        mends: true,
        ..PLAIN
    },
    // The bucket.
    Mistake {
        name: "the scope is not set",
        settings: || json!({ "scope": null, "role": "none", "authentication": { "type": "role", "role_arn": "arn:aws:iam::222222222222:role/nobody" } }),
        step: RoleAssumable,
        cause: "role_refuses_platform",
        ..PLAIN
    },
    Mistake {
        name: "the bucket's name is misspelt",
        settings: || json!({ "scope": { "type": "bucket", "bucket": "customer-imagez" } }),
        step: BucketReachable,
        cause: "no_such_bucket",
        ..PLAIN
    },
    Mistake {
        name: "the region is another one",
        settings: || json!({ "region": "us-west-2" }),
        step: RegionMatches,
        cause: "wrong_region",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the region is not set",
        settings: || json!({ "region": null }),
        step: RegionMatches,
        cause: "region_missing",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the access policy is about another bucket",
        spoil: |_, access| replace(access, BUCKET, "customer-images-old"),
        step: BucketReachable,
        cause: "bucket_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the role has no access policy",
        act: Connection::take_all_access,
        step: BucketReachable,
        cause: "bucket_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies unencrypted connections",
        act: |c| c.deny("s3:*", &json!({ "Bool": { "aws:SecureTransport": "false" } })),
        step: BucketReachable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies s3:GetBucketLocation",
        act: |c| c.deny("s3:GetBucketLocation", &json!(null)),
        step: BucketReachable,
        outcome: Warned,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "everybody may read the bucket",
        settings: team,
        act: |c| {
            let resources = [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")];
            c.set_bucket_policy(&json!({
                "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": resources,
            }));
        },
        step: ScopeEnforced,
        outcome: Warned,
        cause: "scope_open_to_everybody",
        ..PLAIN
    },
    // Permissions.
    Mistake {
        name: "s3:GetBucketLocation is forgotten",
        spoil: |_, access| take(access, "s3:GetBucketLocation"),
        step: BucketReachable,
        outcome: Warned,
        cause: "location_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetBucketLocation has a condition on the prefix",
        settings: team,
        spoil: |_, access| access["Statement"][0]["Condition"] = json!({ "StringLike": { "s3:prefix": "team/*" } }),
        step: BucketReachable,
        outcome: Warned,
        cause: "location_not_permitted",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:ListBucket is forgotten",
        spoil: |_, access| take(access, "s3:ListBucket"),
        step: PrefixListable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:ListBucket is on the objects",
        spoil: |_, access| access["Statement"][1]["Resource"] = json!([format!("arn:aws:s3:::{BUCKET}/*")]),
        step: PrefixListable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetObject is forgotten",
        spoil: |_, access| take(access, "s3:GetObject"),
        step: ObjectReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetObject is on the bucket",
        spoil: |_, access| access["Statement"][2]["Resource"] = json!([format!("arn:aws:s3:::{BUCKET}")]),
        step: ObjectReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the prefix is another folder",
        settings: team,
        spoil: |_, access| {
            let elsewhere = access.to_string().replace("team", "teams");
            *access = serde_json::from_str(&elsewhere).unwrap();
        },
        step: PrefixListable,
        cause: "prefix_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the prefix is in capitals",
        settings: team,
        spoil: |_, access| {
            let elsewhere = access.to_string().replace("team", "Team");
            *access = serde_json::from_str(&elsewhere).unwrap();
        },
        step: ObjectReadable,
        cause: "prefix_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the prefix is given without its slash",
        settings: team,
        spoil: |_, access| access["Statement"][1]["Condition"]["StringLike"]["s3:prefix"] = json!(["team"]),
        step: PrefixListable,
        cause: "prefix_form_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "only the prefix itself can be listed, not what lies below it",
        settings: team,
        spoil: |_, access| access["Statement"][1]["Condition"]["StringLike"]["s3:prefix"] = json!(["team", "team/"]),
        step: PrefixListable,
        cause: "prefix_form_not_covered",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:GetObjectVersion is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:GetObjectVersion"),
        step: VersionReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:ListBucketVersions is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:ListBucketVersions"),
        step: VersionReadable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:PutObject is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:PutObject"),
        step: ObjectWritable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:PutObject is forgotten, and nothing may be deleted",
        settings: || json!({ "access": ["write"] }),
        spoil: |_, access| take(access, "s3:PutObject"),
        step: ObjectWritable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "s3:DeleteObject is forgotten",
        settings: everything,
        spoil: |_, access| take(access, "s3:DeleteObject"),
        step: ObjectDeletable,
        cause: "action_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the role denies itself",
        act: |c| c.add_to_role(&json!({ "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*" })),
        step: ObjectReadable,
        cause: "role_denies",
        ..PLAIN
    },
    Mistake {
        name: "a permissions boundary lacks reading",
        act: |c| {
            c.bound(&json!({ "Effect": "Allow", "Action": ["s3:List*", "s3:GetBucketLocation"], "Resource": "*" }));
        },
        step: ObjectReadable,
        cause: "boundary_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies reading",
        act: |c| {
            c.deny("s3:GetObject", &json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::222222222222:role/*" } }));
        },
        step: ObjectReadable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy lets in the office only",
        act: |c| c.deny("s3:GetObject", &json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } })),
        step: ObjectReadable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies listing",
        act: |c| c.deny("s3:ListBucket", &Value::Null),
        step: PrefixListable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies writing without KMS",
        settings: everything,
        act: |c| {
            c.deny("s3:PutObject", &json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "aws:kms" } }));
        },
        step: ObjectWritable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    Mistake {
        name: "the bucket policy denies deleting",
        settings: everything,
        act: |c| c.deny("s3:DeleteObject", &Value::Null),
        step: ObjectDeletable,
        cause: "bucket_policy_denies",
        ..PLAIN
    },
    // KMS.
    Mistake {
        name: "objects are encrypted with a key that nobody named",
        act: |c| c.encrypt(None),
        step: EncryptedObjectReadable,
        cause: "kms_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the role may use a key that the integration does not name",
        act: |c| {
            c.encrypt(None);
            c.add_to_role(&json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY }));
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_not_declared",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the key's policy leaves nothing to IAM",
        settings: with_key,
        act: |c| {
            let admin = json!({ "AWS": format!("arn:aws:iam::{CUSTOMER}:user/admin") });
            c.encrypt(Some(json!({ "Effect": "Allow", "Principal": admin, "Action": "kms:*", "Resource": "*" })));
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_denies",
        ..PLAIN
    },
    Mistake {
        name: "kms:Decrypt is forgotten",
        settings: with_key,
        spoil: |_, access| take(access, "kms:Decrypt"),
        act: |c| c.encrypt(None),
        step: EncryptedObjectReadable,
        cause: "kms_not_allowed",
        mends: true,
        ..PLAIN
    },
    Mistake {
        name: "the key's policy denies the role",
        settings: with_key,
        act: |c| {
            c.encrypt(Some(json!({ "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*" })));
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_denies",
        ..PLAIN
    },
    Mistake {
        name: "the key is disabled",
        settings: with_key,
        act: |c| {
            c.encrypt(None);
            c.disable_key();
        },
        step: EncryptedObjectReadable,
        cause: "kms_key_unusable",
        ..PLAIN
    },
    // By URL and in the browser.
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
    // Everything else.
    Mistake {
        name: "the clock is twenty minutes off",
        act: |c| c.aws.sandbox.clock().set_ahead(time::Duration::minutes(20)),
        step: ClockInSync,
        cause: "clock_differs",
        ..PLAIN
    },
    Mistake {
        name: "the clock is five minutes off",
        act: |c| c.aws.sandbox.clock().set_ahead(time::Duration::minutes(-5)),
        step: ClockInSync,
        outcome: Warned,
        cause: "clock_differs",
        ..PLAIN
    },
];

#[tokio::test]
async fn every_mistake_is_told_with_its_cause_and_its_mend() {
    assert!(MISTAKES.len() >= 40, "{}", MISTAKES.len());
    let wrong: Vec<String> =
        stream::iter(MISTAKES).map(examine).buffer_unordered(4).filter_map(async |wrong| wrong).collect().await;
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), MISTAKES.len(), wrong.join("\n"));
}

async fn examine(mistake: &Mistake) -> Option<String> {
    let connection = Connection::made((mistake.settings)(), mistake.spoil).await;
    (mistake.act)(&connection);
    let before = connection.keys();

    let report = connection.check().await;

    if let Some(wrong) = is_complete(&report) {
        return Some(format!("{}: {wrong}", mistake.name));
    }
    let seen = step(&report, mistake.step);
    let cause = seen.finding.as_ref().map(|finding| finding.cause.as_str());
    if (seen.outcome, cause) != (mistake.outcome, Some(mistake.cause)) {
        let all: Vec<_> = report
            .steps
            .iter()
            .map(|step| {
                format!(
                    "  {} {:?} {} {:?}",
                    step.name,
                    step.outcome,
                    step.detail,
                    step.finding.as_ref().map(|f| &f.cause)
                )
            })
            .collect();
        return Some(format!(
            "{}: {} is {:?} because of {cause:?}\n{}",
            mistake.name,
            seen.name,
            seen.outcome,
            all.join("\n")
        ));
    }
    if mistake.step != ObjectDeletable && connection.keys() != before {
        return Some(format!("{}: left behind {:?}", mistake.name, connection.keys()));
    }
    if mistake.mends {
        apply(&connection, &report, mistake.step).await;
        let report = connection.check().await;
        let seen = step(&report, mistake.step);
        if seen.outcome != Passed {
            return Some(format!("{}: what was offered does not mend it: {seen:#?}", mistake.name));
        }
    }
    None
}

/// Each step once and in order; a failure says why and what to do, in whole sentences; and no more requests than promised.
fn is_complete(report: &Report) -> Option<String> {
    let names: Vec<_> = report.steps.iter().map(|step| step.name).collect();
    if names != STEPS.each_ref().map(|info| info.step) {
        return Some(format!("steps: {names:?}"));
    }
    if report.requests >= 25 {
        return Some(format!("{} requests", report.requests));
    }
    for step in &report.steps {
        let finding = step.finding.as_ref();
        let told = finding.is_some_and(|finding| {
            [&finding.detail, &finding.fix]
                .iter()
                .all(|text| text.ends_with('.') && !text.contains(['{', '}']) && text.len() > 10)
        });
        if matches!(step.outcome, Failed | Warned) != told || step.detail.is_empty() {
            return Some(format!("{step:?}"));
        }
    }
    None
}

/// The customer and the admin do what the finding says.
async fn apply(connection: &Connection, report: &Report, name: StepName) {
    let finding = step(report, name).finding.clone().unwrap();
    assert!(finding.document.is_some() || finding.settings.is_some(), "{name}: {finding:?}");
    if let Some(settings) = finding.settings {
        connection.change(settings).await;
    }
    if let Some(corrected) = finding.document {
        let document = serde_json::from_str(corrected.document.as_str()).unwrap();
        match corrected.kind {
            DocumentKind::AccessPolicy => connection.set_access(&document),
            DocumentKind::TrustPolicy => connection.set_trust(&document),
            DocumentKind::Cors => connection.set_cors(&document),
        }
    }
}
