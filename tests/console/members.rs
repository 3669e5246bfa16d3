//! The pages of members.

use byob_core::organization::Role;
use byob_e2e::Service;

use crate::visitor::{EMAIL, Visitor, member};

#[tokio::test]
async fn a_role_that_is_missing_or_unknown_is_refused_and_makes_nobody_a_viewer() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    Visitor::signed_in(&service, "bob@example.com", Role::Member).await;
    let bob = member(&service, "bob@example.com").await;
    let members = format!("/o/{}/members", service.organization);
    let tokens = format!("/o/{}/tokens", service.organization);
    let count = service.core.list_members(&service.organization, "", 100).await.unwrap().len();

    for (path, name) in [(members.clone(), "email"), (format!("{members}/{bob}/role"), "email"), (tokens, "name")] {
        for role in [&[][..], &[("role", "boss")]] {
            let refused = ada.post(&path, &[&[(name, "gil@example.com"), ("reach", "all")], role].concat()).await;
            assert_eq!(refused.status, 422, "{path}");
            assert!(refused.body.contains("id=\"role-fault\""), "{path}: {}", refused.body);
        }
    }

    assert_eq!(service.core.list_members(&service.organization, "", 100).await.unwrap().len(), count);
    assert_eq!(service.core.get_member(&service.organization, &bob).await.unwrap().role, "member");
}

#[tokio::test]
async fn a_page_with_a_link_is_shown_once_and_reloading_it_shows_the_members() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let members = format!("/o/{}/members", service.organization);

    let link = ada.post(&members, &[("email", "gil@example.com"), ("role", "viewer")]).await;

    assert!(link.body.contains("/join/") && link.body.contains("once.js"), "{}", link.body);
}
