//! What people do with their own account.

use byob_core::organization::Role;
use byob_e2e::Service;

use crate::visitor::{EMAIL, PASSWORD, Visitor, leads_to};

const NEW: &str = "another horse battery";

async fn signed_in_again(service: &Service, password: &str) -> Visitor {
    let mut visitor = Visitor::of(service);
    leads_to(&visitor.post("/sign-in", &[("email", EMAIL), ("password", password)]).await);
    visitor
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_one_before_and_ends_other_sign_ins() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut elsewhere = signed_in_again(&service, PASSWORD).await;

    let wrong = ada.post("/account/password", &[("current_password", "guess"), ("new_password", NEW)]).await;
    let short = ada.post("/account/password", &[("current_password", PASSWORD), ("new_password", "short")]).await;
    assert_eq!((wrong.status, short.status), (422, 422));
    assert!(wrong.body.contains("That is not your password.") && !wrong.body.contains("has an account here"));
    assert!(wrong.body.contains("current_password-fault") && short.body.contains("new_password-fault"));
    assert_eq!(elsewhere.get("/account").await.status, 200, "nothing was changed");

    let changed = ada.post("/account/password", &[("current_password", PASSWORD), ("new_password", NEW)]).await;

    assert_eq!(leads_to(&changed), "/account?done=password");
    assert_eq!(ada.get("/account").await.status, 200);
    assert!(leads_to(&elsewhere.get("/account").await).starts_with("/sign-in"));
    let refused = Visitor::of(&service).post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, 422);
    signed_in_again(&service, NEW).await;
}

#[tokio::test]
async fn a_browser_that_is_signed_in_does_not_try_passwords_without_end() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses
            .push(ada.post("/account/password", &[("current_password", "guess"), ("new_password", NEW)]).await.status);
    }

    assert_eq!((statuses[0], statuses[11]), (422, 429));
    let mut visitor = Visitor::of(&service);
    assert_eq!(visitor.post("/sign-in", &[("email", EMAIL), ("password", "guess")]).await.status, 429);
}

#[tokio::test]
async fn signing_out_elsewhere_leaves_this_browser_signed_in() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut elsewhere = signed_in_again(&service, PASSWORD).await;
    let mut bob = Visitor::signed_in(&service, "bob@example.com", Role::Viewer).await;
    assert_eq!(ada.get("/account").await.body.matches("Since ").count(), 2);

    leads_to(&ada.post("/account/sign-out-elsewhere", &[]).await);

    let page = ada.get("/account").await.body;
    assert!(page.matches("Since ").count() == 1 && !page.contains("everywhere else"), "{page}");
    assert!(leads_to(&elsewhere.get("/account").await).starts_with("/sign-in"));
    assert_eq!(bob.get("/account").await.status, 200);
}

#[tokio::test]
async fn whoever_leaves_is_out_at_once_and_the_last_admin_cannot() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut bob = Visitor::signed_in(&service, "bob@example.com", Role::Viewer).await;
    let leave = format!("/account/organizations/{}/leave", service.organization);
    let files = format!("/o/{}/files", service.organization);

    let refused = ada.post(&leave, &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("organization's last admin"), "{}", refused.body);

    assert_eq!(leads_to(&bob.post(&leave, &[]).await), "/account?done=left");
    assert_eq!(bob.get(&files).await.status, 404);
    assert!(bob.get("/account").await.body.contains("You are in none"));
    assert_eq!(bob.post(&leave, &[]).await.status, 404, "who is in none cannot leave it");
}

#[tokio::test]
async fn the_account_is_only_for_who_is_signed_in() {
    let service = Service::start().await;
    let mut nobody = Visitor::of(&service);
    let leave = format!("/account/organizations/{}/leave", service.organization);

    assert_eq!(leads_to(&nobody.get("/account").await), "/sign-in?next=%2Faccount");
    for path in ["/account/password", "/account/sign-out-elsewhere", &leave] {
        assert!(leads_to(&nobody.post(path, &[]).await).starts_with("/sign-in?next=%2Faccount"), "{path}");
    }
}
