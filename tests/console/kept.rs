//! What somebody types at a draft's steps is there for who comes back, and is no setting before it is right.

use byob_core::organization::Role;
use byob_e2e::{Service, given};
use serde_json::json;

use crate::{
    connect::bucket,
    visitor::{EMAIL, Visitor, leads_to},
};

#[tokio::test]
async fn a_refused_form_changes_no_setting_and_is_there_for_who_comes_back() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));
    let typed = [("name", "Films"), ("scope.bucket", "films"), ("region", "Frankfurt"), ("access", "read")];

    let refused = visitor.post(&format!("{path}/bucket"), &typed).await;

    assert_eq!(refused.status, 422);
    let stored = service.admin().get(&given::draft_path(&draft)).await.json(200);
    assert_eq!((&stored["name"], &stored["scope"]), (&json!(null), &json!(null)));
    let back = visitor.get(&format!("{path}/bucket")).await.body;
    for kept in ["value=\"Films\"", "value=\"films\"", "value=\"Frankfurt\"", "region-fault"] {
        assert!(refused.body.contains(kept) && back.contains(kept), "{kept}: {back}");
    }
    assert!(!back.contains("value=\"list\" checked"), "{back}");
    let list = visitor.get(&format!("/o/{}/integrations", service.organization)).await.body;
    assert!(list.contains(">Films</a>"), "{list}");
    let policy = visitor.get(&format!("{path}/access-policy")).await.body;
    assert!(policy.contains("is not saved, and not part of what you see here"), "{policy}");
}

#[tokio::test]
async fn what_somebody_types_is_noted_field_by_field_and_is_no_setting() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let begun = given::with(given::bucket("films"), &json!({"name": "Films", "region": "eu-west-1"}));
    let draft = service.admin().draft(&begun).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));
    let notes =
        async || service.admin().get(&given::draft_path(&draft)).await.json(200)["notes"]["console"]["typed"].clone();

    let typed = [
        ("touched", "region"),
        ("region", "Frank"),
        ("touched", "access"),
        ("touched", "authentication.secret_access_key"),
        ("authentication.secret_access_key", "the-secret-itself"),
    ];
    assert_eq!(visitor.post(&format!("{path}/bucket/typed"), &typed).await.status, 204);
    visitor.post(&format!("{path}/bucket/typed"), &[("touched", "name"), ("name", "Movies")]).await;

    assert_eq!(notes().await, json!({"bucket": {"region": ["Frank"], "access": [], "name": ["Movies"]}}));
    let page = visitor.get(&format!("{path}/bucket")).await.body;
    assert!(
        page.contains("value=\"Movies\"") && page.contains("value=\"films\"") && page.contains("region-fault"),
        "{page}"
    );
    let saved = visitor.post(&format!("{path}/save"), &[]).await;
    assert_eq!(saved.status, 409, "what was typed in another tab is not thrown away: {}", saved.body);
    assert!(saved.body.contains("It was not saved") && saved.body.contains("still to be said"), "{}", saved.body);
    assert_eq!(service.admin().get(&given::draft_path(&draft)).await.json(200)["name"], "Films");
    for (name, as_before) in [("region", "eu-west-1"), ("name", "Films")] {
        visitor.post(&format!("{path}/bucket/typed"), &[("touched", name), (name, as_before)]).await;
    }
    assert_eq!(notes().await, json!({"bucket": {"access": []}}), "what is a setting need not be noted");
}

