use byob_core::{
    Kind,
    id::{AccountId, MemberId, OrganizationId},
    store::{Accepting, AccountRow, InvitationRow, MemberRow, Store},
};

use crate::given::{NOW, entry, organization};

crate::on_both_databases!(
    an_account_is_found_by_its_address,
    an_address_has_one_account,
    an_operator_is_removed_with_the_link_that_would_make_one_again,
    an_invitation_works_once_and_until_it_expires,
    accepting_an_invitation_joins_one_organization,
    a_new_invitation_of_a_member_replaces_the_one_before,
    a_new_password_ends_every_sign_in,
    a_sign_in_is_found_until_it_expires,
    ones_own_new_password_ends_other_sign_ins_and_the_link_for_another,
    sign_ins_are_listed_newest_first_and_all_but_one_can_be_ended,
    the_last_admin_is_neither_removed_nor_lowered,
    an_admin_who_never_joined_is_none_to_rely_on,
    a_new_link_about_an_account_ends_the_one_before,
    whoever_is_removed_takes_their_tokens_and_invitation_with_them,
);

fn account(name: &str) -> AccountRow {
    AccountRow {
        id: format!("acc_{name}"),
        email: format!("{name}@example.com"),
        password_hash: format!("hash of {name}"),
        is_operator: false,
        created_at: NOW,
    }
}

fn invitation(member: Option<(&OrganizationId, &str)>, email: &str) -> InvitationRow {
    InvitationRow {
        organization_id: member.map(|(organization, _)| organization.to_string()),
        member_id: member.map(|(_, member)| member.to_owned()),
        email: email.to_owned(),
        makes_operator: false,
        expires_at: NOW + 1000,
    }
}

async fn invited(store: &Store, organization: &OrganizationId, name: &str) -> InvitationRow {
    let id = format!("mem_{name}");
    let email = format!("{name}@example.com");
    let row = invitation(Some((organization, &id)), &email);
    let member = MemberRow { id, email, role: "member".into(), created_at: NOW, account_id: None };
    store.member_create(organization, &member, (&row, &format!("link of {name}")), &entry()).await.unwrap();
    row
}

async fn an_operator_is_removed_with_the_link_that_would_make_one_again(store: Store) {
    for (name, is_operator) in [("ada", true), ("bob", true), ("carl", false)] {
        store.account_create(&AccountRow { is_operator, ..account(name) }).await.unwrap();
    }
    let link = InvitationRow { makes_operator: true, ..invitation(None, "ada@example.com") };
    store.invitation_create(&link, "hash of a link", NOW, &[]).await.unwrap();
    assert_eq!(store.operator_list().await.unwrap(), ["ada@example.com", "bob@example.com"]);

    assert!(store.operator_remove("ada@example.com").await.unwrap());

    assert_eq!(store.operator_list().await.unwrap(), ["bob@example.com"]);
    assert!(store.invitation_find("hash of a link", NOW).await.unwrap().is_none());
    assert!(store.account_find_by_email("ada@example.com").await.unwrap().is_some(), "the account stays");
    assert!(!store.operator_remove("carl@example.com").await.unwrap(), "who is none is told apart");
}

async fn an_account_is_found_by_its_address(store: Store) {
    store.account_create(&account("ada")).await.unwrap();

    let found = store.account_find_by_email("ada@example.com").await.unwrap().unwrap();

    assert_eq!((found.id.as_str(), found.password_hash.as_str(), found.is_operator), ("acc_ada", "hash of ada", false));
    assert!(!format!("{found:?}").contains("hash of"));
    assert!(store.account_find_by_email("bob@example.com").await.unwrap().is_none());
}

async fn an_address_has_one_account(store: Store) {
    store.account_create(&account("ada")).await.unwrap();

    let twin = store.account_create(&AccountRow { id: "acc_twin".into(), ..account("ada") }).await.unwrap_err();

    assert_eq!((twin.kind(), twin.code()), (Kind::Conflict, "account_exists"));
}

async fn an_invitation_works_once_and_until_it_expires(store: Store) {
    let row = invitation(None, "ada@example.com");
    store.invitation_create(&row, "link", NOW, &[]).await.unwrap();

    assert!(store.invitation_find("link", NOW + 1000).await.unwrap().is_none());
    let late =
        store.invitation_accept(&row, "link", Accepting::New(&account("ada")), NOW + 1000, &[]).await.unwrap_err();
    assert_eq!(late.kind(), Kind::NotFound);
    assert_eq!(store.invitation_find("link", NOW).await.unwrap().unwrap().email, "ada@example.com");
    store.invitation_accept(&row, "link", Accepting::New(&account("ada")), NOW, &[]).await.unwrap();
    let twice = store.invitation_accept(&row, "link", Accepting::New(&account("bob")), NOW, &[]).await.unwrap_err();

    assert_eq!(twice.kind(), Kind::NotFound);
    assert!(store.account_find_by_email("bob@example.com").await.unwrap().is_none(), "nothing is done by halves");
}

