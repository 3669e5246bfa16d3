//! What was changed of settings, in a form that can be told.

use serde_json::{Map, Value, json};

use crate::integration::Settings;

/// A value whose JSON is longer than this is not repeated.
const LONGEST: usize = 1000;

/// The settings that differ, each with what it was before and is after. Settings hold no secret when they are serialized.
pub(crate) fn changed(before: &Settings, after: &Settings) -> Value {
    let (before, after) = (fields(before), fields(after));
    let of = |name: &String| {
        let (before, after) = (before.get(name), after.get(name));
        let told = |value: Option<&Value>| told(name, value.unwrap_or(&Value::Null));
        (before != after).then(|| (name.clone(), json!({"before": told(before), "after": told(after)})))
    };
    after.keys().chain(before.keys()).filter_map(of).collect::<Map<_, _>>().into()
}

/// The settings that are not left at their default.
pub(crate) fn set(settings: &Settings) -> Value {
    let unset = serde_json::from_value(json!({})).map(|unset: Settings| fields(&unset)).unwrap_or_default();
    let set = fields(settings).into_iter().filter(|(name, value)| unset.get(name) != Some(value));
    set.map(|(name, value)| (name.clone(), told(&name, &value))).collect::<Map<_, _>>().into()
}

fn fields(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Of an address, only where it leads.
fn told(name: &str, value: &Value) -> Value {
    let url = name.ends_with("_url").then(|| url::Url::parse(value.as_str()?).ok()).flatten();
    match url {
        Some(url) => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}").into(),
            (host, _) => host.into(),
        },
        None if value.to_string().len() > LONGEST => "too long to be repeated".into(),
        None => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(value: Value) -> Settings {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn only_what_differs_is_told() {
        let before = settings(json!({"name": "Films", "region": "eu-west-1"}));
        let after = settings(json!({"name": "Films", "region": "eu-central-1", "requester_pays": true}));

        let expected = json!({
            "region": {"before": "eu-west-1", "after": "eu-central-1"},
            "requester_pays": {"before": false, "after": true},
        });
        assert_eq!(changed(&before, &after), expected);
        assert_eq!(set(&before), json!({"name": "Films", "region": "eu-west-1"}));
    }

    #[test]
    fn neither_secrets_nor_addresses_are_told_nor_what_is_very_long() {
        let key = json!({"type": "access_key", "access_key_id": "AKIAONE", "secret_access_key": "hunter2"});
        let keys: Vec<String> = (0..50).map(|n| format!("arn:aws:kms:eu-west-1:123456789012:key/{n}")).collect();
        let url = "https://user:hunter2@s3.example.com:9000/path?token=hunter2";
        let told = set(&settings(json!({"authentication": key, "endpoint_url": url, "kms_key_arns": keys})));

        assert_eq!(told["authentication"]["access_key_id"], "AKIAONE");
        assert_eq!(
            (&told["endpoint_url"], &told["kms_key_arns"]),
            (&json!("s3.example.com:9000"), &json!("too long to be repeated"))
        );
        assert!(!told.to_string().contains("hunter2"), "{told}");
    }
}
