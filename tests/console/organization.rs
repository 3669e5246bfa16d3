//! The page of the organization itself.

use byob_core::{organization::Role, store::EntryFilter};
use byob_e2e::Service;

use crate::visitor::{EMAIL, Visitor, leads_to};

#[tokio::test]
async fn an_admin_renames_the_organization_and_every_page_shows_it_at_once() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let page = format!("/o/{}/organization", service.organization);
    assert!(ada.get(&page).await.body.contains("value=\"Acme\""));

    let taken = ada.post(&page, &[("name", "Other")]).await;
    assert_eq!(taken.status, 422);
    assert!(taken.body.contains("name-fault") && taken.body.contains("value=\"Other\""), "{}", taken.body);
    assert_eq!(leads_to(&ada.post(&page, &[("name", "Acme & Sons")]).await), format!("{page}?done=name"));

    for path in [&page, "/account", &format!("/o/{}/members", service.organization)] {
        assert!(ada.get(path).await.body.contains("Acme &amp; Sons"), "{path}");
    }
}

#[tokio::test]
async fn a_name_that_stays_as_it_is_is_no_change() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let page = format!("/o/{}/organization", service.organization);

    assert_eq!(leads_to(&ada.post(&page, &[("name", " Acme ")]).await), format!("{page}?done=name"));

    let entries = service.core.list_audit(&service.organization, &EntryFilter::default(), None, 100).await.unwrap();
    assert!(entries.iter().all(|entry| entry.action != "organization.renamed"), "{entries:?}");
}

#[tokio::test]
async fn only_admins_see_the_page_of_the_organization() {
    let service = Service::start().await;
    let mut bob = Visitor::signed_in(&service, "bob@example.com", Role::Member).await;
    let page = format!("/o/{}/organization", service.organization);

    assert_eq!(bob.get(&page).await.status, 403);
    assert_eq!(bob.post(&page, &[("name", "Bob's")]).await.status, 403);
}
