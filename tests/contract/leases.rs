use byob_core::store::Store;
use futures::future::join_all;

use crate::given::NOW;

crate::on_both_databases!(
    a_lease_has_one_owner,
    a_lease_is_free_again_when_it_expires,
    a_lease_is_free_again_when_its_owner_gives_it_back,
    nobody_gives_back_the_lease_of_another,
    leases_of_other_names_are_others,
    of_eight_who_want_a_lease_at_once_exactly_one_gets_it,
);

async fn a_lease_has_one_owner(store: Store) {
    assert!(store.lease_take("work", "one", NOW, NOW + 1000).await.unwrap());

    assert!(!store.lease_take("work", "two", NOW + 999, NOW + 2000).await.unwrap());
}

async fn a_lease_is_free_again_when_it_expires(store: Store) {
    store.lease_take("work", "one", NOW, NOW + 1000).await.unwrap();

    assert!(store.lease_take("work", "two", NOW + 1000, NOW + 2000).await.unwrap());
    assert!(!store.lease_take("work", "one", NOW + 1000, NOW + 2000).await.unwrap());
}

async fn a_lease_is_free_again_when_its_owner_gives_it_back(store: Store) {
    store.lease_take("work", "one", NOW, NOW + 1000).await.unwrap();

    store.lease_release("work", "one").await.unwrap();

    assert!(store.lease_take("work", "two", NOW, NOW + 1000).await.unwrap());
}

async fn nobody_gives_back_the_lease_of_another(store: Store) {
    store.lease_take("work", "one", NOW, NOW + 1000).await.unwrap();

    store.lease_release("work", "two").await.unwrap();

    assert!(!store.lease_take("work", "two", NOW, NOW + 1000).await.unwrap());
}

async fn leases_of_other_names_are_others(store: Store) {
    store.lease_take("work", "one", NOW, NOW + 1000).await.unwrap();

    assert!(store.lease_take("other work", "two", NOW, NOW + 1000).await.unwrap());
}

async fn of_eight_who_want_a_lease_at_once_exactly_one_gets_it(store: Store) {
    let owners: Vec<String> = (0..8).map(|number| format!("owner {number}")).collect();

    let taken = join_all(owners.iter().map(|owner| store.lease_take("work", owner, NOW, NOW + 1000))).await;

    assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
}
