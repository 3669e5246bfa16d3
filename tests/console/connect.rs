use byob_core::organization::Role;
use byob_e2e::{Service, given};
use serde_json::json;

use crate::visitor::{EMAIL, Visitor, leads_to, made_of};

const BUCKET: [(&str, &str); 6] = [
    ("name", "Films"),
    ("scope.type", "bucket"),
    ("scope.bucket", "films"),
    ("region", "eu-west-1"),
    ("access", "list"),
    ("access", "read"),
];

pub fn bucket<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
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
        .post(&format!("{path}/bucket"), &bucket(&[("authentication.type", "role"), ("scope.prefix", "/")]))
        .await;

    assert_eq!(leads_to(&next), format!("{path}/access-policy"));
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
    let check = visitor.get(&path.replace("/bucket", "/check")).await.body;
    assert!(check.contains("still to be said") && check.contains(&format!("href=\"{path}\"")), "{check}");
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
async fn a_form_with_something_missing_changes_nothing() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&given::with(given::bucket("films"), &json!({"name": "Films"}))).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));

    let refused =
        visitor.post(&path, &[("name", "Movies"), ("scope.bucket", ""), ("region", ""), ("access", "read")]).await;

    assert_eq!(refused.status, 422);
    let now = service.admin().get(&given::draft_path(&draft)).await.json(200);
    for setting in ["name", "scope", "region", "access"] {
        assert_eq!(now[setting], draft[setting], "{setting}");
    }
    assert!(visitor.get(&path).await.body.contains("value=\"Movies\""));
}

#[tokio::test]
async fn a_form_from_before_somebody_saved_undoes_nothing() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));
    let empty = made_of(&visitor.get(&path).await.body).to_owned();
    assert_eq!(visitor.post(&path, &bucket(&[("made_of", &empty)])).await.status, 303);
    let second = [
        ("made_of", empty.as_str()),
        ("name", "Movies"),
        ("scope.bucket", "movies"),
        ("region", "eu-west-1"),
        ("access", "read"),
    ];

    let refused = visitor.post(&path, &second).await;

    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("was saved meanwhile") && refused.body.contains("value=\"movies\""),
        "{}",
        refused.body
    );
    assert_eq!(service.admin().get(&given::draft_path(&draft)).await.json(200)["name"], "Films");
    let now = made_of(&refused.body);
    let looked_over = [&[("made_of", now)], &second[1..]].concat();
    assert_eq!(visitor.post(&path, &looked_over).await.status, 303);
    assert_eq!(service.admin().get(&given::draft_path(&draft)).await.json(200)["name"], "Movies");
}

#[tokio::test]
async fn the_address_of_a_draft_leads_to_what_it_has_become() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let saved = service.admin().connect(&given::bucket("films")).await;

    let old = visitor.get(&format!("/o/{}/connect/{}/check", service.organization, given::id(&saved))).await;

    assert_eq!(leads_to(&old), format!("/o/{}/integrations/{}", service.organization, given::id(&saved)));
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
    let draft = leads_to(&begun).strip_suffix("/role").unwrap().to_owned();
    assert_eq!(leads_to(&visitor.get(&draft).await), format!("{draft}/role"), "left before the ARN");
    visitor.post(&format!("{draft}/role"), &[("authentication.role_arn", &given::role_arn("byob"))]).await;

    let back = visitor.get(&draft).await;

    assert_eq!(leads_to(&back), format!("{draft}/trust-policy"), "what comes next, done or not");
    for form in ["cloudformation", "terraform", "cli"] {
        let none = visitor.get(&format!("{draft}/trust-policy?form={form}")).await.body;
        assert!(none.contains("First say which bucket"), "{form}: {none}");
    }
    visitor.post(&format!("{draft}/bucket"), &[("name", "Films"), ("scope.bucket", "films")]).await;
    assert_eq!(leads_to(&visitor.get(&draft).await), format!("{draft}/bucket"), "left in the middle of it");
    let steps = visitor.get(&format!("{draft}/bucket")).await.body;
    assert!(steps.find("/role\"").unwrap() < steps.find("/access-policy\"").unwrap(), "half a bucket: {steps}");
    let trust = visitor.get(&format!("{draft}/trust-policy")).await.body;
    assert!(trust.contains("Edit trust policy") && !trust.contains("Create role"), "{trust}");
}

