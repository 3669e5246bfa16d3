use byob_core::{audit::By, organization::Role};
use byob_e2e::Service;

use crate::visitor::{EMAIL, PASSWORD, Visitor, leads_to, member};

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_the_door_and_back() {
    let service = Service::start().await;
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut visitor = Visitor::of(&service);
    let page = format!("/o/{}/integrations?x=1", service.organization);

    let door = leads_to(&visitor.get(&page).await).to_owned();
    assert!(door.starts_with("/sign-in?next=%2Fo%2Forg_"), "{door}");
    let form = visitor.get(&door).await;
    assert_eq!(form.status, 200);
    assert!(form.body.contains(&format!("value=\"{page}\"")), "{}", form.body);

    let signed_in =
        visitor.post("/sign-in", &[("email", " Ada@Example.com"), ("password", PASSWORD), ("next", &page)]).await;

    assert_eq!(leads_to(&signed_in), page);
    assert_eq!(visitor.get(&page).await.status, 200);
}

#[tokio::test]
async fn the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts() {
    let service = Service::start().await;
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;

    let signed_in = Visitor::of(&service).post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await;

    let cookie = signed_in.header("set-cookie").unwrap();
    for part in ["__Host-byob=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let service = Service::start().await;
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut visitor = Visitor::of(&service);

    let wrong = visitor.post("/sign-in", &[("email", EMAIL), ("password", "something else")]).await;
    let unknown = visitor.post("/sign-in", &[("email", "eve@example.com"), ("password", PASSWORD)]).await;

    assert_eq!((wrong.status, unknown.status), (422, 422));
    assert_eq!(wrong.body, unknown.body.replace("eve@", "ada@"));
    assert!(wrong.body.contains("do not fit together") && wrong.body.contains(EMAIL));
    assert!(!wrong.body.contains("something else"), "passwords are not sent back");
    assert!(wrong.header("set-cookie").is_none());
}

#[tokio::test]
async fn passwords_cannot_be_tried_without_end() {
    let service = Service::start().await;
    let mut visitor = Visitor::of(&service);
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(visitor.post("/sign-in", &[("email", EMAIL), ("password", "guess")]).await.status);
    }
    assert_eq!(statuses[..8], [422; 8]);
    assert_eq!(statuses[10..], [429; 2]);
    // Nobody else is kept out.
    assert_eq!(visitor.post("/sign-in", &[("email", "bob@example.com"), ("password", "guess")]).await.status, 422);
}

#[tokio::test]
async fn what_is_no_address_is_told_as_a_wrong_password_and_not_kept() {
    let service = Service::start().await;
    let mut visitor = Visitor::of(&service);
    let long = format!("{}@example.com", "x".repeat(100_000));
    for address in ["", "nobody", "a\0b@example.com", &long] {
        let reply = visitor.post("/sign-in", &[("email", address), ("password", PASSWORD), ("next", "/\0")]).await;
        assert_eq!(reply.status, 422, "{}", reply.body.len());
        assert!(reply.body.contains("do not fit together"));
    }
    assert_eq!(visitor.get("/sign-in?next=/%00%01").await.status, 200);
}

#[tokio::test]
async fn signing_out_ends_the_sign_in_everywhere_its_cookie_went() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut thief = Visitor::with_cookie(&service, visitor.cookie());
    let page = format!("/o/{}/integrations", service.organization);
    assert_eq!(thief.get(&page).await.status, 200);

    assert_eq!(leads_to(&visitor.post("/sign-out", &[]).await), "/sign-in");

    assert!(leads_to(&thief.get(&page).await).starts_with("/sign-in"));
}

#[tokio::test]
async fn a_sign_in_ends_after_a_week() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;

    service.advance(7 * 24 * 3600 + 1);
    // What a replica believes, it believes for a second.
    let replica = service.replica().await;
    let mut visitor_there = Visitor::with_cookie(&replica, visitor.cookie());

    assert!(leads_to(&visitor_there.get("/").await).starts_with("/sign-in"));
    drop(visitor.get("/").await);
}

#[tokio::test]
async fn whoever_is_removed_is_out_at_once() {
    let service = Service::start().await;
    Visitor::signed_in(&service, "grace@example.com", Role::Admin).await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let page = format!("/o/{}/integrations", service.organization);
    assert_eq!(visitor.get(&page).await.status, 200);

    service.core.remove_member(&service.organization, &By::operator(), &member(&service, EMAIL).await).await.unwrap();

    assert_eq!(visitor.get(&page).await.status, 404);
    let home = visitor.get("/").await;
    assert!(home.body.contains("You are in no organization yet"), "{}", home.body);
}

#[tokio::test]
async fn what_links_lead_to_is_here() {
    let service = Service::start().await;
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let fields = [("email", EMAIL), ("password", PASSWORD), ("next", "//evil.example/")];

    let signed_in = Visitor::of(&service).post("/sign-in", &fields).await;

    assert_eq!(leads_to(&signed_in), "/");
}
