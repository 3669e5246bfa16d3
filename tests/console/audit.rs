use byob_core::organization::Role;
use byob_e2e::{Service, given};
use reqwest::Method;
use serde_json::json;

use crate::visitor::{EMAIL, Visitor};

/// The text of a page, without its tags.
fn text(page: &str) -> String {
    let parts = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_log_tells_who_did_what_in_sentences() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let path = format!("/o/{}/integrations/{}", service.organization, given::id(&integration));
    visitor.post(&format!("{path}/enabled"), &[("enabled", "no")]).await;

    let page = text(&visitor.get(&format!("/o/{}/audit", service.organization)).await.body);

    for sentence in [
        "ada@example.com turned the integration images off.",
        "ada@acme.example saved the integration images.",
        "With the tokenFirst token",
        "ada@example.com signed in.",
        "ada@example.com joined.",
        "The operator invited ada@example.com as admin.",
        "The operator made the organization Acme.",
    ] {
        assert!(page.contains(sentence), "{sentence}: {page}");
    }
    let activity = text(&visitor.get(&format!("{path}/activity")).await.body);
    assert!(activity.contains("turned the integration images off"), "{activity}");
    assert!(!activity.contains("invited"), "{activity}");
}

#[tokio::test]
async fn names_are_text_and_filters_stay_while_one_goes_through_the_pages() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    for number in 0..60 {
        service.admin().post("/api/v1/tokens", &json!({"name": format!("<b>{number}</b>")})).await.json(201);
    }
    let first = visitor.get(&format!("/o/{}/audit?action=token.created", service.organization)).await.body;
    assert!(first.contains("&lt;b&gt;59") && !first.contains("<b>59"), "{first}");
    let older = first.split("href=\"").find(|part| part.contains("cursor=")).and_then(|part| part.split('"').next());
    let older = older.expect("there is a link to older entries").replace("&amp;", "&");
    assert!(older.contains("action=token.created"), "{older}");

    let second = visitor.get(&older).await.body;

    assert!(second.contains("&lt;b&gt;0") && !second.contains("&lt;b&gt;59"), "{second}");
    assert!(text(&second).contains("To the newest") && !text(&second).contains("joined."), "{second}");
}

#[tokio::test]
async fn whoever_verifies_is_told_whether_the_log_is_whole() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let path = format!("/o/{}/audit/verify", service.organization);
    let verified = service.admin().get("/api/v1/audit/verify").await.json(200);

    let page = visitor.get(&path).await.body;

    assert!(page.contains("The log is whole.") && page.contains(verified["hash"].as_str().unwrap()), "{page}");
    if let byob_core::store::Store::Sqlite(pool) = service.core.store() {
        sqlx::raw_sql("DROP TRIGGER audit_entries_stay").execute(pool).await.unwrap();
        sqlx::raw_sql("UPDATE audit_entries SET actor_name = 'mallory' WHERE number = 2").execute(pool).await.unwrap();
        let page = text(&visitor.get(&path).await.body);
        assert!(page.contains("The log is broken at entry 2. Its contents are not those"), "{page}");
    }
}

#[tokio::test]
async fn the_log_is_for_admins_and_their_export_is_a_file() {
    let service = Service::start().await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let mut admin = Visitor::signed_in(&service, "grace@example.com", Role::Admin).await;
    for page in ["audit", "audit/verify", "audit/export"] {
        assert_eq!(member.get(&format!("/o/{}/{page}", service.organization)).await.status, 403, "{page}");
    }

    let request = admin.request(Method::GET, &format!("/o/{}/audit/export", service.organization));
    let file = admin.send(request).await;

    assert_eq!((file.status, file.header("content-type")), (200, Some("application/x-ndjson")));
    assert_eq!(file.body, service.admin().get("/api/v1/audit/export").await.body);
}
