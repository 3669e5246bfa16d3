use byob_core::organization::Role;
use byob_e2e::{Service, given};
use serde_json::json;

use crate::visitor::{EMAIL, Visitor, leads_to};

const BUCKET: [(&str, &str); 6] = [
    ("name", "Films"),
    ("scope.type", "bucket"),
    ("scope.bucket", "films"),
    ("region", "eu-west-1"),
    ("access", "list"),
    ("access", "read"),
];

fn bucket<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    BUCKET.iter().copied().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_role_stays_when_the_bucket_is_said_anew() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft =
        service.admin().draft(&json!({"authentication": {"type": "role", "role_arn": given::role_arn("byob")}})).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));

    let next = visitor
        .post(&format!("{path}/bucket?from=role"), &bucket(&[("authentication.type", "role"), ("scope.prefix", "/")]))
        .await;

    assert_eq!(leads_to(&next), format!("{path}/access-policy?from=role"));
    let now = service.admin().get(&given::draft_path(&draft)).await.json(200);
    assert_eq!(now["authentication"]["role_arn"], given::role_arn("byob"));
    assert_eq!(now["scope"], json!({"type": "bucket", "bucket": "films"}), "a slash alone is no folder");
    assert_eq!(now["external_id"], draft["external_id"]);
}

#[tokio::test]
async fn a_key_wants_its_secret_which_then_stays_and_is_never_shown() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));
    let key = |id, secret| {
        bucket(&[
            ("authentication.type", "access_key"),
            ("authentication.access_key_id", id),
            ("authentication.secret_access_key", secret),
        ])
    };

    let without = visitor.post(&path, &key("AKIAONE", "")).await;
    assert_eq!(without.status, 422);
    assert!(without.body.contains("id=\"authentication-secret_access_key-fault\""), "{}", without.body);
    assert_eq!(visitor.post(&path, &key("AKIAONE", "the-secret-itself")).await.status, 303);
    assert_eq!(visitor.post(&path, &key("AKIAONE", "")).await.status, 303, "it stays");
    assert!(!visitor.get(&path).await.body.contains("the-secret-itself"));
    assert_eq!(visitor.post(&path, &key("AKIATWO", "")).await.status, 422, "another key has another secret");
}

#[tokio::test]
async fn a_check_from_before_a_change_says_nothing_about_it() {
    let service = Service::setup().allow(&["127.0.0.1:9"]).start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service
        .admin()
        .draft(&given::with(given::public_bucket("films"), &json!({"endpoint_url": "http://127.0.0.1:9"})))
        .await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));
    assert!(leads_to(&visitor.post(&format!("{path}/check"), &[]).await).ends_with("/check"));
    assert!(visitor.get(&format!("{path}/check")).await.body.contains("Save anyway"));

    service.advance(60);
    visitor.post(&format!("{path}/bucket"), &bucket(&[("authentication.type", "anonymous")])).await;

    let page = visitor.get(&format!("{path}/check")).await.body;
    assert!(page.contains("changed after this check") && !page.contains("Save anyway"), "{page}");
}

#[tokio::test]
async fn what_is_right_of_a_refused_form_is_there_for_who_comes_back() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));
    let typed = [("name", "Films"), ("scope.bucket", "films"), ("region", "Frankfurt"), ("access", "read")];

    let refused = visitor.post(&path, &typed).await;

    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("value=\"Frankfurt\""), "{}", refused.body);
    let kept = service.admin().get(&given::draft_path(&draft)).await.json(200);
    assert_eq!(
        (&kept["name"], &kept["scope"]["bucket"], &kept["region"]),
        (&json!("Films"), &json!("films"), &json!(null))
    );
    assert_eq!(kept["access"], json!(["read"]));
}

#[tokio::test]
async fn a_bucket_is_also_taken_as_its_address_is_written() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));
    let typed = |bucket, folder| {
        [
            ("name", "Films"),
            ("region", "eu-west-1"),
            ("access", "read"),
            ("scope.bucket", bucket),
            ("scope.prefix", folder),
        ]
    };

    for (bucket, folder, prefix) in [
        ("s3://films", "", json!(null)),
        ("s3://films/", "", json!(null)),
        ("s3://films/2024/raw/", "", json!("2024/raw")),
        ("s3://films/", "2024", json!("2024")),
    ] {
        assert_eq!(visitor.post(&path, &typed(bucket, folder)).await.status, 303, "{bucket}");
        let scope = service.admin().get(&given::draft_path(&draft)).await.json(200)["scope"].clone();
        assert_eq!((&scope["bucket"], &scope["prefix"]), (&json!("films"), &prefix), "{bucket}");
    }
    let both = visitor.post(&path, &typed("s3://films/2024/", "2025")).await;
    assert_eq!(both.status, 422);
    assert!(both.body.contains("write the bucket's name alone"), "{}", both.body);
}

#[tokio::test]
async fn whoever_began_with_a_role_goes_on_so_and_edits_it() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let begun = visitor.post(&format!("/o/{}/connect", service.organization), &[("from", "role")]).await;
    let (draft, query) =
        leads_to(&begun).rsplit_once("/role").map(|(draft, query)| (draft.to_owned(), query.to_owned())).unwrap();
    assert_eq!(query, "?from=role");
    visitor.post(&format!("{draft}/role?from=role"), &[("authentication.role_arn", &given::role_arn("byob"))]).await;

    let back = visitor.get(&draft).await;

    assert_eq!(leads_to(&back), format!("{draft}/bucket?from=role"));
    let trust = visitor.get(&format!("{draft}/trust-policy")).await.body;
    assert!(trust.contains("Edit trust policy") && !trust.contains("Create role"), "{trust}");
}

#[tokio::test]
async fn a_bucket_that_is_connected_already_is_told_before_a_role_is_made() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    service.admin().connect(&given::bucket("films")).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));

    let taken = visitor.post(&path, &bucket(&[])).await;

    assert_eq!(taken.status, 409);
    assert!(taken.body.contains("serves the same scope already"), "{}", taken.body);
}

#[tokio::test]
async fn what_is_not_said_yet_is_asked_for_by_its_step_and_not_saved() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({"name": "Half done"})).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));
    visitor.post(&format!("{path}/check"), &[]).await;

    let page = visitor.get(&format!("{path}/check")).await.body;

    for step in ["bucket", "role"] {
        assert!(page.contains(&format!("href=\"{path}/{step}\"")), "{step}: {page}");
    }
    assert!(page.contains("still to be said") && !page.contains("Save anyway"), "{page}");
}

#[tokio::test]
async fn without_any_principal_buckets_that_need_no_role_are_connected() {
    let service = Service::setup().principals(None, None).start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let begun = visitor.post(&format!("/o/{}/connect", service.organization), &[("from", "bucket")]).await;
    let path = leads_to(&begun).to_owned();

    let by_role = visitor.post(&path, &bucket(&[("authentication.type", "role")])).await;
    let open = visitor.post(&path, &bucket(&[("authentication.type", "anonymous")])).await;

    assert_eq!(by_role.status, 422);
    assert!(by_role.body.contains("has not configured"), "{}", by_role.body);
    assert_eq!(open.status, 303, "{}", open.body);
}
