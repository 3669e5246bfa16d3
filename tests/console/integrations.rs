use byob_core::{
    id::IntegrationId,
    organization::{Reach, Role},
};
use byob_e2e::{S3, Service, given};
use serde_json::json;

use crate::visitor::{EMAIL, Visitor, leads_to, made_of};

#[tokio::test]
async fn the_empty_list_explains_the_idea() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;

    let page = visitor.get(&format!("/o/{}/integrations", service.organization)).await;

    assert!(page.body.contains("Connect your first bucket") && page.body.contains("<svg"), "{}", page.body);
}

#[tokio::test]
async fn names_are_text_never_markup() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let name = "<script>alert(1)</script>";
    let integration = service.admin().connect(&given::with(given::bucket("images"), &json!({"name": name}))).await;
    let id = integration["id"].as_str().unwrap();
    for path in ["", "/documents", "/checks", "/activity", "/settings", "/remove"] {
        let page = visitor.get(&format!("/o/{}/integrations/{id}{path}", service.organization)).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(!page.body.contains(name) && page.body.contains("&lt;script&gt;alert(1)"), "{path}");
    }
}

#[tokio::test]
async fn what_is_typed_stays_when_it_is_refused_and_the_reason_stands_at_the_field() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let path = format!("/o/{}/integrations/{}", service.organization, integration["id"].as_str().unwrap());
    let fields = |region, duration| {
        [
            ("name", "Pictures"),
            ("region", region),
            ("longest_url_lifetime", "600"),
            ("session_duration", duration),
            ("lifecycle_days", "30"),
            ("stable_urls", "yes"),
        ]
    };

    let refused = visitor.post(&format!("{path}/settings"), &fields("eu west", "60")).await;
    let worded = visitor.post(&format!("{path}/settings"), &fields("eu-west-1", "an hour")).await;
    assert_eq!(worded.status, 422);
    assert!(worded.body.contains("This is not a whole number."), "{}", worded.body);
    let saved = visitor.post(&format!("{path}/settings"), &fields("eu-west-1", "900")).await;

    assert_eq!(refused.status, 422);
    for text in [
        "value=\"eu west\"",
        "value=\"60\"",
        "id=\"region-fault\"",
        "id=\"session_duration-fault\"",
        "aria-invalid=\"true\"",
    ] {
        assert!(refused.body.contains(text), "{text}: {}", refused.body);
    }
    assert_eq!(leads_to(&saved), path);
    let now =
        service.admin().get(&format!("/api/v1/integrations/{}", integration["id"].as_str().unwrap())).await.json(200);
    assert_eq!(
        (&now["name"], &now["region"], &now["session_duration"], &now["lifecycle_days"]),
        (&json!("Pictures"), &json!("eu-west-1"), &json!(900), &json!(30))
    );
}

#[tokio::test]
async fn an_integration_is_turned_off_and_on_and_removed() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let id = integration["id"].as_str().unwrap();
    let path = format!("/o/{}/integrations/{id}", service.organization);
    let api = format!("/api/v1/integrations/{id}");

    assert_eq!(leads_to(&visitor.post(&format!("{path}/enabled"), &[("enabled", "no")]).await), path);
    assert!(visitor.get(&path).await.body.contains("Turned off"));
    assert_eq!(service.admin().get(&api).await.json(200)["enabled"], false);
    visitor.post(&format!("{path}/enabled"), &[("enabled", "yes")]).await;
    assert_eq!(service.admin().get(&api).await.json(200)["enabled"], true);

    assert!(visitor.get(&format!("{path}/remove")).await.body.contains("Remove for good"));
    let gone = visitor.post(&format!("{path}/remove"), &[]).await;
    assert_eq!(leads_to(&gone), format!("/o/{}/integrations", service.organization));
    assert_eq!(visitor.get(&path).await.status, 404);
}

#[tokio::test]
async fn each_document_can_be_downloaded_as_it_is_shown() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let id = integration["id"].as_str().unwrap();
    let path = format!("/o/{}/integrations/{id}/documents", service.organization);
    let documents = service.admin().get(&format!("/api/v1/integrations/{id}/documents")).await.json(200);

    for (file, name) in [
        ("access-policy.json", "access_policy"),
        ("trust-policy.json", "trust_policy"),
        ("cloudformation.json", "cloudformation"),
    ] {
        let file = visitor.get(&format!("{path}/{file}")).await;
        assert!(file.header("content-disposition").unwrap().starts_with("attachment;"));
        assert_eq!(file.json(200), documents[name]);
    }
    assert_eq!(visitor.get(&format!("{path}/byob.sh")).await.body, documents["aws_cli"].as_str().unwrap());
    assert_eq!(visitor.get(&format!("{path}/nothing")).await.status, 404);
    assert!(visitor.get(&path).await.body.contains("CloudFormation and Terraform change it only if they made it"));
}