#[tokio::test]
async fn a_bucket_that_is_connected_already_is_told_before_a_role_is_made() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let id = given::id(&service.admin().connect(&given::bucket("films")).await).to_owned();
    let draft = service.admin().draft(&json!({})).await;
    let draft = format!("/o/{}/connect/{}", service.organization, given::id(&draft));

    let taken = visitor.post(&format!("{draft}/bucket"), &bucket(&[])).await;

    assert_eq!(taken.status, 409);
    let says = |page: &str| page.contains("serves the same already") && page.contains(&format!("/integrations/{id}\""));
    assert!(says(&taken.body), "{}", taken.body);
    assert_eq!(leads_to(&visitor.get(&draft).await), format!("{draft}/bucket"), "nobody gets by");
    assert!(says(&visitor.get(&format!("{draft}/bucket")).await.body));
    for step in ["access-policy", "role", "check"] {
        assert!(says(&visitor.get(&format!("{draft}/{step}")).await.body), "{step}");
    }
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

#[tokio::test]
async fn a_page_from_before_a_change_saves_nothing_that_was_not_checked() {
    let service = Service::setup().allow(&["127.0.0.1:9"]).start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let nowhere = json!({"endpoint_url": "http://127.0.0.1:9"});
    let draft = service.admin().draft(&given::with(given::public_bucket("films"), &nowhere)).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));
    visitor.post(&format!("{path}/check"), &[]).await;
    let offered = visitor.get(&format!("{path}/check")).await.body;
    let older = made_of(&offered);
    service.advance(60);
    visitor.post(&format!("{path}/bucket"), &bucket(&[("authentication.type", "anonymous")])).await;

    let refused = visitor.post(&format!("{path}/save"), &[("made_of", older)]).await;

    assert_eq!(refused.status, 409);
    let body = &refused.body;
    assert!(body.contains("It was not saved: its settings were changed") && body.contains("Check again."), "{body}");
    service.admin().get(&given::draft_path(&draft)).await.json(200);
    visitor.post(&format!("{path}/check"), &[]).await;
    let checked = visitor.get(&format!("{path}/check")).await.body;
    let saved = visitor.post(&format!("{path}/save"), &[("made_of", made_of(&checked))]).await;
    assert!(leads_to(&saved).contains("/integrations/"), "{}", saved.body);
}

#[tokio::test]
async fn a_name_that_another_has_is_told_at_its_field_before_a_role_is_made() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    service.admin().connect(&given::with(given::bucket("movies"), &json!({"name": "Films"}))).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));

    let taken = visitor.post(&format!("{path}/bucket"), &bucket(&[])).await;

    assert_eq!(taken.status, 409);
    let back = visitor.get(&format!("{path}/bucket")).await.body;
    for page in [&taken.body, &back] {
        assert!(page.contains("id=\"name-fault\"") && page.contains("Choose another name."), "{page}");
    }
    assert_eq!(leads_to(&visitor.get(&path).await), format!("{path}/bucket"), "nobody gets by");
    let check = visitor.get(&format!("{path}/check")).await.body;
    assert!(check.contains("There is an integration <code>Films</code> already"), "{check}");
    assert!(check.contains(&format!("href=\"{path}/bucket\">Bucket</a>")), "{check}");
    let other: Vec<_> =
        bucket(&[]).into_iter().map(|(name, text)| (name, if name == "name" { "More films" } else { text })).collect();
    assert_eq!(visitor.post(&format!("{path}/bucket"), &other).await.status, 303);
}

#[tokio::test]
async fn a_store_without_pages_of_its_own_gets_its_rules_by_the_cli() {
    let service = Service::setup().allow(&["127.0.0.1:9"]).start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    for (settings, is_offered) in [(json!({"endpoint_url": "http://127.0.0.1:9"}), true), (json!({}), false)] {
        let draft = service.admin().draft(&given::with(given::public_bucket("films"), &settings)).await;
        let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));

        let page = visitor.get(&format!("{path}/pages")).await.body;

        let command = "aws s3api put-bucket-cors --endpoint-url http://127.0.0.1:9 --bucket films";
        assert_eq!(page.contains(command), is_offered, "{page}");
        let file = visitor.get(&format!("{path}/documents/cors-for-cli.json")).await.body;
        let rules: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(rules["CORSRules"][0]["AllowedMethods"], json!(["GET", "HEAD"]));
    }
}
