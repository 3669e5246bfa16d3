//! What every room expects of the database, proven on SQLite and on PostgreSQL with the same words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: where they cannot go on, the test has failed"
)]

mod accounts;
mod audit;
mod checks;
mod events;
mod given;
mod integrations;
mod jobs;
mod leases;
mod migrations;
mod organizations;
mod pages;
mod principal_roles;
mod saving;
mod sessions;
mod tokens;

/// Makes two tests of each function that takes a `Store`: one in `on_sqlite`, one in `on_postgres`.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $test() {
                let database = byob_e2e::Database::sqlite();
                super::$test(byob_core::store::Store::connect(&database.url()).await.unwrap()).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                let database = byob_e2e::Database::postgres().await;
                super::$test(byob_core::store::Store::connect(&database.url()).await.unwrap()).await;
            })+
        }
    };
}
use on_both_databases;
