use byob_core::{
    Kind,
    id::TokenId,
    store::{Store, TokenRow},
};

use crate::given::{NOW, first_hash, organization, token_row};

crate::on_both_databases!(
    a_token_is_found_by_its_hash_alone,
    an_expired_token_is_not_found,
    a_token_of_the_operator_belongs_to_no_organization,
    revoking_as_the_operator_reaches_no_token_of_an_organization,
    a_revoked_token_is_not_found,
    another_organization_neither_sees_nor_revokes_a_token,
    two_tokens_never_share_a_hash,
);

async fn a_token_is_found_by_its_hash_alone(store: Store) {
    let acme = organization(&store, "acme").await;
    store.token_create(&token_row("1", &acme), "hash-1").await.unwrap();

    let found = store.token_find_by_hash("hash-1", NOW).await.unwrap().unwrap();

    assert_eq!((found.id.as_str(), found.organization_id.as_deref()), ("tok_1", Some("org_acme")));
    assert!(store.token_find_by_hash("tok_1", NOW).await.unwrap().is_none());
}

async fn an_expired_token_is_not_found(store: Store) {
    let acme = organization(&store, "acme").await;
    let row = TokenRow { expires_at: Some(NOW + 1000), ..token_row("1", &acme) };
    store.token_create(&row, "hash-1").await.unwrap();

    assert!(store.token_find_by_hash("hash-1", NOW + 999).await.unwrap().is_some());
    assert!(store.token_find_by_hash("hash-1", NOW + 1000).await.unwrap().is_none());
}

async fn a_token_of_the_operator_belongs_to_no_organization(store: Store) {
    let acme = organization(&store, "acme").await;
    let row =
        TokenRow { organization_id: None, member_id: None, role: "operator".into(), ..token_row("operator", &acme) };
    store.token_create(&row, "hash").await.unwrap();
    let id = TokenId::from_text("tok_operator");

    assert!(store.token_find_by_hash("hash", NOW).await.unwrap().unwrap().organization_id.is_none());
    assert_eq!(ids(store.token_list_operator().await.unwrap()), ["tok_operator"]);
    assert_eq!(ids(store.token_list(&acme, "", 10).await.unwrap()), ["tok_first_of_acme"]);
    assert_eq!(store.token_delete(&acme, &id).await.unwrap_err().kind(), Kind::NotFound);
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
    store.token_create(&token_row("1", &acme), "hash-1").await.unwrap();
    let id = TokenId::from_text("tok_1");

    store.token_delete(&acme, &id).await.unwrap();

    assert!(store.token_find_by_hash("hash-1", NOW).await.unwrap().is_none());
    assert_eq!(store.token_delete(&acme, &id).await.unwrap_err().kind(), Kind::NotFound);
}

async fn another_organization_neither_sees_nor_revokes_a_token(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    store.token_create(&token_row("1", &acme), "hash-1").await.unwrap();

    assert_eq!(ids(store.token_list(&globex, "", 10).await.unwrap()), ["tok_first_of_globex"]);
    let refused = store.token_delete(&globex, &TokenId::from_text("tok_1")).await.unwrap_err();

    assert_eq!(refused.kind(), Kind::NotFound);
    assert!(store.token_find_by_hash("hash-1", NOW).await.unwrap().is_some());
}

async fn two_tokens_never_share_a_hash(store: Store) {
    let acme = organization(&store, "acme").await;
    store.token_create(&token_row("1", &acme), "hash").await.unwrap();

    store.token_create(&token_row("2", &acme), "hash").await.unwrap_err();

    assert_eq!(store.token_find_by_hash("hash", NOW).await.unwrap().unwrap().id, "tok_1");
}
