use byob_core::{
    Kind,
    audit::By,
    organization::{Role, tokens::TokenRequest},
};
use byob_e2e::Service;

use crate::visitor::{EMAIL, PASSWORD, Visitor, leads_to, member};

#[tokio::test]
async fn a_link_makes_an_account_joins_and_works_once() {
    let service = Service::start().await;
    let (invited, invitation) =
        service.core.invite_member(&service.organization, &By::operator(), EMAIL, Role::Viewer).await.unwrap();
    let link = format!("/join/{}", invitation.secret);
    let mut visitor = Visitor::of(&service);

    let page = visitor.get(&link).await;
    assert!(page.body.contains("Join ") && page.body.contains(EMAIL), "{}", page.body);
    let short = visitor.post(&link, &[("password", "short")]).await;
    assert_eq!(short.status, 422);
    assert!(short.body.contains("12 characters"), "{}", short.body);

    let own = format!("/o/{}", service.organization);
    assert_eq!(leads_to(&visitor.post(&link, &[("password", PASSWORD)]).await), own);

    let members = service.core.list_members(&service.organization, "", 100).await.unwrap();
    assert!(members.iter().any(|member| member.id == invited.id && member.account_id.is_some()));
    let again = Visitor::of(&service).post(&link, &[("password", PASSWORD)]).await;
    assert_eq!(again.status, 410);
    assert!(again.body.contains("does not work any more"), "{}", again.body);
}

#[tokio::test]
async fn a_new_link_ends_the_one_before_and_all_end_after_a_week() {
    let service = Service::start().await;
    let (invited, first) =
        service.core.invite_member(&service.organization, &By::operator(), EMAIL, Role::Viewer).await.unwrap();
    let id = byob_core::id::MemberId::from_text(&invited.id);
    let (_, second) = service.core.invite_again(&service.organization, &By::operator(), &id).await.unwrap();
    let mut visitor = Visitor::of(&service);

    assert_eq!(visitor.get(&format!("/join/{}", first.secret)).await.status, 410);
    assert_eq!(visitor.get(&format!("/join/{}", second.secret)).await.status, 200);
    service.advance(7 * 24 * 3600);
    assert_eq!(visitor.get(&format!("/join/{}", second.secret)).await.status, 410);
}

/// An admin who types somebody's address must get at nothing that is theirs.
#[tokio::test]
async fn an_address_alone_makes_nobody_a_member_and_changes_no_password() {
    let service = Service::start().await;
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let other = service.core.create_organization(&By::operator(), "Globex", "boss@globex.example").await.unwrap();
    let globex = byob_core::id::OrganizationId::from_text(&other.organization.id);
    let (_, invitation) = service.core.invite_member(&globex, &By::operator(), EMAIL, Role::Member).await.unwrap();
    let link = format!("/join/{}", invitation.secret);
    let mut visitor = Visitor::of(&service);
    visitor.post("/sign-in", &[("email", EMAIL), ("password", PASSWORD)]).await;

    assert_eq!(visitor.get(&format!("/o/{globex}")).await.status, 404, "not before the link was opened");
    // The admin of Globex has the link, and does not know the password.
    let guessed = Visitor::of(&service).post(&link, &[("password", "a password of the admin")]).await;
    assert_eq!(guessed.status, 422);
    assert!(guessed.body.contains("has an account here"), "{}", guessed.body);

    let joined = visitor.post(&link, &[("password", PASSWORD)]).await;
    assert_eq!(leads_to(&joined), format!("/o/{globex}"), "to the organization that was joined");
    assert_eq!(leads_to(&visitor.get(&format!("/o/{globex}")).await), format!("/o/{globex}/files"));
}

#[tokio::test]
async fn a_new_password_ends_what_was_signed_in_with_the_old_one() {
    let service = Service::start().await;
    let mut visitor = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let link = service.core.create_link(&By::operator(), EMAIL, false).await.unwrap();

    let changed =
        Visitor::of(&service).post(&format!("/join/{}", link.secret), &[("password", "another long password")]).await;

    assert_eq!(leads_to(&changed), "/");
    assert!(leads_to(&visitor.get("/").await).starts_with("/sign-in"));
    let fields = |password| [("email", EMAIL), ("password", password)];
    assert_eq!(Visitor::of(&service).post("/sign-in", &fields(PASSWORD)).await.status, 422);
    assert_eq!(Visitor::of(&service).post("/sign-in", &fields("another long password")).await.status, 303);
    let nobody = service.core.create_link(&By::operator(), "nobody@example.com", false).await.unwrap_err();
    assert_eq!((nobody.kind(), nobody.code()), (Kind::NotFound, "no_such_account"));
}

#[tokio::test]
async fn the_last_admin_stays_one() {
    let service = Service::start().await;
    let admins = service.core.list_members(&service.organization, "", 10).await.unwrap();
    let first = byob_core::id::MemberId::from_text(&admins[0].id);

    let removed = service.core.remove_member(&service.organization, &By::operator(), &first).await.unwrap_err();
    let lowered =
        service.core.change_member(&service.organization, &By::operator(), &first, Role::Viewer).await.unwrap_err();

    assert_eq!((removed.code(), lowered.code()), ("last_admin", "last_admin"));
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    service.core.change_member(&service.organization, &By::operator(), &first, Role::Viewer).await.unwrap();
    let ada = member(&service, EMAIL).await;
    assert_eq!(
        service.core.remove_member(&service.organization, &By::operator(), &ada).await.unwrap_err().code(),
        "last_admin"
    );
}

#[tokio::test]
async fn a_token_is_worth_no_more_than_its_member() {
    let service = Service::start().await;
    Visitor::signed_in(&service, "grace@example.com", Role::Admin).await;
    Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let ada = member(&service, EMAIL).await;
    let request = TokenRequest { name: "Ada's", role: Role::Admin, expires_in: None, integrations: None };
    let token = service.core.create_token(&service.organization, &By::operator(), &ada, request).await.unwrap();
    let client = service.admin().showing(&token.secret);
    assert_eq!(client.get("/api/v1/tokens").await.status, 200);

    service.core.change_member(&service.organization, &By::operator(), &ada, Role::Viewer).await.unwrap();

    client.get("/api/v1/tokens").await.problem(403, "role_too_low");
}
