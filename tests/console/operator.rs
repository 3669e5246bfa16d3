//! Whoever runs the platform, and whoever does not.

use byob_core::audit::By;
use byob_core::{id::OrganizationId, organization::Role};
use byob_e2e::{Service, given};

use crate::visitor::{EMAIL, PASSWORD, Visitor, leads_to};

const PAGES: [&str; 5] =
    ["/operator", "/operator/organizations", "/operator/platform", "/operator/endpoints", "/operator/health"];

async fn operator(service: &Service) -> Visitor {
    let link = service.core.create_link(&By::operator(), "ops@example.com", true).await.unwrap();
    let mut visitor = Visitor::of(service);
    let joined = visitor.post(&format!("/join/{}", link.secret), &[("password", PASSWORD)]).await;
    assert_eq!(joined.status, 303, "{}", joined.body);
    visitor
}

#[tokio::test]
async fn for_everybody_else_the_operators_pages_do_not_exist() {
    let service = Service::start().await;
    let mut admin = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let nowhere = without_id(&admin.get("/nowhere").await.body);
    let one = format!("/operator/organizations/{}", service.organization);
    for path in PAGES.iter().copied().chain([one.as_str()]) {
        let page = admin.get(path).await;
        assert_eq!((page.status, without_id(&page.body)), (404, nowhere.clone()), "{path}");
        assert!(leads_to(&Visitor::of(&service).get(path).await).starts_with("/sign-in"), "{path}");
    }
    for path in ["/operator/organizations", &format!("{one}/name"), &format!("{one}/link")] {
        let refused = admin.post(path, &[("name", "Mine"), ("admin_email", EMAIL)]).await;
        assert_eq!(refused.status, 404, "{path}");
    }
    assert_eq!(service.core.store().organization_list("", 10).await.unwrap().len(), 2, "nothing was made");
    let home = admin.get(&format!("/o/{}/integrations", service.organization)).await;
    assert!(!home.body.contains("Operate the platform"), "{}", home.body);
}

/// A page of trouble but for the request's ID.
fn without_id(body: &str) -> String {
    let at = body.find("req_").expect("it names the request");
    format!("{}{}", &body[..at], &body[at + 30..])
}

#[tokio::test]
async fn who_runs_the_platform_no_more_sees_nothing_of_it_and_stays_signed_in() {
    let service = Service::start().await;
    let mut visitor = operator(&service).await;
    assert_eq!(service.core.list_operators().await.unwrap(), ["ops@example.com"]);
    assert_eq!(visitor.get("/operator/health").await.status, 200);

    service.core.remove_operator(" Ops@example.com").await.unwrap();

    for path in PAGES {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
    assert!(visitor.get("/").await.body.contains("You are in no organization yet"));
    assert_eq!(service.core.remove_operator("ops@example.com").await.unwrap_err().code(), "no_operator");
}

#[tokio::test]
async fn an_operator_of_no_organization_lands_on_their_pages() {
    let service = Service::start().await;
    let mut visitor = operator(&service).await;

    assert_eq!(leads_to(&visitor.get("/").await), "/operator");
    assert_eq!(leads_to(&visitor.get("/operator").await), "/operator/organizations");
    for path in &PAGES[1..] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(page.body.contains("Operate the platform"), "{path}");
    }
}

#[tokio::test]
async fn an_operator_does_not_get_into_an_organization() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("secret-bucket")).await;
    let mut visitor = operator(&service).await;
    let organization = &service.organization;

    for path in [
        format!("/o/{organization}"),
        format!("/o/{organization}/integrations/{}", given::id(&integration)),
        format!("/o/{organization}/file?locator=s3://secret-bucket/x"),
    ] {
        assert_eq!(visitor.get(&path).await.status, 404, "{path}");
    }
    let one = format!("/operator/organizations/{organization}");
    for path in PAGES[1..].iter().copied().chain([one.as_str()]) {
        assert!(!visitor.get(path).await.body.contains("secret-bucket"), "{path}");
    }
    let refused = visitor.post(&format!("{one}/link"), &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Somebody has joined") && !refused.body.contains("/join/"), "{}", refused.body);
}

#[tokio::test]
async fn an_organization_is_made_with_a_link_for_its_admin_and_no_token() {
    let service = Service::start().await;
    let mut visitor = operator(&service).await;
    let make = "/operator/organizations";

    let refused = visitor.post(make, &[("name", "Acme"), ("admin_email", "gil@globex.example")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("There is an organization") && refused.body.contains("gil@globex.example"));
    let refused = visitor.post(make, &[("name", "Globex"), ("admin_email", "gil")]).await;
    assert!(refused.body.contains("id=\"admin_email-fault\""), "{}", refused.body);

    let done = visitor.post(make, &[("name", "Globex"), ("admin_email", "gil@globex.example")]).await;
    let path = link_in(&done.body);
    let rows = service.core.store().organization_list("", 10).await.unwrap();
    let id = OrganizationId::from_text(&rows.iter().find(|row| row.name == "Globex").unwrap().id);
    assert!(service.core.store().token_list(&id, "", 10).await.unwrap().is_empty());
    let one = format!("{make}/{id}");
    assert!(!visitor.get(&one).await.body.contains("/join/"), "it is shown this once");

    let again = link_in(&visitor.post(&format!("{one}/link"), &[]).await.body);
    assert_eq!(Visitor::of(&service).get(&path).await.status, 410);
    let mut gil = Visitor::of(&service);
    assert_eq!(gil.post(&again, &[("password", PASSWORD)]).await.status, 303);
    assert_eq!(gil.get(&format!("/o/{id}/integrations")).await.status, 200);
    assert_eq!(visitor.post(&format!("{one}/link"), &[]).await.status, 422);
}

/// The path of the link on a page.
fn link_in(body: &str) -> String {
    let at = body.find("/join/").unwrap_or_else(|| panic!("there is a link: {body}"));
    body[at..].split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_name_is_seen_by_the_organizations_people() {
    let service = Service::start().await;
    let mut admin = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut visitor = operator(&service).await;
    let one = format!("/operator/organizations/{}", service.organization);

    let taken = visitor.post(&format!("{one}/name"), &[("name", "Other")]).await;
    assert_eq!(taken.status, 422);
    assert!(taken.body.contains("value=\"Other\""), "what was typed stays: {}", taken.body);
    assert_eq!(leads_to(&visitor.post(&format!("{one}/name"), &[("name", "Initech")]).await), one);

    assert!(admin.get(&format!("/o/{}/integrations", service.organization)).await.body.contains("Initech"));
}

#[tokio::test]
async fn whoever_is_both_switches_between_the_organization_and_the_platform() {
    let service = Service::start().await;
    let (_, invitation) = service
        .core
        .invite_member(&service.organization, &By::operator(), "ops@example.com", Role::Viewer)
        .await
        .unwrap();
    let mut visitor = operator(&service).await;
    visitor.post(&format!("/join/{}", invitation.secret), &[("password", PASSWORD)]).await;

    assert_eq!(leads_to(&visitor.get("/").await), format!("/o/{}", service.organization));
    let files = visitor.get(&format!("/o/{}/files", service.organization)).await;
    assert!(files.body.contains("href=\"/operator\""), "{}", files.body);
    assert_eq!(visitor.get(&format!("/o/{}/integrations", service.organization)).await.status, 403, "a viewer still");
}
