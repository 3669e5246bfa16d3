use byob_core::{
    id::{IntegrationId, OrganizationId},
    store::{SessionKey, SessionRow, State, Store},
};

use crate::given::{NOW, entry, integration, organization, saved_row, session_key, session_row};

crate::on_both_databases!(
    sessions_are_listed_oldest_first_until_they_expire,
    a_session_is_listed_under_its_own_key_only,
    a_new_session_does_not_replace_the_one_before,
    a_new_session_clears_away_older_versions_and_what_has_expired,
    a_session_that_aws_no_longer_takes_is_dropped_with_those_before_it,
    the_sessions_of_a_deleted_integration_are_gone,
    no_session_is_kept_for_an_integration_that_is_not_there,
);

async fn connected(store: &Store) -> (OrganizationId, IntegrationId) {
    let acme = organization(store, "acme").await;
    let id = integration(store, &acme, saved_row("1")).await;
    (acme, id)
}

async fn issued_at(store: &Store, key: &SessionKey, now: i64) -> Vec<i64> {
    store.session_list(key, now).await.unwrap().iter().map(|row| row.issued_at).collect()
}

async fn sessions_are_listed_oldest_first_until_they_expire(store: Store) {
    let (acme, id) = connected(&store).await;
    let key = session_key(&acme, &id, 1);
    for at in [NOW + 2, NOW, NOW + 1] {
        store.session_create(&key, &session_row(at), NOW).await.unwrap();
    }

    assert_eq!(issued_at(&store, &key, NOW).await, [NOW, NOW + 1, NOW + 2]);
    assert_eq!(issued_at(&store, &key, NOW + 3_600_000).await, [NOW + 1, NOW + 2]);
    let SessionRow { sealed_credentials, expires_at, .. } = store.session_list(&key, NOW).await.unwrap().remove(0);
    assert_eq!((sealed_credentials, expires_at), (format!("sealed at {NOW}"), NOW + 3_600_000));
}

async fn a_session_is_listed_under_its_own_key_only(store: Store) {
    let (acme, id) = connected(&store).await;
    let globex = organization(&store, "globex").await;
    let key = session_key(&acme, &id, 1);
    store.session_create(&key, &session_row(NOW), NOW).await.unwrap();

    for other in [
        SessionKey { organization_id: globex, ..key.clone() },
        SessionKey { integration_id: IntegrationId::from_text("int_2"), ..key.clone() },
        SessionKey { integration_version: 2, ..key.clone() },
        SessionKey { session_policy_hash: "other".into(), ..key.clone() },
    ] {
        assert_eq!(issued_at(&store, &other, NOW).await, Vec::<i64>::new(), "{other:?}");
    }
}

async fn a_new_session_does_not_replace_the_one_before(store: Store) {
    let (acme, id) = connected(&store).await;
    let key = session_key(&acme, &id, 1);
    store.session_create(&key, &session_row(NOW), NOW).await.unwrap();

    store.session_create(&key, &session_row(NOW + 60_000), NOW + 60_000).await.unwrap();

    assert_eq!(issued_at(&store, &key, NOW).await, [NOW, NOW + 60_000]);
}

async fn a_new_session_clears_away_older_versions_and_what_has_expired(store: Store) {
    let (acme, id) = connected(&store).await;
    let other = integration(&store, &acme, saved_row("2")).await;
    let (old, new, others) = (session_key(&acme, &id, 1), session_key(&acme, &id, 2), session_key(&acme, &other, 1));
    store.session_create(&old, &session_row(NOW), NOW).await.unwrap();
    store.session_create(&others, &session_row(NOW), NOW).await.unwrap();
    store.session_create(&new, &session_row(NOW), NOW).await.unwrap();

    let later = NOW + 3_600_001;
    store.session_create(&new, &session_row(later), later).await.unwrap();

    assert_eq!(issued_at(&store, &old, 0).await, Vec::<i64>::new(), "an older version");
    assert_eq!(issued_at(&store, &new, 0).await, [later], "expired");
    assert_eq!(issued_at(&store, &others, 0).await, [NOW], "of another integration");
}

async fn a_session_that_aws_no_longer_takes_is_dropped_with_those_before_it(store: Store) {
    let (acme, id) = connected(&store).await;
    let key = session_key(&acme, &id, 1);
    for at in [NOW, NOW + 1, NOW + 2] {
        store.session_create(&key, &session_row(at), NOW).await.unwrap();
    }

    store.session_delete(&key, NOW + 1).await.unwrap();

    assert_eq!(issued_at(&store, &key, NOW).await, [NOW + 2]);
}

async fn the_sessions_of_a_deleted_integration_are_gone(store: Store) {
    let (acme, id) = connected(&store).await;
    let key = session_key(&acme, &id, 1);
    store.session_create(&key, &session_row(NOW), NOW).await.unwrap();

    store.integration_delete(&acme, State::Saved, &id, |_| entry()).await.unwrap();

    assert_eq!(issued_at(&store, &key, 0).await, Vec::<i64>::new());
}

async fn no_session_is_kept_for_an_integration_that_is_not_there(store: Store) {
    let acme = organization(&store, "acme").await;
    let key = session_key(&acme, &IntegrationId::from_text("int_gone"), 1);

    store.session_create(&key, &session_row(NOW), NOW).await.unwrap_err();
}
