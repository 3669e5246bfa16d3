//! The page of API tokens.

use byob_core::{
    audit::By,
    organization::{Role, tokens::TokenRequest},
};
use byob_e2e::Service;

use crate::visitor::{EMAIL, Visitor, member};

#[tokio::test]
async fn it_says_whose_each_token_is_and_what_it_may_do_today() {
    let service = Service::start().await;
    let mut ada = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    Visitor::signed_in(&service, "bob@example.com", Role::Admin).await;
    let bob = member(&service, "bob@example.com").await;
    let request = TokenRequest { name: "Bob's", role: Role::Admin, expires_in: None, integrations: None };
    service.core.create_token(&service.organization, &By::operator(), &bob, request).await.unwrap();
    let path = format!("/o/{}/tokens", service.organization);
    let row = |body: &str| {
        let at = body.find("Bob's").expect("it is there");
        body[at..at + body[at..].find("</tr>").unwrap()].to_owned()
    };

    let before = row(&ada.get(&path).await.body);
    assert!(before.contains("by bob@example.com") && before.contains("manage the organization"), "{before}");

    service.core.change_member(&service.organization, &By::operator(), &bob, Role::Member).await.unwrap();
    let after = row(&ada.get(&path).await.body);
    assert!(after.contains("Resolve locators, list files") && !after.contains("manage the organization"), "{after}");
    assert!(after.contains("bob@example.com has the role member today"), "{after}");
}
