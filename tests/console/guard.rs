use byob_core::{audit::By, organization::Role};
use byob_e2e::Service;
use reqwest::Method;

use crate::visitor::{EMAIL, Visitor, leads_to};

#[tokio::test]
async fn forms_of_other_sites_change_nothing() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        let request = visitor.request(Method::POST, "/sign-out").header(name, value);
        let reply = visitor.send_form(request, &[]).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
        assert!(reply.body.contains("another site"), "{}", reply.body);
    }
    assert!(leads_to(&visitor.get("/").await).starts_with("/o/"), "still signed in");
    let request = visitor.request(Method::POST, "/sign-out").header("origin", "https://console.example.com");
    assert_eq!(visitor.send_form(request, &[]).await.status, 303, "the console's own origin, behind a proxy");
}

#[tokio::test]
async fn every_page_forbids_scripts_that_are_not_ours_and_frames() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let list = format!("/o/{}/integrations", service.organization);
    for path in ["/sign-in", "/join/x", "/nowhere", &list, "/o/org_other/integrations"] {
        let reply = visitor.get(path).await;
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert!(!reply.body.contains("<script>") && !reply.body.contains(" style="), "{path}");
    }
}

#[tokio::test]
async fn roles_are_respected_and_other_organizations_do_not_exist() {
    let service = Service::start().await;
    let other = service
        .core
        .create_organization(&By::operator(), "Globex", "boss@globex.example")
        .await
        .unwrap()
        .organization
        .id;
    for role in [Role::Viewer, Role::Member] {
        let mut visitor = Visitor::signed_in(&service, &format!("{role}@example.com"), role).await;
        let refused = visitor.get(&format!("/o/{}/integrations", service.organization)).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("needs <code>admin</code>"), "{}", refused.body);
        let hidden = visitor.get(&format!("/o/{other}/integrations")).await;
        let missing = visitor.get("/o/org_01kb3a5k9xnobody0000000000/integrations").await;
        assert_eq!((hidden.status, missing.status), (404, 404));
    }
}

#[tokio::test]
async fn scripts_of_the_console_act_as_who_is_signed_in_where_they_say() {
    let service = Service::start().await;
    let other = service
        .core
        .create_organization(&By::operator(), "Globex", "boss@globex.example")
        .await
        .unwrap()
        .organization
        .id;
    let visitor = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let ask = async |organization: Option<&str>, path: &str| {
        let request = visitor.request(Method::GET, path);
        let request = match organization {
            Some(organization) => request.header("byob-organization", organization),
            None => request,
        };
        service.admin().send(request).await
    };
    let own = service.organization.as_str();

    ask(None, "/api/v1/tokens").await.problem(401, "unauthenticated");
    ask(Some(own), "/api/v1/tokens").await.problem(403, "role_too_low");
    ask(Some(&other), "/api/v1/tokens").await.problem(404, "not_found");
    ask(Some(own), "/api/v1/organizations").await.problem(403, "operator_only");
    assert_eq!(ask(Some(own), "/api/v1/integrations/x/objects").await.status, 404, "a member may list");
    let stranger = Visitor::with_cookie(&service, "stolen")
        .request(Method::GET, "/api/v1/tokens")
        .header("byob-organization", own);
    service.admin().send(stranger).await.problem(401, "unauthenticated");
    let request = visitor
        .request(Method::POST, "/api/v1/resolve")
        .header("byob-organization", own)
        .header("origin", "https://evil.example");
    service.admin().send(request.json(&serde_json::json!({"locators": ["s3://b/k"]}))).await.problem(403, "cross_site");
}

#[tokio::test]
async fn styles_and_scripts_are_kept_for_good_under_the_name_of_their_version() {
    let service = Service::start().await;
    let mut visitor = Visitor::of(&service);
    let page = visitor.get("/sign-in").await.body;
    let at = page.find("/assets/").unwrap();
    let path = &page[at..at + page[at..].find('"').unwrap()];

    let asset = visitor.get(path).await;

    assert_eq!((asset.status, asset.header("cache-control")), (200, Some("public, max-age=31536000, immutable")));
    assert_eq!(visitor.get("/assets/x/../../Cargo.toml").await.status, 404);
    assert_eq!(visitor.get("/assets/x/nothing.js").await.status, 404);
}

#[tokio::test]
async fn what_is_not_there_is_told_as_a_page_to_people_and_as_a_problem_to_programs() {
    let service = Service::start().await;
    let mut visitor = Visitor::of(&service);

    let page = visitor.get("/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("This page does not exist") && page.body.contains("req_"), "{}", page.body);
    service.admin().get("/nowhere").await.problem(404, "no_such_path");
    service.admin().get("/api/v1/nowhere").await.problem(404, "no_such_path");
}

#[tokio::test]
async fn an_address_of_a_form_leads_to_the_page_that_has_it() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let own = format!("/o/{}", service.organization);
    for (form, page) in [
        ("/account/password".to_owned(), "/account".to_owned()),
        ("/account/sign-out-elsewhere".to_owned(), "/account".to_owned()),
        (format!("/account/organizations/{}/leave", service.organization), "/account".to_owned()),
        ("/sign-out".to_owned(), "/".to_owned()),
        (format!("{own}/members/mem_1/link"), format!("{own}/members/mem_1")),
        (format!("{own}/members/mem_1/remove"), format!("{own}/members/mem_1")),
        (format!("{own}/tokens/tok_1/revoke"), format!("{own}/tokens")),
        (format!("{own}/files/int_1/selection"), format!("{own}/files/int_1")),
        (format!("{own}/integrations/int_1/check"), format!("{own}/integrations/int_1")),
        (format!("{own}/integrations/int_1/enabled"), format!("{own}/integrations/int_1")),
        (format!("{own}/connect/int_1/save"), format!("{own}/connect/int_1")),
        (format!("{own}/connect/int_1/apply"), format!("{own}/connect/int_1")),
        ("/operator/organizations/org_1/link".to_owned(), "/operator/organizations/org_1".to_owned()),
    ] {
        assert_eq!(leads_to(&visitor.get(&form).await), page, "{form}");
    }
    for (form, page) in [
        ("file/markdown?locator=s3%3A%2F%2Fimages%2FREADME.md", "file?locator=s3%3A%2F%2Fimages%2FREADME.md"),
        ("files/int_1/selection?bucket=images&prefix=a%2F", "files/int_1?bucket=images&prefix=a%2F"),
    ] {
        assert_eq!(leads_to(&visitor.get(&format!("{own}/{form}")).await), format!("{own}/{page}"));
    }
    assert_eq!(leads_to(&visitor.get(&format!("{own}/file")).await), format!("{own}/files"), "no file is named");
    let refused = visitor.post(&format!("{own}/audit"), &[]).await;
    assert_eq!(refused.status, 405, "a page that takes no form still takes none: {}", refused.body);
}
