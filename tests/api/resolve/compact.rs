use byob_e2e::{Service, given};
use serde_json::{Value, json};

#[tokio::test]
async fn put_together_it_is_what_the_long_answer_has() {
    let service = Service::setup().public_buckets([given::public_bucket("samples")]).start().await;
    let admin = service.admin();
    admin.connect(&given::bucket("images")).await;
    admin.connect(&given::bucket_by_key("films", "AKIAFILMS", "secret")).await;
    let locators = [
        "s3://images/a b/1.png",
        "s3://images/2.html",
        "s3://films/x?.mp4",
        "nonsense",
        "s3://samples/x.png",
        "s3://images/v.png?versionId=7",
        "s3://images/&response-x&X-Amz-Signature=.png",
    ];
    let request = json!({ "locators": locators, "expires_in": 600 });

    let long = admin.resolve_with(&request).await;
    let compact = admin.post("/api/v1/resolve/compact", &request).await.json(200);

    assert!(compact["shared"].as_array().unwrap().len() <= 4, "{compact}");
    for (long, short) in long.iter().zip(compact["results"].as_array().unwrap()) {
        if long["error"].is_object() {
            assert_eq!(short["error"], long["error"]);
            continue;
        }
        let shared = &compact["shared"][usize::try_from(short["shared"].as_u64().unwrap()).unwrap()];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let url = text(&shared["base"]) + &text(&short["path"]) + &text(&shared["query"]) + &text(&short["rest"]);
        assert_eq!(url, long["url"]);
        assert_eq!((&shared["expires_at"], &shared["integration_id"]), (&long["expires_at"], &long["integration_id"]));
    }
}
