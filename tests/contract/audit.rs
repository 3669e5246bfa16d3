use byob_core::{
    Core, CoreConfig, Kind,
    audit::{Broken, Flaw, Verified},
    id::{OrganizationId, TokenId},
    runtime::{Clock, Rng},
    store::{EntryFilter, NewEntry, Store},
    vault::Vault,
};
use byob_e2e::Database;
use futures::future::join_all;
use sqlx::AssertSqlSafe;

use crate::given::{NOW, draft_row, entry, integration, organization, saved_row, token_row};

crate::on_both_databases!(
    entries_of_one_organization_are_numbered_without_gaps_however_many_write_at_once,
    what_is_refused_leaves_no_entry,
    what_happens_again_and_again_is_told_once,
    entries_are_found_by_what_was_done_to_what_and_by_whom,
    the_database_refuses_to_change_or_remove_entries,
);

async fn numbers(store: &Store, organization: &OrganizationId) -> Vec<i64> {
    store.audit_list_after(organization, 0, 1000).await.unwrap().into_iter().map(|entry| entry.number).collect()
}

async fn entries_of_one_organization_are_numbered_without_gaps_however_many_write_at_once(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);

    let write = async |number: usize| {
        let id = integration(&store, &acme, draft_row(&number.to_string())).await;
        store.token_create(&acme, &token_row(&number.to_string(), &acme), &id.to_string(), &entry()).await.unwrap();
    };
    join_all((0..20).map(write)).await;

    let entries = store.audit_list_after(&acme, 0, 1000).await.unwrap();
    assert_eq!(numbers(&store, &acme).await, (1..=41).collect::<Vec<_>>());
    assert!(entries.windows(2).all(|pair| pair[1].previous_hash == pair[0].hash));
    assert!(entries.iter().all(|entry| entry.hash == entry.computed_hash()));
    let head = store.audit_head(&acme).await.unwrap();
    assert_eq!((head.number, &head.hash), (41, &entries[40].hash));
    assert_eq!(numbers(&store, &globex).await, [1]);
}

async fn what_is_refused_leaves_no_entry(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let before = numbers(&store, &acme).await;
    let row = store.integration_find(&acme, &id).await.unwrap().unwrap();
    let refuse = |_: &[_]| Err(byob_core::Error::new(Kind::Conflict, "refused", "No."));

    store.integration_update(&acme, &row, &[entry()], refuse).await.unwrap_err();
    let old = byob_core::store::IntegrationRow { version: 7, ..row };
    store.integration_update(&acme, &old, &[entry()], |_| Ok(())).await.unwrap_err();
    store.token_delete(&acme, &TokenId::from_text("tok_none"), |_| entry()).await.unwrap_err();
    store.token_create(&acme, &token_row("first_of_acme", &acme), "hash", &entry()).await.unwrap_err();

    assert_eq!(numbers(&store, &acme).await, before);
    assert_eq!(store.audit_head(&acme).await.unwrap().number, 2);
}

async fn what_happens_again_and_again_is_told_once(store: Store) {
    let acme = organization(&store, "acme").await;
    let at = |created_at| NewEntry { action: "test.repeated", created_at, ..entry() };

    let told: Vec<bool> =
        join_all((0..5).map(|_| async { store.audit_record_once(&acme, &at(NOW), NOW - 1000).await.unwrap() })).await;

    assert_eq!(told.iter().filter(|told| **told).count(), 1);
    assert!(!store.audit_record_once(&acme, &at(NOW + 999), NOW - 1).await.unwrap());
    assert!(store.audit_record_once(&acme, &at(NOW + 1001), NOW + 1).await.unwrap());
}

