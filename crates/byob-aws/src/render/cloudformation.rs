//! A CloudFormation template, as JSON.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html>.
//!
//! It uses no `Fn::Sub`, so that IAM's own `${*}` stays as it is. CORS and lifecycle are not part of it: CloudFormation sets
//! them only on buckets that it has made itself.

use serde::Serialize;

use super::{DESCRIPTION, POLICY_NAME, RoleName, Setup, json, role_name::LONGEST};
use crate::policies::PolicyDocument;

/// A template; serialize it to have the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Template {
    #[serde(rename = "AWSTemplateFormatVersion")]
    format_version: &'static str,
    description: &'static str,
    parameters: Parameters,
    resources: Resources,
    outputs: Outputs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    role_name: RoleNameParameter,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleNameParameter {
    r#type: &'static str,
    description: &'static str,
    default: RoleName,
    allowed_pattern: &'static str,
    max_length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resources {
    role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    r#type: &'static str,
    properties: RoleProperties,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleProperties {
    role_name: Reference,
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_session_duration: Option<u32>,
    assume_role_policy_document: Policy,
    policies: [InlinePolicy; 1],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePolicy {
    policy_name: &'static str,
    policy_document: Policy,
}

/// CloudFormation takes a policy as an object or as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Policy {
    Object(PolicyDocument),
    /// JSON in ASCII, which CloudFormation passes on as it is. An object it writes anew, and IAM takes nothing above U+00FF.
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Outputs {
    role_arn: Output,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    description: &'static str,
    value: Attribute,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Reference {
    #[serde(rename = "Ref")]
    name: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Attribute {
    #[serde(rename = "Fn::GetAtt")]
    path: [&'static str; 2],
}

/// The template. A stack of it needs the capability `CAPABILITY_NAMED_IAM`.
pub fn template(setup: &Setup) -> Template {
    let role_name = RoleNameParameter {
        r#type: "String",
        description: "The role's name.",
        default: setup.role_name.clone(),
        allowed_pattern: "[A-Za-z0-9+=,.@_-]+",
        max_length: LONGEST,
    };
    let properties = RoleProperties {
        role_name: Reference { name: "RoleName" },
        description: DESCRIPTION,
        max_session_duration: setup.max_session_duration,
        assume_role_policy_document: Policy::of(&setup.trust_policy),
        policies: [InlinePolicy { policy_name: POLICY_NAME, policy_document: Policy::of(&setup.access_policy) }],
    };
    Template {
        format_version: "2010-09-09",
        description: "The role that lets BYOB use buckets of this account. CORS and lifecycle are not part of it: CloudFormation sets \
            them only on buckets that it has made itself.",
        parameters: Parameters { role_name },
        resources: Resources { role: Role { r#type: "AWS::IAM::Role", properties } },
        outputs: Outputs {
            role_arn: Output { description: "What to give to BYOB.", value: Attribute { path: ["Role", "Arn"] } },
        },
    }
}

impl Policy {
    fn of(document: &PolicyDocument) -> Self {
        if json::highest(document).is_ascii() {
            Self::Object(document.clone())
        } else {
            Self::Text(document.to_compact_json())
        }
    }
}
