//! Which faults are found, and of what.

use serde_json::{Value, json};

use super::Spec;
use crate::{aws_io::guard::Guard, integration::settings::Settings};

fn settings(changes: &Value) -> Settings {
    let mut settings = json!({
        "name": "Images",
        "authentication": {"type": "role", "role_arn": "arn:aws:iam::123456789012:role/byob"},
        "scope": {"type": "bucket", "bucket": "images"},
        "region": "eu-central-1",
    });
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    serde_json::from_value(settings).unwrap()
}

#[test]
fn every_wrong_field_is_named() {
    let wrong = json!({
        "name": " ",
        "authentication": {"type": "role", "role_arn": "arn:aws:iam::1:role/byob"},
        "scope": {"type": "bucket", "bucket": "Images", "prefix": "s3://images/x"},
        "region": "eu-central-1a",
        "browser_endpoint_url": "https://user:secret@h",
        "access": [],
        "kms_key_arns": ["alias/x"],
        "longest_url_lifetime": 0,
        "session_duration": 60,
    });
    let faults = Spec::check(&settings(&wrong), &Guard::new(&[]).unwrap()).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "name",
            "authentication.role_arn",
            "scope.bucket",
            "scope.prefix",
            "region",
            "browser_endpoint_url",
            "access",
            "kms_key_arns[0]",
            "longest_url_lifetime",
            "session_duration"
        ]
    );
    assert!(faults.iter().all(|fault| !fault.detail.contains("secret") && !fault.hint.is_empty()));
}

#[test]
fn a_draft_may_be_incomplete_but_not_wrong() {
    let guard = Guard::new(&[]).unwrap();
    let empty: Settings = serde_json::from_value(json!({})).unwrap();
    assert!(Spec::check_draft(&empty, &guard).is_ok());
    let missing = Spec::check(&empty, &guard).unwrap_err();
    assert!(missing.iter().all(|fault| fault.code == "missing") && missing.len() == 4, "{missing:?}");
    let wrong: Settings = serde_json::from_value(json!({"region": "x"})).unwrap();
    assert_eq!(Spec::check_draft(&wrong, &guard).unwrap_err()[0].field, "region");
}

#[test]
fn private_endpoints_need_the_operators_leave() {
    let local = settings(&json!({"endpoint_url": "http://127.0.0.1:9000"}));
    let refused = Spec::check(&local, &Guard::new(&[]).unwrap()).unwrap_err();
    assert_eq!((refused[0].field.as_str(), refused[0].code), ("endpoint_url", "address_refused"));
    assert!(Spec::check(&local, &Guard::new(&["127.0.0.1:9000".to_owned()]).unwrap()).is_ok());
}

#[test]
fn a_role_and_a_region_lie_in_one_partition() {
    let faults = Spec::check(&settings(&json!({"region": "cn-north-1"})), &Guard::new(&[]).unwrap()).unwrap_err();
    assert_eq!(faults[0].code, "wrong_partition");
}
