//! The template's parameters, and how AWS's console shows them.

use serde_json::{Map, Value, json};

use super::super::{SHORTEST_MAXIMUM, role_name};
use crate::policies::Access;

/// The parameter that turns an access on.
pub(super) fn name_of(access: Access) -> &'static str {
    match access {
        Access::List => "List",
        Access::Read => "Read",
        Access::ReadVersions => "ReadVersions",
        Access::Write => "Write",
        Access::Delete => "Delete",
        Access::Acl => "Acl",
    }
}

/// A prefix whose `*`, `?` and `$` are escaped, so that nobody grants more by a wildcard. Two opening braces would begin a dynamic
/// reference, which CloudFormation replaces:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>.
const PREFIX: &str = r"(?!.*\{\{)([^*?$]|\$\{[*?$]\})*";

/// No longer than what `sts:AssumeRole` takes.
const LONGEST_SESSION: u32 = 43_200;

/// The longest value that a parameter takes, in bytes.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
pub(super) const LONGEST_VALUE: usize = 4096;

/// All parameters, each with what may be in it.
pub(super) fn parameters() -> Value {
    let mut parameters = Map::new();
    let mut add = |name: &str, parameter: Value| parameters.insert(name.to_owned(), parameter);
    add(
        "RoleName",
        json!({
            "Type": "String",
            "Description": "The name of the new role. You may choose another one.",
            "AllowedPattern": "[A-Za-z0-9+=,.@_-]+",
            "MaxLength": role_name::LONGEST,
        }),
    );
    add(
        "PrincipalArn",
        json!({
            "Type": "String",
            "Description": "Who may assume the role: the ARN of the platform's own role, user or account.",
            "AllowedPattern": "arn:[a-z-]+:iam::[0-9]{12}:.+",
        }),
    );
    add(
        "ExternalId",
        json!({
            "Type": "String",
            "Description": "What the platform has to say when it assumes the role, so that nobody else can have it do so.",
            "AllowedPattern": "[A-Za-z0-9_+=,.@:/-]+",
            "MinLength": 2,
            "MaxLength": 1224,
        }),
    );
    add(
        "Bucket",
        json!({
            "Type": "String",
            "Description": "The bucket's name.",
            "AllowedPattern": "[a-z0-9][a-z0-9.-]*[a-z0-9]",
            "MinLength": 3,
            "MaxLength": 63,
        }),
    );
    add(
        "Prefix",
        json!({
            "Type": "String",
            "Description": "The folder, as policies write it: * is ${*}, ? is ${?} and $ is ${$}. Empty for the whole bucket.",
            "Default": "",
            "AllowedPattern": PREFIX,
            "ConstraintDescription": "Write * as ${*}, ? as ${?} and $ as ${$}.",
        }),
    );
    add(
        "KmsKeyArns",
        json!({
            "Type": "CommaDelimitedList",
            "Description": "The ARNs of the KMS keys that encrypt the objects, all of one region. Empty if there are none.",
            "Default": "",
        }),
    );
    add(
        "MaxSessionDuration",
        json!({
            "Type": "Number",
            "Description": "The longest that a session of the role may last, in seconds.",
            "Default": SHORTEST_MAXIMUM,
            "MinValue": SHORTEST_MAXIMUM,
            "MaxValue": LONGEST_SESSION,
        }),
    );
    for access in Access::ALL {
        let (_, description) = shown(access);
        let parameter = json!({
            "Type": "String",
            "Description": description,
            "Default": "false",
            "AllowedValues": ["true", "false"],
        });
        add(name_of(access), parameter);
    }
    parameters.into()
}

/// What an access is called, and what it permits.
fn shown(access: Access) -> (&'static str, &'static str) {
    match access {
        Access::List => ("List", "See which objects there are."),
        Access::Read => ("Read", "Read objects."),
        Access::ReadVersions => ("Read versions", "Read and list versions of objects."),
        Access::Write => ("Write", "Make and overwrite objects."),
        Access::Delete => ("Delete", "Delete objects."),
        Access::Acl => ("Access control lists", "Read and set access control lists of objects."),
    }
}

/// Groups and labels.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html>.
pub(super) fn interface() -> Value {
    let group = |label: &str, names: &[&str]| json!({"Label": {"default": label}, "Parameters": names});
    let mut labels = Map::new();
    for (name, label) in [
        ("RoleName", "Role name"),
        ("MaxSessionDuration", "Maximum session duration"),
        ("PrincipalArn", "Principal"),
        ("ExternalId", "External ID"),
        ("Bucket", "Bucket"),
        ("Prefix", "Prefix"),
        ("KmsKeyArns", "KMS keys"),
    ]
    .into_iter()
    .chain(Access::ALL.map(|access| (name_of(access), shown(access).0)))
    {
        labels.insert(name.to_owned(), json!({"default": label}));
    }
    json!({"AWS::CloudFormation::Interface": {
        "ParameterGroups": [
            group("The role", &["RoleName", "MaxSessionDuration"]),
            group("Who may assume it", &["PrincipalArn", "ExternalId"]),
            group("What it reaches", &["Bucket", "Prefix", "KmsKeyArns"]),
            group("What it may do there", &Access::ALL.map(name_of)),
        ],
        "ParameterLabels": labels,
    }})
}