#[tokio::test]
async fn a_secret_in_the_field_of_its_key_is_not_noted() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    // One looks like no ID, one could be one.
    for secret in ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMIbK7MDENGbbPxRfiCYEXAMPLEKEY"] {
        let draft = service.admin().draft(&json!({})).await;
        let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));
        let key = [("authentication.type", "access_key"), ("authentication.access_key_id", secret)];
        let touched = [("touched", "authentication.type"), ("touched", "authentication.access_key_id")];
        let stale = [("made_of", "other settings")];

        for (to, form, status) in [
            (path.clone(), bucket(&key), 422),
            (path.clone(), [&[("region", "")], &key[..]].concat(), 422),
            (path.clone(), bucket(&[&stale, &key[..]].concat()), 409),
            (format!("{path}/typed"), [&touched[..], &key[..]].concat(), 204),
        ] {
            let answer = visitor.post(&to, &form).await;
            assert_eq!(answer.status, status, "{}", answer.body);
            let stored = service.admin().get(&given::draft_path(&draft)).await.json(200).to_string();
            assert!(stored.contains("access_key") && !stored.contains("wJalr"), "{stored}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_of_a_form_is_there_for_who_comes_back_with_what_to_do() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));
    let typed = [
        ("name", "Films"),
        ("scope.type", "all_permitted"),
        ("scope.buckets", "films\nNo_Such"),
        ("region", "eu-west-1"),
        ("access", "read"),
        ("authentication.type", "access_key"),
        ("authentication.access_key_id", "AKIAONE"),
        ("authentication.secret_access_key", "the-secret-itself"),
    ];
    assert_eq!(visitor.post(&format!("{path}/bucket"), &typed).await.status, 422);

    assert_eq!(leads_to(&visitor.get(&path).await), format!("{path}/bucket"));
    let back = visitor.get(&format!("{path}/bucket")).await.body;

    assert!(back.contains("films\nNo_Such</textarea>") && back.contains("Number 2: "), "{back}");
    let stored = service.admin().get(&given::draft_path(&draft)).await.json(200);
    assert!(!stored.to_string().contains("the-secret-itself"), "a secret is no note: {stored}");

    let mended: Vec<_> =
        typed.iter().map(|&(name, text)| (name, text.strip_suffix("\nNo_Such").unwrap_or(text))).collect();
    assert_eq!(visitor.post(&format!("{path}/bucket"), &mended).await.status, 303);
    let mended = service.admin().get(&given::draft_path(&draft)).await.json(200);
    assert_eq!(mended["notes"]["console"]["typed"], json!({}), "nothing is left of it");
    assert!(!visitor.get(&format!("{path}/bucket")).await.body.contains("No_Such"));
}

#[tokio::test]
async fn a_folder_whose_bucket_is_not_named_yet_and_half_an_arn_are_there_for_who_comes_back() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&json!({})).await;
    let path = format!("/o/{}/connect/{}", service.organization, given::id(&draft));

    visitor.post(&format!("{path}/bucket"), &[("scope.prefix", "team/photos")]).await;
    visitor.post(&format!("{path}/role"), &[("authentication.role_arn", "arn:aws:iam::1:role")]).await;

    assert!(visitor.get(&format!("{path}/bucket")).await.body.contains("value=\"team/photos\""));
    let role = visitor.get(&format!("{path}/role")).await.body;
    assert!(role.contains("value=\"arn:aws:iam::1:role\"") && role.contains("role_arn-fault"), "{role}");
}

#[tokio::test]
async fn a_role_is_there_again_for_who_comes_back_to_it_from_another_way_in() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let draft = service.admin().draft(&given::bucket("films")).await;
    let path = format!("/o/{}/connect/{}/bucket", service.organization, given::id(&draft));
    let key = [
        ("authentication.type", "access_key"),
        ("authentication.access_key_id", "AKIAONE"),
        ("authentication.secret_access_key", "the-secret-itself"),
    ];
    let now = async || service.admin().get(&given::draft_path(&draft)).await.json(200)["authentication"].clone();
    for other in [&key[..], &[("authentication.type", "anonymous")]] {
        assert_eq!(visitor.post(&path, &bucket(other)).await.status, 303);
    }
    assert_eq!(now().await["type"], "anonymous");

    assert_eq!(visitor.post(&path, &bucket(&[("authentication.type", "role")])).await.status, 303);

    assert_eq!(now().await, json!({"type": "role", "role_arn": given::role_arn("films")}));
}
