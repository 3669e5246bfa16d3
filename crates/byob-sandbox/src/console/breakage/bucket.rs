//! Breaking and mending buckets.

use s3s::dto::{CORSConfiguration, CORSRule};
use serde_json::{Value, json};

use super::{
    Act, Scene, Side, before,
    document::{edited, written},
    nothing, remember,
};
use crate::{
    Sandbox,
    refusal::Refusal,
    s3::{
        admin,
        request::{no_such_bucket, parse_xml},
        respond::to_xml,
    },
    state::{Before, Breakage, Bucket},
};

/// Makes a mistake with a bucket, or changes nothing where there is nothing to break.
pub fn make(sandbox: &Sandbox, name: &str, act: &Act, side: Side, scene: &Scene) -> Result<(), Refusal> {
    let earlier = before(sandbox, scene, side);
    let mut state = sandbox.write();
    let bucket = state.buckets.get_mut(&scene.bucket).filter(|bucket| bucket.account == scene.account);
    let bucket = bucket.ok_or_else(|| no_such_bucket(&scene.bucket))?;
    let before = earlier.unwrap_or_else(|| snapshot(bucket, side));
    match (act, &before) {
        (Act::Cors(edit), Before::Cors(xml)) => set_cors(bucket, edit(xml.as_deref())?),
        (Act::Policy(statement), Before::BucketPolicy(policy)) => {
            let text = with_statement(policy.as_ref().map(|policy| policy.text.as_str()), statement(scene))?;
            admin::set_policy(&mut state, &scene.account, &scene.bucket, Some(&text))?;
        }
        _ => {}
    }
    drop(state);
    remember(
        sandbox,
        Breakage { account: scene.account.clone(), mistake: name.to_owned(), on: scene.bucket.clone(), before },
    );
    Ok(())
}

/// Whether a mistake can be made with a bucket. Statements can be added to every policy.
pub fn try_out(sandbox: &Sandbox, act: &Act, side: Side, scene: &Scene) -> Result<(), Refusal> {
    let Act::Cors(edit) = act else { return Ok(()) };
    let earlier = before(sandbox, scene, side);
    let state = sandbox.read();
    let bucket = state.buckets.get(&scene.bucket).ok_or_else(|| no_such_bucket(&scene.bucket))?;
    match earlier.unwrap_or_else(|| snapshot(bucket, side)) {
        Before::Cors(xml) => edit(xml.as_deref()).map(drop),
        _ => Ok(()),
    }
}

/// Puts back what was there. A bucket that is gone has nothing to mend.
pub fn restore(sandbox: &Sandbox, breakage: &Breakage) {
    let mut state = sandbox.write();
    let bucket = state.buckets.get_mut(&breakage.on).filter(|bucket| bucket.account == breakage.account);
    match (bucket, &breakage.before) {
        (Some(bucket), Before::Cors(xml)) => set_cors(bucket, xml.clone()),
        (Some(bucket), Before::BucketPolicy(policy)) => bucket.policy.clone_from(policy),
        _ => {}
    }
}

fn snapshot(bucket: &Bucket, side: Side) -> Before {
    match side {
        Side::Cors => Before::Cors(bucket.configuration.get("cors").cloned()),
        _ => Before::BucketPolicy(bucket.policy.clone()),
    }
}

fn set_cors(bucket: &mut Bucket, xml: Option<String>) {
    match xml {
        Some(xml) => bucket.configuration.insert("cors".to_owned(), xml),
        None => bucket.configuration.remove("cors"),
    };
}

/// The policy with one more statement.
fn with_statement(policy: Option<&str>, statement: Value) -> Result<String, Refusal> {
    let Some(text) = policy else {
        return Ok(written(&json!({ "Version": "2012-10-17", "Statement": [statement] })));
    };
    let edited = edited(text, |statements| {
        statements.push(statement);
        true
    })?;
    Ok(edited.unwrap_or_default())
}

/// Deletes the rules.
pub fn forget_cors(xml: Option<&str>) -> Result<Option<String>, Refusal> {
    xml.map(|_| None).ok_or_else(|| nothing("This bucket has no CORS configuration to delete."))
}

/// Lets only another website read.
pub fn allow_another_origin(xml: Option<&str>) -> Result<Option<String>, Refusal> {
    let origins = vec!["https://elsewhere.example".to_owned()];
    let rule = CORSRule { allowed_methods: vec!["GET".to_owned(), "HEAD".to_owned()], ..CORSRule::default() };
    let rules = xml.map_or_else(|| Ok(vec![rule]), rules)?;
    let rules = rules.into_iter().map(|rule| CORSRule { allowed_origins: origins.clone(), ..rule });
    to_xml(&CORSConfiguration { cors_rules: rules.collect() }).map(Some)
}

/// Lets scripts see no headers of answers.
pub fn expose_nothing(xml: Option<&str>) -> Result<Option<String>, Refusal> {
    let rules = rules(xml.ok_or_else(|| nothing("This bucket has no CORS configuration to change."))?)?;
    if rules.iter().all(|rule| rule.expose_headers.is_none()) {
        return Err(nothing("The CORS configuration of this bucket exposes no headers already."));
    }
    let rules = rules.into_iter().map(|rule| CORSRule { expose_headers: None, ..rule });
    to_xml(&CORSConfiguration { cors_rules: rules.collect() }).map(Some)
}

fn rules(xml: &str) -> Result<Vec<CORSRule>, Refusal> {
    parse_xml::<CORSConfiguration>(xml.as_bytes()).map(|configuration| configuration.cors_rules)
}

/// Denies the role what it needs most. The role's path is not asked for: its ARN is matched by a pattern.
pub fn deny_role(scene: &Scene) -> Value {
    let mut statement = deny(scene);
    if !scene.role.is_empty() {
        let arn = |path: &str| format!("arn:aws:iam::{}:role/{path}{}", scene.account, scene.role);
        statement["Condition"] = json!({ "ArnLike": { "aws:PrincipalArn": [arn(""), arn("*/")] } });
    }
    statement
}

/// Lets in only addresses of an office.
pub fn office_only(scene: &Scene) -> Value {
    let mut statement = deny(scene);
    statement["Condition"] = json!({ "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    statement
}

/// Denies URLs that were signed more than a minute ago.
pub fn young_signatures_only(scene: &Scene) -> Value {
    let mut statement = deny(scene);
    statement["Condition"] = json!({ "NumericGreaterThan": { "s3:signatureAge": "60000" } });
    statement
}

fn deny(scene: &Scene) -> Value {
    json!({
        "Sid": "BrokenOnPurpose",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{}/*", scene.bucket),
    })
}