async fn accepting_an_invitation_joins_one_organization(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let (to_acme, to_globex) = (invited(&store, &acme, "ada").await, invited(&store, &globex, "lovelace").await);
    let ada = AccountId::from_text("acc_ada");

    store.invitation_accept(&to_acme, "link of ada", Accepting::New(&account("ada")), NOW, &[]).await.unwrap();
    let of_acme = store.membership_list(&ada).await.unwrap();
    store.invitation_accept(&to_globex, "link of lovelace", Accepting::Known(&account("ada")), NOW, &[]).await.unwrap();
    let of_both = store.membership_list(&ada).await.unwrap();

    let names = |rows: &[byob_core::store::MembershipRow]| -> Vec<(String, String, String)> {
        rows.iter().map(|row| (row.organization_name.clone(), row.member_id.clone(), row.role.clone())).collect()
    };
    let row =
        |organization: &str, member: &str| (organization.to_owned(), format!("mem_{member}"), "member".to_owned());
    assert_eq!(names(&of_acme), [row("acme", "ada")]);
    assert_eq!(names(&of_both), [row("acme", "ada"), row("globex", "lovelace")]);
}

async fn a_new_invitation_of_a_member_replaces_the_one_before(store: Store) {
    let acme = organization(&store, "acme").await;
    let row = invited(&store, &acme, "ada").await;
    invited(&store, &acme, "bob").await;

    store.invitation_create(&row, "second", NOW, &[]).await.unwrap();

    assert!(store.invitation_find("link of ada", NOW).await.unwrap().is_none());
    assert!(store.invitation_find("second", NOW).await.unwrap().is_some());
    assert!(store.invitation_find("link of bob", NOW).await.unwrap().is_some());
}

async fn a_new_password_ends_every_sign_in(store: Store) {
    for name in ["ada", "bob"] {
        store.account_create(&account(name)).await.unwrap();
        let id = AccountId::from_text(format!("acc_{name}"));
        store.sign_in_create(name, &id, (NOW, NOW + 1000), &[]).await.unwrap();
    }
    let row = InvitationRow { makes_operator: true, ..invitation(None, "ada@example.com") };
    store.invitation_create(&row, "link", NOW, &[]).await.unwrap();
    let changed = AccountRow { password_hash: "another".into(), ..account("ada") };

    store.invitation_accept(&row, "link", Accepting::Password(&changed), NOW, &[]).await.unwrap();

    let found = store.account_find_by_email("ada@example.com").await.unwrap().unwrap();
    assert_eq!((found.password_hash.as_str(), found.is_operator), ("another", true));
    assert!(store.sign_in_find("ada", NOW).await.unwrap().is_none());
    assert!(store.sign_in_find("bob", NOW).await.unwrap().is_some());
}

async fn a_sign_in_is_found_until_it_expires(store: Store) {
    store.account_create(&account("ada")).await.unwrap();
    let ada = AccountId::from_text("acc_ada");
    store.sign_in_create("first", &ada, (NOW, NOW + 1000), &[]).await.unwrap();
    store.sign_in_create("second", &ada, (NOW, NOW + 5000), &[]).await.unwrap();

    assert_eq!(store.sign_in_find("first", NOW + 999).await.unwrap().unwrap().id, "acc_ada");
    assert!(store.sign_in_find("first", NOW + 1000).await.unwrap().is_none());
    store.sign_in_delete("second").await.unwrap();
    assert!(store.sign_in_find("second", NOW).await.unwrap().is_none());
}

async fn the_last_admin_is_neither_removed_nor_lowered(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let (first, ada) = (MemberId::from_text("mem_acme"), MemberId::from_text("mem_ada"));
    invited(&store, &acme, "ada").await;

    for role in [None, Some("viewer")] {
        assert_eq!(store.member_change(&acme, &first, role, |_| entry()).await.unwrap_err().code(), "last_admin");
    }
    assert_eq!(store.member_change(&globex, &first, None, |_| entry()).await.unwrap_err().kind(), Kind::NotFound);
    store.member_change(&acme, &ada, Some("admin"), |_| entry()).await.unwrap();
    store.member_change(&acme, &first, None, |_| entry()).await.unwrap();
    assert_eq!(store.member_change(&acme, &ada, Some("member"), |_| entry()).await.unwrap_err().code(), "last_admin");
}

