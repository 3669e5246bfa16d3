use byob_core::organization::Role;
use byob_e2e::{Service, given};
use serde_json::json;

use crate::visitor::{EMAIL, Visitor, leads_to};

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
