use byob_core::{
    Kind,
    id::{OrganizationId, TokenId},
    store::{State, Store, TokenRow},
};

use crate::given::{NOW, draft_row, entry, first_hash, integration, organization, saved_row, token_row};

crate::on_both_databases!(
    a_token_is_found_by_its_hash_alone,
    an_expired_token_is_not_found,
    a_token_of_the_operator_belongs_to_no_organization,
    revoking_as_the_operator_reaches_no_token_of_an_organization,
    a_revoked_token_is_not_found,
    another_organization_neither_sees_nor_revokes_a_token,
    two_tokens_never_share_a_hash,
    a_restricted_token_has_the_integrations_that_it_names_and_that_are_left,
    a_token_is_restricted_to_saved_integrations_of_its_own_organization,
    the_use_of_a_token_is_written_once_for_a_while,
);

async fn a_token_is_found_by_its_hash_alone(store: Store) {
    let acme = organization(&store, "acme").await;
    store.token_create(&acme, &token_row("1", &acme), "hash-1", &entry()).await.unwrap();

    let found = store.token_find_by_hash("hash-1", NOW).await.unwrap().unwrap();

    assert_eq!((found.id.as_str(), found.organization_id.as_deref()), ("tok_1", Some("org_acme")));
    assert!(store.token_find_by_hash("tok_1", NOW).await.unwrap().is_none());
}

async fn an_expired_token_is_not_found(store: Store) {
    let acme = organization(&store, "acme").await;
    let row = TokenRow { expires_at: Some(NOW + 1000), ..token_row("1", &acme) };
    store.token_create(&acme, &row, "hash-1", &entry()).await.unwrap();

    assert!(store.token_find_by_hash("hash-1", NOW + 999).await.unwrap().is_some());
    assert!(store.token_find_by_hash("hash-1", NOW + 1000).await.unwrap().is_none());
}

async fn a_token_of_the_operator_belongs_to_no_organization(store: Store) {
    let acme = organization(&store, "acme").await;
    let row =
        TokenRow { organization_id: None, member_id: None, role: "operator".into(), ..token_row("operator", &acme) };
    store.token_create_operator(&row, "hash").await.unwrap();
    let id = TokenId::from_text("tok_operator");

    assert!(store.token_find_by_hash("hash", NOW).await.unwrap().unwrap().organization_id.is_none());
    assert_eq!(ids(store.token_list_operator().await.unwrap()), ["tok_operator"]);
    assert_eq!(ids(store.token_list(&acme, "", 10).await.unwrap()), ["tok_first_of_acme"]);
    assert_eq!(store.token_delete(&acme, &id, |_| entry()).await.unwrap_err().kind(), Kind::NotFound);
    store.token_delete_operator(&id).await.unwrap();
    assert!(store.token_find_by_hash("hash", NOW).await.unwrap().is_none());
}

async fn revoking_as_the_operator_reaches_no_token_of_an_organization(store: Store) {
    organization(&store, "acme").await;

    let refused = store.token_delete_operator(&TokenId::from_text("tok_first_of_acme")).await.unwrap_err();

    assert_eq!(refused.kind(), Kind::NotFound);
    assert!(store.token_find_by_hash(&first_hash("acme"), NOW).await.unwrap().is_some());
}

fn ids(rows: Vec<TokenRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.id).collect()
}

async fn a_revoked_token_is_not_found(store: Store) {
    let acme = organization(&store, "acme").await;
    store.token_create(&acme, &token_row("1", &acme), "hash-1", &entry()).await.unwrap();
    let id = TokenId::from_text("tok_1");

    store.token_delete(&acme, &id, |_| entry()).await.unwrap();

    assert!(store.token_find_by_hash("hash-1", NOW).await.unwrap().is_none());
    assert_eq!(store.token_delete(&acme, &id, |_| entry()).await.unwrap_err().kind(), Kind::NotFound);
}