async fn an_admin_who_never_joined_is_none_to_rely_on(store: Store) {
    let acme = organization(&store, "acme").await;
    let row = invited(&store, &acme, "ada").await;
    let ada = MemberId::from_text("mem_ada");
    store.member_change(&acme, &ada, Some("admin"), |_| entry()).await.unwrap();
    store.invitation_accept(&row, "link of ada", Accepting::New(&account("ada")), NOW, &[]).await.unwrap();

    // The first admin never joined.
    assert_eq!(store.member_change(&acme, &ada, Some("viewer"), |_| entry()).await.unwrap_err().code(), "last_admin");
    store.member_change(&acme, &MemberId::from_text("mem_acme"), None, |_| entry()).await.unwrap();
}

async fn a_new_link_about_an_account_ends_the_one_before(store: Store) {
    let acme = organization(&store, "acme").await;
    invited(&store, &acme, "ada").await;
    let row = invitation(None, "ada@example.com");
    store.invitation_create(&row, "first", NOW, &[]).await.unwrap();

    store.invitation_create(&row, "second", NOW, &[]).await.unwrap();

    assert!(store.invitation_find("first", NOW).await.unwrap().is_none());
    assert!(store.invitation_find("second", NOW).await.unwrap().is_some());
    assert!(store.invitation_find("link of ada", NOW).await.unwrap().is_some(), "to join is something else");
}

async fn whoever_is_removed_takes_their_tokens_and_invitation_with_them(store: Store) {
    let acme = organization(&store, "acme").await;
    invited(&store, &acme, "ada").await;

    store.member_change(&acme, &MemberId::from_text("mem_ada"), None, |_| entry()).await.unwrap();

    assert!(store.invitation_find("link of ada", NOW).await.unwrap().is_none());
    let left: Vec<String> = store.member_list(&acme, "", 10).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(left, ["mem_acme"]);
}

async fn ones_own_new_password_ends_other_sign_ins_and_the_link_for_another(store: Store) {
    let acme = organization(&store, "acme").await;
    invited(&store, &acme, "ada").await;
    for name in ["ada", "bob"] {
        store.account_create(&account(name)).await.unwrap();
        store
            .invitation_create(&invitation(None, &format!("{name}@example.com")), &format!("{name}'s"), NOW, &[])
            .await
            .unwrap();
        let id = AccountId::from_text(format!("acc_{name}"));
        for browser in ["this", "that"] {
            store.sign_in_create(&format!("{name}: {browser}"), &id, (NOW, NOW + 1000), &[]).await.unwrap();
        }
    }
    let ada = AccountId::from_text("acc_ada");

    store.account_set_password(&ada, "ada@example.com", "another", "ada: this", &[]).await.unwrap();

    let hash = async |email| store.account_find_by_email(email).await.unwrap().unwrap().password_hash;
    assert_eq!(
        (hash("ada@example.com").await.as_str(), hash("bob@example.com").await.as_str()),
        ("another", "hash of bob")
    );
    let mut left = Vec::new();
    for sign_in in ["ada: this", "ada: that", "bob: this", "bob: that"] {
        left.push(store.sign_in_find(sign_in, NOW).await.unwrap().is_some());
    }
    assert_eq!(left, [true, false, true, true]);
    assert!(store.invitation_find("ada's", NOW).await.unwrap().is_none());
    assert!(store.invitation_find("bob's", NOW).await.unwrap().is_some());
    assert!(store.invitation_find("link of ada", NOW).await.unwrap().is_some(), "she may still join");
}

async fn sign_ins_are_listed_newest_first_and_all_but_one_can_be_ended(store: Store) {
    for name in ["ada", "bob"] {
        store.account_create(&account(name)).await.unwrap();
    }
    let (ada, bob) = (AccountId::from_text("acc_ada"), AccountId::from_text("acc_bob"));
    for (number, hash) in ["first", "second", "third"].into_iter().enumerate() {
        let at = NOW + i64::try_from(number).unwrap();
        store.sign_in_create(hash, &ada, (at, at + 1000), &[]).await.unwrap();
    }
    store.sign_in_create("bob", &bob, (NOW, NOW + 1000), &[]).await.unwrap();
    let listed = async |account: &AccountId, now| {
        let rows = store.sign_in_list(account, now).await.unwrap();
        rows.into_iter().map(|row| row.hash).collect::<Vec<_>>()
    };

    assert_eq!(listed(&ada, NOW + 999).await, ["third", "second", "first"]);
    assert_eq!(listed(&ada, NOW + 1001).await, ["third"]);
    store.sign_in_delete_others(&ada, "second").await.unwrap();

    assert_eq!((listed(&ada, NOW).await, listed(&bob, NOW).await), (vec!["second".to_owned()], vec!["bob".to_owned()]));
}