async fn entries_are_found_by_what_was_done_to_what_and_by_whom(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let by = byob_core::audit::By::member(&byob_core::id::MemberId::from_text("mem_ada"), "ada@acme.example");
    let made = [
        NewEntry { object_id: "int_1".into(), ..entry() },
        NewEntry { object_id: "int_1".into(), action: "test.other", by: by.clone(), ..entry() },
        NewEntry { by: by.with_token("tok_ada", "Ada's"), ..entry() },
    ];
    for (number, entry) in made.iter().enumerate() {
        store.token_create(&acme, &token_row(&number.to_string(), &acme), &number.to_string(), entry).await.unwrap();
    }

    let found = async |organization: &OrganizationId, (action, object, actor): (&str, &str, &str), before, limit| {
        let filter = EntryFilter { action: action.into(), object: object.into(), actor: actor.into() };
        let rows = store.audit_list(organization, &filter, before, limit).await.unwrap();
        rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    assert_eq!(found(&acme, ("", "", ""), i64::MAX, 3).await, [4, 3, 2]);
    assert_eq!(found(&acme, ("", "", ""), 2, 3).await, [1]);
    assert_eq!(found(&acme, ("", "int_1", ""), i64::MAX, 9).await, [3, 2]);
    assert_eq!(found(&acme, ("test.other", "int_1", ""), i64::MAX, 9).await, [3]);
    assert_eq!(found(&acme, ("", "", "mem_ada"), i64::MAX, 9).await, [4, 3]);
    assert_eq!(found(&acme, ("", "", "tok_ada"), i64::MAX, 9).await, [4]);
    assert!(found(&globex, ("", "int_1", ""), i64::MAX, 9).await.is_empty());
}

async fn the_database_refuses_to_change_or_remove_entries(store: Store) {
    organization(&store, "acme").await;
    for statement in
        ["UPDATE audit_entries SET details = '{}'", "DELETE FROM audit_entries", "DELETE FROM organizations"]
    {
        let refused = run(&store, statement.to_owned()).await.unwrap_err().to_string();
        assert!(refused.contains("never") || refused.to_lowercase().contains("foreign key"), "{statement}: {refused}");
    }
}

async fn run(store: &Store, statement: String) -> Result<u64, sqlx::Error> {
    match store {
        Store::Sqlite(pool) => {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(pool).await.map(|done| done.rows_affected())
        }
        Store::Postgres(pool) => {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(pool).await.map(|done| done.rows_affected())
        }
    }
}

type Tampered = (&'static str, &'static str, Option<(i64, Flaw)>);

/// What somebody does who can write to the database, and the first entry that does not fit then.
const TAMPERED: &[Tampered] = &[
    ("nothing", "", None),
    ("changed", "UPDATE audit_entries SET object_name = 'Other' WHERE number = 3", Some((3, Flaw::Changed))),
    ("changed time", "UPDATE audit_entries SET created_at = created_at + 1 WHERE number = 3", Some((3, Flaw::Changed))),
    ("changed details", "UPDATE audit_entries SET details = '{' WHERE number = 3", Some((3, Flaw::Changed))),
    ("another hash", "UPDATE audit_entries SET hash = previous_hash WHERE number = 3", Some((3, Flaw::Changed))),
    ("deleted", "DELETE FROM audit_entries WHERE number = 3", Some((3, Flaw::Missing))),
    ("deleted at the beginning", "DELETE FROM audit_entries WHERE number = 1", Some((1, Flaw::Missing))),
    ("cut off", "DELETE FROM audit_entries WHERE number > 4", Some((5, Flaw::Missing))),
    ("all gone", "DELETE FROM audit_entries", Some((1, Flaw::Missing))),
    (
        "cut off, and counted anew",
        "DELETE FROM audit_entries WHERE number > 4; UPDATE organizations SET audit_entries = 4",
        Some((4, Flaw::NotTheEnd)),
    ),
    (
        "reordered",
        "UPDATE audit_entries SET number = 99 WHERE number = 3; UPDATE audit_entries SET number = 3 WHERE number = 4; \
         UPDATE audit_entries SET number = 4 WHERE number = 99",
        Some((3, Flaw::Unlinked)),
    ),
    (
        "closed up",
        "DELETE FROM audit_entries WHERE number = 3; UPDATE audit_entries SET number = 3 WHERE number = 4; \
         UPDATE audit_entries SET number = 4 WHERE number = 5",
        Some((3, Flaw::Unlinked)),
    ),
    (
        "inserted",
        "INSERT INTO audit_entries SELECT organization_id, 6, created_at, actor_kind, actor_id, actor_name, token_id, token_name, action, \
         object_kind, object_id, object_name, details, request_id, hash, hash FROM audit_entries WHERE number = 5",
        Some((6, Flaw::Changed)),
    ),
    (
        "inserted before the first",
        "INSERT INTO audit_entries SELECT organization_id, -5, created_at, actor_kind, actor_id, actor_name, token_id, token_name, action, \
         object_kind, object_id, object_name, details, request_id, hash, hash FROM audit_entries WHERE number = 5",
        Some((-5, Flaw::Added)),
    ),
    ("counted less", "UPDATE organizations SET audit_entries = 4, audit_head = ''", Some((5, Flaw::NotTheEnd))),
    (
        "cut off, counted anew, with the right hash: only a hash noted elsewhere tells",
        "DELETE FROM audit_entries WHERE number > 4; UPDATE organizations SET audit_entries = 4, \
         audit_head = (SELECT hash FROM audit_entries WHERE number = 4)",
        None,
    ),
];

#[tokio::test]
async fn whoever_tampers_with_entries_is_found_out_on_sqlite() {
    let unlock = "DROP TRIGGER IF EXISTS audit_entries_stay; DROP TRIGGER IF EXISTS audit_entries_remain;";
    for case in TAMPERED {
        found_out(&Database::sqlite(), unlock, case).await;
    }
}

#[tokio::test]
async fn whoever_tampers_with_entries_is_found_out_on_postgres() {
    for case in TAMPERED {
        found_out(&Database::postgres().await, "DROP TRIGGER audit_entries_stay ON audit_entries;", case).await;
    }
}

async fn found_out(database: &Database, unlock: &str, (what, statements, expected): &Tampered) {
    let core = core(database).await;
    let acme = organization(core.store(), "acme").await;
    for number in 2..=5 {
        store_one(core.store(), &acme, number).await;
    }
    run(core.store(), format!("{unlock} {statements}")).await.unwrap();

    let Verified { whole, entries, broken, .. } = core.verify_audit(&acme).await.unwrap();

    assert_eq!(broken, expected.map(|(number, flaw)| Broken { number, flaw }), "{what}");
    assert_eq!(whole, expected.is_none(), "{what}");
    assert!(
        broken.is_none_or(|broken| entries < broken.number || matches!(broken.flaw, Flaw::NotTheEnd | Flaw::Added)),
        "{what}: {entries}"
    );
}

async fn store_one(store: &Store, organization: &OrganizationId, number: i64) {
    let row = token_row(&number.to_string(), organization);
    store.token_create(organization, &row, &number.to_string(), &entry()).await.unwrap();
}

async fn core(database: &Database) -> Core {
    let config = CoreConfig {
        database_url: database.url().into(),
        encryption_key: Vault::new_key(&Rng).into(),
        platform: byob_core::aws_io::platform::PlatformConfig {
            region: "us-east-1".into(),
            sts_endpoint_url: None,
            credentials: None,
            shared_principal_arn: None,
            account_id: None,
            principal_role_path: None,
            principal_role_boundary_arn: None,
            iam_endpoint_url: None,
        },
        allowed_addresses: Vec::new(),
        origins: vec!["https://console.example.com".into()],
        quick_create_template_url: None,
        public_buckets: Vec::new(),
        check_interval: 0,
        check_delay: 0,
    };
    Core::start(config, Clock::system(), Rng).await.unwrap()
}
