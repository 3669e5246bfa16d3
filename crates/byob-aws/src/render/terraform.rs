//! Terraform, as one file that is a module or the whole configuration.
//!
//! Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role>.
//!
//! Policies stand in it as JSON, not as `jsonencode({…})`: Terraform normalises the Unicode of every string that it reads, and S3's
//! keys are bytes. CORS and lifecycle are off until their variables are set, because Terraform replaces what a bucket has.

use super::{
    DESCRIPTION, POLICY_NAME, Setup,
    hcl::{Body, list, string},
    json,
};
use crate::{
    Bucket,
    policies::{
        cors::{CorsConfiguration, CorsRule},
        lifecycle::{LifecycleConfiguration, LifecycleRule},
    },
};

/// The file, formatted as `terraform fmt` formats it.
pub fn configuration(setup: &Setup) -> String {
    let mut file = Body::default()
        .comment("The role that lets BYOB use buckets of this account. Give the output `role_arn` to BYOB.")
        .comment("The provider has to be set up for that account, and for the region of its buckets.");
    if json::highest(&setup.access_policy) > '\u{ff}' {
        file = file
            .comment(
                "IAM takes no characters above U+00FF, and the AWS provider does not escape them: where it answers",
            )
            .comment("MalformedPolicyDocument, use the AWS CLI script instead.");
    }
    file = role(providers(file.blank()), setup);
    if setup.cors().is_some() || setup.lifecycle().is_some() {
        let names = setup.buckets.iter().map(Bucket::as_str);
        let buckets = Body::default().attribute("buckets", format!("toset({})", list(names)));
        file = file.blank().block("locals", buckets);
    }
    if let Some(configuration) = setup.cors() {
        file = cors(file.blank(), configuration);
    }
    if let Some(configuration) = setup.lifecycle() {
        file = lifecycle(file.blank(), configuration);
    }
    file.into_text()
}

fn providers(file: Body) -> Body {
    let aws = Body::default().attribute("source", string("hashicorp/aws")).attribute("version", string(">= 4.0"));
    let required = Body::default().block("aws =", aws);
    file.block("terraform", Body::default().block("required_providers", required))
}

fn role(file: Body, setup: &Setup) -> Body {
    let mut role = Body::default().attribute("name", "var.role_name").attribute("description", string(DESCRIPTION));
    if let Some(seconds) = setup.max_session_duration {
        role = role.attribute("max_session_duration", seconds);
    }
    let policy = Body::default().attribute("name", string(POLICY_NAME)).attribute("role", "aws_iam_role.byob.name");
    let arn = Body::default()
        .attribute("description", string("What to give to BYOB."))
        .attribute("value", "aws_iam_role.byob.arn");
    file.blank()
        .block(r#"variable "role_name""#, variable("The role's name.", "string", string(setup.role_name.as_str())))
        .blank()
        .block(
            r#"resource "aws_iam_role" "byob""#,
            role.blank().heredoc("assume_role_policy", &json::pretty(&setup.trust_policy)),
        )
        .blank()
        .block(
            r#"resource "aws_iam_role_policy" "byob""#,
            policy.blank().heredoc("policy", &json::pretty(&setup.access_policy)),
        )
        .blank()
        .block(r#"output "role_arn""#, arn)
}

fn cors(file: Body, configuration: &CorsConfiguration) -> Body {
    let what = "Whether to set the CORS configuration of the buckets, which pages that read them need. It replaces the one that a \
        bucket has: add the rules that are to stay.";
    let rules = configuration.cors_rules.iter().map(cors_rule);
    file.block(r#"variable "set_cors""#, variable(what, "bool", "false".to_owned())).blank().block(
        r#"resource "aws_s3_bucket_cors_configuration" "byob""#,
        rules.fold(each_bucket("var.set_cors"), |body, rule| body.blank().block("cors_rule", rule)),
    )
}

fn cors_rule(rule: &CorsRule) -> Body {
    let CorsRule { id, allowed_headers, allowed_methods, allowed_origins, expose_headers, max_age_seconds } = rule;
    Body::default()
        .attribute("id", string(id))
        .attribute("allowed_headers", list(allowed_headers))
        .attribute("allowed_methods", list(allowed_methods))
        .attribute("allowed_origins", list(allowed_origins))
        .attribute("expose_headers", list(expose_headers))
        .attribute("max_age_seconds", max_age_seconds)
}

fn lifecycle(file: Body, configuration: &LifecycleConfiguration) -> Body {
    if !configuration.rules.iter().all(|rule| stays_as_it_is(&rule.filter.prefix)) {
        return file.comment(
            "The lifecycle configuration is not here: Terraform could change its prefix. Set it by the AWS CLI script.",
        );
    }
    let what = "Whether scratch files and exports are removed by themselves. It replaces the lifecycle configuration that a bucket \
        has: add the rules that are to stay.";
    let rules = configuration.rules.iter().map(lifecycle_rule);
    file.block(r#"variable "set_lifecycle""#, variable(what, "bool", "false".to_owned())).blank().block(
        r#"resource "aws_s3_bucket_lifecycle_configuration" "byob""#,
        rules.fold(each_bucket("var.set_lifecycle"), |body, rule| body.blank().block("rule", rule)),
    )
}

fn lifecycle_rule(rule: &LifecycleRule) -> Body {
    let LifecycleRule { id, status, filter, expiration, abort_incomplete_multipart_upload } = rule;
    let mut body = Body::default()
        .attribute("id", string(id))
        .attribute("status", string(status))
        .blank()
        .block("filter", Body::default().attribute("prefix", string(&filter.prefix)));
    if let Some(age) = expiration {
        body = body.blank().block("expiration", Body::default().attribute("days", age.days));
    }
    if let Some(age) = abort_incomplete_multipart_upload {
        let days = Body::default().attribute("days_after_initiation", age.days_after_initiation);
        body = body.blank().block("abort_incomplete_multipart_upload", days);
    }
    body
}

/// One resource for each bucket, if the variable is set.
fn each_bucket(variable: &str) -> Body {
    Body::default()
        .attribute("for_each", format!("{variable} ? local.buckets : toset([])"))
        .attribute("bucket", "each.value")
}

fn variable(description: &str, kind: &str, default: String) -> Body {
    Body::default().attribute("description", string(description)).attribute("type", kind).attribute("default", default)
}

/// Terraform reads text in Unicode's normal form C. No character below U+0300 differs from its own, and rules that delete files must not
/// name other files than meant.
///
/// Source: <https://www.unicode.org/reports/tr15/#Detecting_Normalization_Forms>.
fn stays_as_it_is(text: &str) -> bool {
    text.chars().all(|c| c < '\u{300}')
}