#[tokio::test]
async fn each_page_of_an_integration_has_a_title_of_its_own() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let path = format!("/o/{}/integrations/{}", service.organization, given::id(&integration));
    for (tab, title) in [
        ("", "Overview"),
        ("/documents", "Documents"),
        ("/checks", "Checks"),
        ("/activity", "Activity"),
        ("/settings", "Settings"),
        ("/remove", "Remove"),
    ] {
        let page = visitor.get(&format!("{path}{tab}")).await.body;
        assert!(page.contains(&format!("<title>{title} · images · Acme · BYOB</title>")), "{tab}: {page}");
        assert!(page.contains("<h1><bdi>images</bdi></h1>"), "{tab}: {page}");
    }
}

#[tokio::test]
async fn what_an_integration_serves_leads_to_its_files_while_it_serves_them() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::folder("images", "team")).await;
    let id = given::id(&integration);
    let list = format!("/o/{}/integrations", service.organization);
    let files = format!("href=\"/o/{}/files/{id}?bucket=images&amp;prefix=team%2F\"", service.organization);

    let overview = visitor.get(&format!("{list}/{id}")).await.body;
    assert_eq!(overview.matches(&files).count(), 2, "at the top, and where it says what it serves: {overview}");
    assert!(overview.contains("What to do next") && overview.contains("Make an API token"), "{overview}");
    assert!(visitor.get(&list).await.body.contains(&files));

    service.admin().patch(&given::integration_path(&integration), &json!({"enabled": false})).await.json(200);
    let off = visitor.get(&format!("{list}/{id}")).await.body;
    assert!(!off.contains(&files) && off.contains("s3://images/team/"), "{off}");

    let any = service.admin().connect(&given::buckets("everything", &[])).await;
    let files = format!("href=\"/o/{}/files/{}\"", service.organization, given::id(&any));
    let overview = visitor.get(&format!("{list}/{}", given::id(&any))).await.body;
    assert_eq!(overview.matches(&files).count(), 2, "where a name is asked for: {overview}");
}

#[tokio::test]
async fn who_removes_an_integration_is_told_what_becomes_of_its_urls() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let remove = format!("/o/{}/integrations/{}/remove", service.organization, given::id(&integration));

    assert!(visitor.get(&remove).await.body.contains("go on working until they expire"));
    service.admin().patch(&given::integration_path(&integration), &json!({"delivery": "proxy"})).await.json(200);
    let through_the_service = visitor.get(&remove).await.body;
    assert!(through_the_service.contains("so they stop as well"), "{through_the_service}");
}

#[tokio::test]
async fn whatever_a_check_says_to_change_can_be_changed_under_settings() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let path = format!("/o/{}/integrations/{}/settings", service.organization, given::id(&integration));
    let key = "arn:aws:kms:eu-west-1:123456789012:key/1234";
    let now = async || service.admin().get(&given::integration_path(&integration)).await.json(200);

    let page = visitor.get(&path).await.body;
    assert!(page.contains("the documents change with it") && page.contains("/documents\">Documents</a>"), "{page}");
    let form = [
        ("made_of", made_of(&page)),
        ("boxes", "access"),
        ("scope.type", "bucket"),
        ("scope.bucket", "s3://films/team/"),
        ("region", "eu-west-1"),
        ("access", "list"),
        ("access", "write"),
        ("kms_key_arns", key),
        ("authentication.role_arn", &given::role_arn("films")),
    ];
    assert_eq!(leads_to(&visitor.post(&path, &form).await), path.strip_suffix("/settings").unwrap());

    let one = now().await;
    assert_eq!(one["scope"], json!({"type": "bucket", "bucket": "films", "prefix": "team"}));
    assert_eq!(one["access"], json!(["list", "write"]));
    assert_eq!(one["kms_key_arns"], json!([key]));
    assert_eq!(one["region"], "eu-west-1");
    assert_eq!(one["authentication"], json!({"type": "role", "role_arn": given::role_arn("films")}));

    let several = [("scope.type", "all_permitted"), ("scope.buckets", "films\r\nimages\r\n"), ("kms_key_arns", "")];
    assert_eq!(visitor.post(&path, &several).await.status, 303);
    let store = [
        ("endpoint_url", "https://s3.example.com"),
        ("browser_endpoint_url", "https://files.example.com"),
        ("force_path_style", "yes"),
    ];
    assert_eq!(visitor.post(&path, &store).await.status, 303);
    let two = now().await;
    assert_eq!(two["scope"], json!({"type": "all_permitted", "buckets": ["films", "images"]}));
    assert_eq!(two["endpoint_url"], "https://s3.example.com");
    assert_eq!(two["browser_endpoint_url"], "https://files.example.com");
    assert_eq!((&two["force_path_style"], &two["kms_key_arns"]), (&json!(true), &json!([])));
}

