//! The policy doctor: whatever was pasted is answered, and a wrong question names its field.

use byob_e2e::{Service, given};
use serde_json::{Value, json};

const DIAGNOSE: &str = "/api/v1/policies/diagnose";

fn codes(diagnosis: &Value) -> Vec<&str> {
    let findings = diagnosis["findings"].as_array().expect("findings are a list");
    findings.iter().map(|finding| finding["code"].as_str().expect("a finding has a code")).collect()
}

#[tokio::test]
async fn the_documents_of_a_draft_are_good() {
    let service = Service::start().await;
    let admin = service.admin();
    let scope = json!({"type": "bucket", "bucket": "images", "prefix": "team*"});
    let changes = json!({"scope": scope, "access": ["list", "read", "write"]});
    let draft = admin.draft(&given::with(given::bucket("images"), &changes)).await;
    let documents = admin.get(&format!("{}/documents", given::draft_path(&draft))).await.json(200);
    for (kind, document) in [("access", "access_policy"), ("trust", "trust_policy"), ("cors", "cors")] {
        let wanted = json!({
            "scope": draft["scope"], "access": draft["access"], "region": draft["region"],
            "principal_arn": draft["principal_arn"], "external_id": draft["external_id"],
        });
        let question = json!({"kind": kind, "text": documents[document].to_string(), "wanted": wanted});
        let diagnosis = admin.post(DIAGNOSE, &question).await.json(200);
        assert_eq!(diagnosis, json!({"verdict": "good", "findings": [], "corrected": null}), "{kind}");
    }
}

#[tokio::test]
async fn mistakes_are_found_in_one_go_with_their_places_and_corrected() {
    let service = Service::start().await;
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Sid\": \"Read\",\n    \"Effect\": \"allow\",\n    \
        \"Action\": \"s3:GetObject\",\n    \"Resource\": \"arn:aws:s3:::images\",\n  }]\n}";
    let wanted = json!({"bucket": "images", "access": ["read"]});

    let diagnosis =
        service.admin().post(DIAGNOSE, &json!({"kind": "access", "text": text, "wanted": wanted})).await.json(200);

    assert_eq!(diagnosis["verdict"], "wrong");
    let expected =
        ["missing_location", "wrong_capitals", "object_action_on_bucket", "missing_access", "trailing_comma"];
    assert_eq!(codes(&diagnosis), expected, "{diagnosis:#}");
    let capitals = &diagnosis["findings"][1];
    assert_eq!((&capitals["severity"], &capitals["hint"]), (&json!("error"), &json!("Write `Allow`.")));
    assert_eq!((&capitals["line"], &capitals["column"]), (&json!(5), &json!(15)));
    assert_eq!(capitals["statement"], json!({"index": 0, "sid": "Read"}));
    let offset = usize::try_from(capitals["offset"].as_u64().unwrap()).unwrap();
    assert!(text[offset..].starts_with("\"allow\""));
    assert_eq!(diagnosis["corrected"]["Statement"][1]["Resource"], json!(["arn:aws:s3:::images/*"]));
}

#[tokio::test]
async fn what_is_not_known_is_not_found_missing() {
    let service = Service::start().await;
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#;
    for question in [json!({"kind": "access", "text": text}), json!({"kind": "access", "text": text, "wanted": null})] {
        let diagnosis = service.admin().post(DIAGNOSE, &question).await.json(200);
        assert_eq!(diagnosis["verdict"], "good", "{diagnosis}");
    }
}

#[tokio::test]
async fn whatever_was_pasted_is_answered() {
    let service = Service::start().await;
    for (text, code) in
        [("", "no_json"), ("Dear support,", "no_json"), ("<CORSConfiguration/>", "xml"), ("[[[[", "no_json")]
    {
        let diagnosis = service.admin().post(DIAGNOSE, &json!({"kind": "access", "text": text})).await.json(200);
        assert_eq!(diagnosis["verdict"], "wrong");
        assert!(codes(&diagnosis).contains(&code), "{text}: {diagnosis}");
    }
}

#[tokio::test]
async fn a_wrong_field_of_the_question_is_named() {
    let service = Service::start().await;
    let ask = |changes: Value| given::with(json!({"kind": "access", "text": "{}"}), &changes);
    for (question, field, code) in [
        (ask(json!({"text": "x".repeat(65_537)})), "text", "too_long"),
        (ask(json!({"kind": "bucket"})), "kind", "invalid_field"),
        (ask(json!({"wanted": {"bukket": "images"}})), "wanted.bukket", "unknown_field"),
        (ask(json!({"wanted": {"bucket": "Images"}})), "wanted.bucket", "invalid_bucket"),
        (ask(json!({"wanted": {"scope": {"type": "bucket", "bucket": "b"}}})), "wanted.scope.bucket", "invalid_bucket"),
        (
            ask(json!({"wanted": {"bucket": "images", "access": ["read", "look"]}})),
            "wanted.access[1]",
            "invalid_access",
        ),
        (ask(json!({"wanted": {"prefix": "team"}})), "wanted.prefix", "missing_bucket"),
        (ask(json!({"wanted": {"principal_arn": "byob"}})), "wanted.principal_arn", "invalid_principal_arn"),
        (ask(json!({"wanted": {"external_id": "x"}})), "wanted.external_id", "invalid_external_id"),
        (ask(json!({"wanted": {"origins": ["https://a.example/"]}})), "wanted.origins[0]", "invalid_origin"),
    ] {
        let problem = service.admin().post(DIAGNOSE, &question).await.problem(422, code);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
    }
    service.admin().post(DIAGNOSE, &json!({"kind": "access"})).await.problem(422, "missing");
    let longest = ask(json!({"text": "x".repeat(65_536)}));
    service.admin().post(DIAGNOSE, &longest).await.json(200);
}
