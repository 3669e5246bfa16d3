//! Which integration serves a locator, and which scopes cannot stand beside each other.

use byob_e2e::{Service, given};
use serde_json::{Value, json};

#[tokio::test]
async fn the_closest_integration_serves_a_locator() {
    let service = Service::setup().public_buckets([given::public_bucket("public")]).start().await;
    let admin = service.admin();
    let mut names = std::collections::HashMap::from([(json!("public"), "public".to_owned())]);
    for settings in [
        given::folder("images", "team"),
        given::folder("images", "team/deep"),
        given::bucket("images"),
        given::buckets("listed", &["images", "videos", "public-too"]),
        given::buckets("any", &[]),
    ] {
        let integration = admin.connect(&settings).await;
        names.insert(integration["id"].clone(), integration["name"].as_str().unwrap().to_owned());
    }
    let expected = [
        ("s3://images/team/deep/k", "images-team-deep"),
        ("s3://images/team/deeper", "images-team"),
        ("s3://images/team2/k", "images"),
        ("s3://images/team", "images"),
        ("s3://images//team/k", "images"),
        ("s3://videos/k", "listed"),
        ("s3://elsewhere/k", "any"),
        ("s3://public/k", "any"),
    ];

    let results = service.viewer().resolve(&expected.map(|(locator, _)| locator)).await;

    for (result, (locator, name)) in results.iter().zip(expected) {
        assert_eq!(names[&result["integration_id"]], name, "{locator}");
    }
}

#[tokio::test]
async fn a_tie_is_refused_and_names_the_other_integration() {
    let service = Service::start().await;
    let admin = service.admin();
    for (number, (first, second)) in [
        (given::bucket("one"), given::bucket("one")),
        (given::folder("two", "team"), given::folder("two", "/team/")),
        (given::buckets("three", &["a-bucket", "b-bucket"]), given::buckets("three", &["b-bucket", "c-bucket"])),
        (given::buckets("four", &[]), given::buckets("four", &[])),
    ]
    .into_iter()
    .enumerate()
    {
        let first = admin.connect(&given::with(first, &json!({"name": format!("First {number}")}))).await;
        let draft = admin.draft(&given::with(second, &json!({"name": format!("Second {number}")}))).await;

        let reply = admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await;

        let problem = reply.problem(409, "scope_taken");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("First {number}")) && detail.contains(given::id(&first)), "{detail}");
        assert_eq!(problem["errors"][0]["field"], "scope");
    }
}

#[tokio::test]
async fn a_change_into_a_tie_is_refused_too() {
    let service = Service::start().await;
    let admin = service.admin();
    admin.connect(&given::bucket("images")).await;
    let videos = admin.connect(&given::bucket("videos")).await;
    let path = given::integration_path(&videos);

    let change = json!({"scope": {"type": "bucket", "bucket": "images"}});
    admin.patch(&path, &change).await.problem(409, "scope_taken");

    assert_eq!(admin.get(&path).await.json(200), videos);
}

#[tokio::test]
async fn a_turned_off_integration_keeps_its_place() {
    let service = Service::start().await;
    let admin = service.admin();
    let images = admin.connect(&given::bucket("images")).await;
    let path = given::integration_path(&images);
    admin.patch(&path, &json!({"enabled": false})).await.json(200);
    let draft = admin.draft(&given::with(given::bucket("images"), &json!({"name": "Again"}))).await;

    admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.problem(409, "scope_taken");
}

#[tokio::test]
async fn an_integration_does_not_tie_with_itself() {
    let service = Service::start().await;
    let images = service.admin().connect(&given::bucket("images")).await;
    let path = given::integration_path(&images);

    let renamed = service.admin().patch(&path, &json!({"name": "Photos"})).await.json(200);

    assert_eq!(renamed["name"], "Photos");
}

#[tokio::test]
async fn of_eight_drafts_saved_at_once_for_one_bucket_exactly_one_is_saved() {
    let service = Service::start().await;
    let admin = service.admin();
    let mut drafts = Vec::new();
    for number in 0..8 {
        drafts.push(
            admin.draft(&given::with(given::bucket("images"), &json!({"name": format!("Draft {number}")}))).await,
        );
    }
    let save = async |draft: &Value| admin.post("/api/v1/integrations", &json!({"draft_id": draft["id"]})).await.status;

    let mut statuses = futures::future::join_all(drafts.iter().map(save)).await;

    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn a_folder_is_the_same_with_slashes_around_it() {
    let service = Service::start().await;
    let admin = service.admin();
    let draft = admin.draft(&json!({"scope": {"type": "bucket", "bucket": "images", "prefix": "/2025/"}})).await;
    assert_eq!(draft["scope"]["prefix"], "2025");

    let other = json!({"scope": {"type": "bucket", "bucket": "images", "prefix": "/2026"}});
    let changed = admin.patch(&given::draft_path(&draft), &other).await.json(200);
    assert_eq!(changed["scope"]["prefix"], "2026");
}
