//! One template for every customer, and links that open AWS's console with its parameters filled in.
//!
//! A link can only name a template that lies in S3. So the operator puts [`template`] there once, and [`link`] says in parameters what
//! [`cloudformation::template`](super::cloudformation::template) says in documents: the role is the same.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html>.

mod link;
mod parameters;
mod policies;
mod template_url;
#[cfg(test)]
mod tests;

pub use link::{Stack, link};
use serde::Serialize;
use serde_json::{Value, json};
pub use template_url::TemplateUrl;

use self::policies::{access_policy, conditions, trust_policy};
use super::{DESCRIPTION, POLICY_NAME};

/// The template; serialize it to have the file. It is the same for every customer and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Template {
    #[serde(rename = "AWSTemplateFormatVersion")]
    format_version: &'static str,
    description: &'static str,
    metadata: Value,
    parameters: Value,
    conditions: Value,
    resources: Value,
    outputs: Value,
}

/// The template. A stack of it needs the capability `CAPABILITY_NAMED_IAM`.
///
/// ```
/// let template = serde_json::to_value(byob_aws::render::quick_create::template())?;
/// assert_eq!(template["Parameters"]["ExternalId"]["Type"], "String");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn template() -> Template {
    Template {
        format_version: "2010-09-09",
        description: "The role that lets BYOB use one bucket of this account, or a folder of it. The values come from BYOB: change \
            none but the role's name.",
        metadata: parameters::interface(),
        parameters: parameters::parameters(),
        conditions: conditions(),
        resources: json!({"Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": reference("RoleName"),
                "Description": DESCRIPTION,
                "MaxSessionDuration": reference("MaxSessionDuration"),
                "AssumeRolePolicyDocument": trust_policy(),
                "Policies": [{"PolicyName": POLICY_NAME, "PolicyDocument": access_policy()}],
            },
        }}),
        outputs: json!({"RoleArn": {
            "Description": "What to give to BYOB.",
            "Value": {"Fn::GetAtt": ["Role", "Arn"]},
        }}),
    }
}

/// The value of a parameter.
fn reference(name: &str) -> Value {
    json!({"Ref": name})
}