async fn another_organization_neither_sees_nor_revokes_a_token(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    store.token_create(&acme, &token_row("1", &acme), "hash-1", &entry()).await.unwrap();

    assert_eq!(ids(store.token_list(&globex, "", 10).await.unwrap()), ["tok_first_of_globex"]);
    let refused = store.token_delete(&globex, &TokenId::from_text("tok_1"), |_| entry()).await.unwrap_err();

    assert_eq!(refused.kind(), Kind::NotFound);
    assert!(store.token_find_by_hash("hash-1", NOW).await.unwrap().is_some());
}

async fn two_tokens_never_share_a_hash(store: Store) {
    let acme = organization(&store, "acme").await;
    store.token_create(&acme, &token_row("1", &acme), "hash", &entry()).await.unwrap();

    store.token_create(&acme, &token_row("2", &acme), "hash", &entry()).await.unwrap_err();

    assert_eq!(store.token_find_by_hash("hash", NOW).await.unwrap().unwrap().id, "tok_1");
}

fn restricted(id: &str, organization: &OrganizationId, integrations: &[&str]) -> TokenRow {
    let integration_ids = integrations.iter().map(|id| format!("int_{id}")).collect();
    TokenRow { restricted: true, integration_ids, ..token_row(id, organization) }
}

async fn a_restricted_token_has_the_integrations_that_it_names_and_that_are_left(store: Store) {
    let acme = organization(&store, "acme").await;
    let one = integration(&store, &acme, saved_row("1")).await;
    let two = integration(&store, &acme, saved_row("2")).await;
    integration(&store, &acme, saved_row("3")).await;
    store.token_create(&acme, &restricted("1", &acme, &["1", "2"]), "hash-1", &entry()).await.unwrap();
    store.token_create(&acme, &restricted("2", &acme, &["3"]), "hash-2", &entry()).await.unwrap();

    let mut left = Vec::new();
    for gone in [None, Some(&one), Some(&two)] {
        if let Some(gone) = gone {
            store.integration_delete(&acme, State::Saved, gone, |_| entry()).await.unwrap();
        }
        let found = store.token_find_by_hash("hash-1", NOW).await.unwrap().unwrap();
        let listed = store.token_list(&acme, "", 1).await.unwrap().remove(0);
        assert!(found.restricted && listed.restricted);
        assert_eq!(found.integration_ids, listed.integration_ids);
        left.push(found.integration_ids);
    }

    assert_eq!(left, [vec!["int_1", "int_2"], vec!["int_2"], vec![]]);
    assert_eq!(store.token_list(&acme, "tok_1", 1).await.unwrap()[0].integration_ids, ["int_3"]);
    let all = store.token_find_by_hash(&first_hash("acme"), NOW).await.unwrap().unwrap();
    assert!(!all.restricted && all.integration_ids.is_empty());
}

async fn a_token_is_restricted_to_saved_integrations_of_its_own_organization(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    integration(&store, &acme, saved_row("own")).await;
    integration(&store, &acme, draft_row("draft")).await;
    integration(&store, &globex, saved_row("theirs")).await;

    for other in ["draft", "theirs", "nobodys"] {
        let refused =
            store.token_create(&acme, &restricted("1", &acme, &["own", other]), "hash-1", &entry()).await.unwrap_err();
        assert_eq!(refused.code(), "unknown_integration", "{other}");
        assert!(store.token_find_by_hash("hash-1", NOW).await.unwrap().is_none(), "nothing is left of it");
    }
}

async fn the_use_of_a_token_is_written_once_for_a_while(store: Store) {
    let acme = organization(&store, "acme").await;
    store.token_create(&acme, &token_row("1", &acme), "hash-1", &entry()).await.unwrap();
    let id = TokenId::from_text("tok_1");

    let mut seen = Vec::new();
    for now in [NOW, NOW + 59_999, NOW + 60_000] {
        store.token_note_use(&id, now, now - 60_000).await.unwrap();
        seen.push(store.token_list(&acme, "", 1).await.unwrap()[0].last_used_at);
    }

    assert_eq!(seen, [Some(NOW), Some(NOW), Some(NOW + 60_000)]);
    assert_eq!(store.token_list(&acme, "tok_1", 1).await.unwrap()[0].last_used_at, None);
}
