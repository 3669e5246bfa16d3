//! About the role: its trust policy, and how long its sessions last.

use byob_core::check::steps::StepName::*;
use serde_json::{Value, json};

use super::{Mistake, PLAIN};
use crate::aws::{CUSTOMER, PLATFORM};

pub const MISTAKES: &[Mistake] = &[
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
];

fn condition(trust: &mut Value, condition: Value) {
    trust["Statement"][0]["Condition"] = condition;
}

/// Demands the external ID by a pattern.
fn demand_like(trust: &mut Value, pattern: fn(&str) -> String) {
    let id = trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"][0].as_str().unwrap().to_owned();
    condition(trust, json!({ "StringLike": { "sts:ExternalId": pattern(&id) } }));
}