#[tokio::test]
async fn a_fault_of_the_settings_stands_at_its_field() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    service.admin().connect(&given::bucket("films")).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let path = format!("/o/{}/integrations/{}/settings", service.organization, given::id(&integration));

    for (typed, fault) in [
        (vec![("scope.bucket", "No_Such")], "id=\"scope-bucket-fault\""),
        (vec![("scope.bucket", "")], "id=\"scope-bucket-fault\""),
        (vec![("scope.bucket", "films")], "id=\"scope-fault\""),
        (vec![("scope.type", "all_permitted"), ("scope.buckets", "films\nNo_Such")], "Number 2: "),
        (vec![("kms_key_arns", "alias/x")], "Number 1: "),
        (vec![("boxes", "access")], "id=\"access-fault\""),
        (vec![("endpoint_url", "s3.example.com")], "id=\"endpoint_url-fault\""),
        (vec![("authentication.role_arn", "")], "id=\"authentication-role_arn-fault\""),
    ] {
        let refused = visitor.post(&path, &typed).await;
        assert_eq!(refused.status, 422, "{typed:?}");
        assert!(refused.body.contains(fault), "{typed:?}: {}", refused.body);
        assert!(refused.body.contains("stands at the field"), "{typed:?}: {}", refused.body);
        assert!(refused.body.contains("value=\"eu-central-1\""), "{typed:?}: what is not sent stands as it is");
    }
    let now = service.admin().get(&given::integration_path(&integration)).await.json(200);
    assert_eq!(now["updated_at"], integration["updated_at"]);
}

#[tokio::test]
async fn the_secret_of_an_integration_is_replaced_or_stays_and_its_way_in_is_no_field() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket_by_key("images", "AKIAONE", "the-first-secret")).await;
    let path = format!("/o/{}/integrations/{}/settings", service.organization, given::id(&integration));
    let sealed = async || {
        let id = IntegrationId::parse(given::id(&integration)).unwrap();
        let reach = Reach::all(&service.organization);
        service.core.get_integration(&reach, &id).await.unwrap().row.sealed_secret.unwrap()
    };
    let key = |id, secret| {
        [("authentication.access_key_id", id), ("authentication.secret_access_key", secret), ("name", "Pictures")]
    };
    let first = sealed().await;

    assert_eq!(visitor.post(&path, &key("AKIAONE", "")).await.status, 303);
    assert_eq!(sealed().await, first, "left empty, it stays");
    let without = visitor.post(&path, &key("AKIATWO", "")).await;
    assert_eq!(without.status, 422);
    assert!(without.body.contains("id=\"authentication-secret_access_key-fault\""), "{}", without.body);
    assert_eq!(visitor.post(&path, &key("AKIATWO", "the-second-secret")).await.status, 303);
    assert_ne!(sealed().await, first);
    assert_eq!(visitor.post(&path, &[("authentication.type", "anonymous")]).await.status, 303);

    let now = service.admin().get(&given::integration_path(&integration)).await.json(200);
    assert_eq!(now["authentication"]["access_key_id"], "AKIATWO");
    let page = visitor.get(&path).await.body;
    assert!(!page.contains("-secret\"") && !page.contains("authentication.type"), "{page}");
}

