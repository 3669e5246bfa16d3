//! Settings as a form has them, and as a form asks for them.

use byob_core::integration::{
    Record, Settings,
    settings::{Authentication, Scope},
};
use serde_json::{Map, Value, json};

use super::ACCESS;
use crate::console::form::{Faults, Form};

/// The field of the role's ARN.
pub const ROLE: &str = "authentication.role_arn";

/// The form with the settings as they are.
pub fn form(settings: &Settings) -> Form {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (kind, bucket, prefix, buckets) = match &settings.scope {
        Some(Scope::Bucket { bucket, prefix }) => ("bucket", bucket.clone(), text(prefix), String::new()),
        Some(Scope::AllPermitted { buckets }) => ("all_permitted", String::new(), String::new(), buckets.join("\n")),
        None => ("bucket", String::new(), String::new(), String::new()),
    };
    let way_in = match &settings.authentication {
        Some(Authentication::AccessKey { .. }) => "access_key",
        Some(Authentication::Anonymous {}) => "anonymous",
        None | Some(Authentication::Role { .. }) => "role",
    };
    let key = match &settings.authentication {
        Some(Authentication::AccessKey { access_key_id, .. }) => access_key_id.clone(),
        _ => String::new(),
    };
    let mut fields = vec![
        ("name", text(&settings.name)),
        ("scope.type", kind.to_owned()),
        ("scope.bucket", bucket),
        ("scope.prefix", prefix),
        ("scope.buckets", buckets),
        ("region", text(&settings.region)),
        ("endpoint_url", text(&settings.endpoint_url)),
        ("browser_endpoint_url", text(&settings.browser_endpoint_url)),
        ("kms_key_arns", settings.kms_key_arns.join("\n")),
        ("authentication.type", way_in.to_owned()),
        ("authentication.access_key_id", key),
    ];
    fields.extend(settings.force_path_style.then(|| ("force_path_style", "yes".to_owned())));
    fields.extend(settings.access.iter().map(|access| ("access", access.0.as_str().to_owned())));
    Form::of(fields)
}

/// The form of the role, with the settings as they are.
pub fn role(settings: &Settings) -> Form {
    Form::of([(ROLE, settings.role_arn().unwrap_or_default().to_owned())])
}

/// The settings that a form asks for; where that is by a role, by this one.
pub fn wanted(role: Option<&str>, form: &Form) -> Map<String, Value> {
    let given = |name: &str| Some(form.get(name).trim()).filter(|text| !text.is_empty());
    let lines = |name: &str| -> Vec<String> {
        form.get(name)
            .split(['\n', ',', ' '])
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let scope = if form.has("scope.type", "all_permitted") {
        json!({ "type": "all_permitted", "buckets": lines("scope.buckets") })
    } else {
        one_bucket(given("scope.bucket"), given("scope.prefix"))
    };
    let authentication = match form.get("authentication.type") {
        "access_key" => {
            let mut key =
                json!({ "type": "access_key", "access_key_id": form.get("authentication.access_key_id").trim() });
            if let Some(secret) = given("authentication.secret_access_key") {
                key["secret_access_key"] = json!(secret);
            }
            key
        }
        "anonymous" => json!({ "type": "anonymous" }),
        _ => json!({ "type": "role", "role_arn": role }),
    };
    let access: Vec<&str> = ACCESS.iter().map(|(name, ..)| *name).filter(|name| form.has("access", name)).collect();
    let mut changes = Map::new();
    for (name, value) in [
        ("name", json!(given("name"))),
        ("scope", scope),
        ("region", json!(given("region").map(region))),
        ("endpoint_url", json!(given("endpoint_url"))),
        ("browser_endpoint_url", json!(given("browser_endpoint_url"))),
        ("force_path_style", json!(form.has("force_path_style", "yes"))),
        ("kms_key_arns", json!(lines("kms_key_arns"))),
        ("access", json!(access)),
        ("authentication", authentication),
    ] {
        changes.insert(name.to_owned(), value);
    }
    changes
}

/// People also copy a region as S3's console lists it, "Europe (Frankfurt) eu-central-1".
fn region(typed: &str) -> &str {
    typed.rsplit_once(") ").map_or(typed, |(_, code)| code.trim())
}

/// The scope of one bucket. People also paste it as S3's console shows it, `s3://bucket/folder/`, and end folders with a slash.
fn one_bucket(bucket: Option<&str>, folder: Option<&str>) -> Value {
    let Some(bucket) = bucket else { return Value::Null };
    let pasted = bucket.strip_prefix("s3://").and_then(|rest| rest.split_once('/').or(Some((rest, ""))));
    let (bucket, folder) = match (pasted, folder) {
        (Some((bucket, "")), folder) => (bucket, folder),
        (Some((bucket, pasted)), None) => (bucket, Some(pasted)),
        _ => (bucket, folder),
    };
    match folder.map(|folder| folder.trim_end_matches('/')) {
        None | Some("") => json!({ "type": "bucket", "bucket": bucket }),
        Some(folder) => json!({ "type": "bucket", "bucket": bucket, "prefix": folder }),
    }
}

/// The role that a form asks for.
pub fn by_role(form: &Form) -> Map<String, Value> {
    let arn = Some(form.get(ROLE).trim()).filter(|arn| !arn.is_empty());
    let mut changes = Map::new();
    changes.insert("authentication".into(), json!({ "type": "role", "role_arn": arn }));
    changes
}

/// What has to be said, and is not.
pub fn missing(record: &Record, form: &Form) -> Faults {
    let bucket = !form.has("scope.type", "all_permitted");
    // Another key has another secret.
    let is_same_key = record.settings.access_key_id() == Some(form.get("authentication.access_key_id").trim());
    let has_secret = record.row.sealed_secret.is_some() && is_same_key;
    let secret = form.has("authentication.type", "access_key") && !has_secret;
    let fields = [
        ("name", true),
        ("scope.bucket", bucket),
        ("region", true),
        ("authentication.access_key_id", form.has("authentication.type", "access_key")),
        ("authentication.secret_access_key", secret),
    ];
    let empty = fields.into_iter().filter(|(name, needed)| *needed && form.get(name).trim().is_empty());
    Faults::missing(empty.map(|(name, _)| name))
}
