use byob_core::store::Store;
use byob_e2e::Database;
use futures::future::join_all;

use crate::given::organization;

#[tokio::test]
async fn tables_are_brought_up_to_date_twice_without_harm_on_sqlite() {
    twice(&Database::sqlite()).await;
}

#[tokio::test]
async fn tables_are_brought_up_to_date_twice_without_harm_on_postgres() {
    twice(&Database::postgres().await).await;
}

#[tokio::test]
async fn replicas_may_start_at_once_on_an_empty_database_on_sqlite() {
    at_once(&Database::sqlite()).await;
}

#[tokio::test]
async fn replicas_may_start_at_once_on_an_empty_database_on_postgres() {
    at_once(&Database::postgres().await).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_told_without_its_password() {
    let error = Store::connect("postgres://someone:hunter2@127.0.0.1:port/byob").await.unwrap_err();

    assert_eq!(error.code(), "database_unavailable");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

async fn twice(database: &Database) {
    let first = Store::connect(&database.url()).await.unwrap();
    let acme = organization(&first, "acme").await;
    first.close().await;

    let second = Store::connect(&database.url()).await.unwrap();

    assert_eq!(second.organization_get(&acme).await.unwrap().name, "acme");
}

async fn at_once(database: &Database) {
    let url = database.url();

    let stores = join_all((0..8).map(|_| Store::connect(&url))).await;

    for store in stores {
        store.unwrap().ping().await.unwrap();
    }
}