#[tokio::test]
async fn settings_from_before_somebody_saved_undo_nothing() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let path = format!("/o/{}/integrations/{}/settings", service.organization, given::id(&integration));
    let now = async || service.admin().get(&given::integration_path(&integration)).await.json(200);
    let older = made_of(&visitor.get(&path).await.body).to_owned();
    visitor.post(&path, &[("made_of", &older), ("lifecycle_days", "30")]).await;
    let typed = |made_of| [("made_of", made_of), ("name", "Pictures"), ("lifecycle_days", "7")];

    let refused = visitor.post(&path, &typed(&older)).await;

    assert_eq!(refused.status, 409);
    let body = &refused.body;
    assert!(body.contains("were saved meanwhile") && body.contains("value=\"Pictures\""), "{body}");
    assert_eq!((&now().await["name"], &now().await["lifecycle_days"]), (&json!("images"), &json!(30)));
    assert_eq!(visitor.post(&path, &typed(made_of(body))).await.status, 303, "looked over");
    assert_eq!((&now().await["name"], &now().await["lifecycle_days"]), (&json!("Pictures"), &json!(7)));
}

#[tokio::test]
async fn what_a_form_does_not_have_is_not_changed() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let settings = json!({"requester_pays": true, "delivery": "proxy", "access": ["read"], "session_duration": 900,
        "scope": {"type": "bucket", "bucket": "images", "prefix": "a folder "}});
    let integration = service.admin().connect(&given::with(given::bucket("images"), &settings)).await;
    let path = format!("/o/{}/integrations/{}/settings", service.organization, given::id(&integration));

    assert_eq!(visitor.post(&path, &[("name", "Pictures")]).await.status, 303);

    let now = service.admin().get(&given::integration_path(&integration)).await.json(200);
    assert_eq!(now["name"], "Pictures");
    for setting in [
        "requester_pays",
        "delivery",
        "access",
        "session_duration",
        "scope",
        "region",
        "authentication",
        "stable_urls",
        "longest_url_lifetime",
    ] {
        assert_eq!(now[setting], integration[setting], "{setting}");
    }
    assert_eq!(visitor.post(&path, &[("boxes", "requester_pays")]).await.status, 303);
    let now = service.admin().get(&given::integration_path(&integration)).await.json(200);
    assert_eq!(now["requester_pays"], false, "a box that is there and not ticked");
}

#[tokio::test]
async fn what_a_check_offers_is_taken_over_while_the_settings_are_those_that_it_saw() {
    let s3 = S3::start().await;
    let service = Service::setup().allow(&[&s3.address()]).start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let settings = given::with(given::public_bucket("images"), &json!({"endpoint_url": s3.url()}));
    let integration = service.admin().connect(&settings).await;
    let path = format!("/o/{}/integrations/{}", service.organization, given::id(&integration));
    // The store does not know the bucket by its host, but by its path.
    s3.fail_once(404, "NoSuchBucket");
    s3.fail_once(403, "AccessDenied");
    let check = leads_to(&visitor.post(&format!("{path}/check"), &[]).await).to_owned();
    let page = visitor.get(&check).await.body;
    assert!(page.contains("The check found what would mend it") && page.contains("Take over"), "{page}");
    let take_over = [("step", "bucket-reachable")];

    let taken = visitor.post(&format!("{check}/apply"), &take_over).await;

    assert_eq!(leads_to(&taken), path);
    let now = service.admin().get(&given::integration_path(&integration)).await.json(200);
    assert_eq!(now["force_path_style"], true);
    assert!(!visitor.get(&check).await.body.contains("Take over"), "it is of other settings now");
    let again = visitor.post(&format!("{check}/apply"), &take_over).await;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("changed after this check"), "{}", again.body);
}

#[tokio::test]
async fn the_overview_says_why_an_integration_does_not_work_and_leads_to_the_check() {
    let service = Service::setup().allow(&["127.0.0.1:9"]).start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let nowhere = json!({"endpoint_url": "http://127.0.0.1:9", "force_path_style": true});
    let integration = service.admin().connect(&given::with(given::bucket("images"), &nowhere)).await;
    let path = format!("/o/{}/integrations/{}", service.organization, given::id(&integration));
    assert!(!visitor.get(&path).await.body.contains("does not work"), "nothing is known");

    let check = leads_to(&visitor.post(&format!("{path}/check"), &[]).await).to_owned();
    let page = visitor.get(&path).await.body;
    assert!(page.contains("Something that is declared does not work."), "{page}");
    assert!(page.contains(&format!("href=\"{check}#bucket-reachable\"")), "{page}");

    service.advance(60);
    service.sts().let_everybody_in(true);
    let check = leads_to(&visitor.post(&format!("{path}/check"), &[]).await).to_owned();
    let page = visitor.get(&path).await.body;
    assert!(page.contains("lets in somebody without its external ID"), "{page}");
    assert!(page.contains(&format!("href=\"{check}#external-id-required\"")), "{page}");
}
