use byob_core::{
    Kind,
    check::report::Health,
    id::{MemberId, OrganizationId},
    store::{ByHealth, CheckRow, IntegrationRow, MemberRow, OrganizationRow, Safety, Store, TokenRow, Verdict},
};

use crate::given::{
    NOW, admin_row, check_row, draft_row, entry, first_hash, integration, organization, organization_row, saved_row,
    token_row,
};

crate::on_both_databases!(
    an_organization_comes_with_its_first_member_and_a_token,
    without_its_first_member_there_is_no_organization,
    without_its_first_token_there_is_neither_organization_nor_member,
    the_name_of_an_organization_is_unique,
    an_organization_is_renamed_to_a_name_that_nobody_has,
    what_is_in_an_organization_is_counted_and_nothing_of_another,
    organizations_in_which_something_does_not_work_are_found,
    an_organization_that_is_not_there_is_not_found,
    an_organization_is_renamed_alone_and_to_a_name_that_nobody_has,
    a_member_is_found_in_their_own_organization_only,
    the_first_admin_is_found_in_their_own_organization_only,
);

async fn an_organization_comes_with_its_first_member_and_a_token(store: Store) {
    let acme = organization(&store, "acme").await;

    let found = store.organization_get(&acme).await.unwrap();
    assert_eq!((found.name, found.created_at), ("acme".to_owned(), NOW));
    let member = store.member_find(&acme, &MemberId::from_text("mem_acme")).await.unwrap().unwrap();
    assert_eq!((member.email.as_str(), member.role.as_str()), ("admin@acme.example", "admin"));
    let token = store.token_find_by_hash(&first_hash("acme"), NOW).await.unwrap().unwrap();
    assert_eq!((token.organization_id.as_deref(), token.member_id.as_deref()), (Some("org_acme"), Some("mem_acme")));
}

async fn without_its_first_member_there_is_no_organization(store: Store) {
    organization(&store, "acme").await;
    let globex = OrganizationId::from_text("org_globex");
    let taken = MemberRow { id: "mem_acme".into(), ..admin_row("globex") };

    let made = store
        .organization_create(&organization_row("globex"), &taken, Some((&token_row("g", &globex), "hash")), &entry())
        .await;

    made.unwrap_err();
    assert_eq!(store.organization_get(&globex).await.unwrap_err().kind(), Kind::NotFound);
    assert!(store.token_find_by_hash("hash", NOW).await.unwrap().is_none());
}

async fn without_its_first_token_there_is_neither_organization_nor_member(store: Store) {
    let acme = organization(&store, "acme").await;
    let globex = OrganizationId::from_text("org_globex");
    let taken = TokenRow { id: token_row("first_of_acme", &acme).id, ..token_row("g", &globex) };

    let made = store
        .organization_create(&organization_row("globex"), &admin_row("globex"), Some((&taken, "hash")), &entry())
        .await;

    made.unwrap_err();
    assert_eq!(store.organization_get(&globex).await.unwrap_err().kind(), Kind::NotFound);
    assert!(store.member_find(&globex, &MemberId::from_text("mem_globex")).await.unwrap().is_none());
}

async fn the_name_of_an_organization_is_unique(store: Store) {
    organization(&store, "acme").await;
    let twin = OrganizationRow { id: "org_twin".into(), ..organization_row("acme") };
    let token = token_row("twin", &OrganizationId::from_text("org_twin"));

    let error =
        store.organization_create(&twin, &admin_row("twin"), Some((&token, "hash")), &entry()).await.unwrap_err();

    assert_eq!((error.kind(), error.code()), (Kind::Conflict, "organization_name_taken"));
    assert_eq!(store.organization_list("", 10).await.unwrap().len(), 1);
}

async fn an_organization_that_is_not_there_is_not_found(store: Store) {
    let nobody = OrganizationId::from_text("org_nobody");

    assert_eq!(store.organization_get(&nobody).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(store.integration_revision(&nobody).await.unwrap_err().kind(), Kind::NotFound);
}

async fn an_organization_is_renamed_alone_and_to_a_name_that_nobody_has(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);

    store.organization_rename(&acme, "Acme Robotics", |_| entry()).await.unwrap();
    store.organization_rename(&acme, "Acme Robotics", |_| entry()).await.unwrap();
    let taken = store.organization_rename(&acme, "globex", |_| entry()).await.unwrap_err();
    let nobody =
        store.organization_rename(&OrganizationId::from_text("org_nobody"), "Nobody", |_| entry()).await.unwrap_err();

    assert_eq!(
        (taken.kind(), taken.code(), nobody.kind()),
        (Kind::Conflict, "organization_name_taken", Kind::NotFound)
    );
    assert_eq!(store.organization_get(&acme).await.unwrap().name, "Acme Robotics");
    assert_eq!(store.organization_get(&globex).await.unwrap().name, "globex");
}

async fn a_member_is_found_in_their_own_organization_only(store: Store) {
    organization(&store, "acme").await;
    let globex = organization(&store, "globex").await;

    assert!(store.member_find(&globex, &MemberId::from_text("mem_acme")).await.unwrap().is_none());
}

async fn the_first_admin_is_found_in_their_own_organization_only(store: Store) {
    let acme = organization(&store, "acme").await;

    assert_eq!(store.member_find_first_admin(&acme).await.unwrap().unwrap().id, "mem_acme");
    assert!(store.member_find_first_admin(&OrganizationId::from_text("org_globex")).await.unwrap().is_none());
}

async fn an_organization_is_renamed_to_a_name_that_nobody_has(store: Store) {
    let acme = organization(&store, "acme").await;
    organization(&store, "globex").await;

    let taken = store.organization_rename(&acme, "globex", |_| entry()).await.unwrap_err();
    let nobody =
        store.organization_rename(&OrganizationId::from_text("org_nobody"), "x", |_| entry()).await.unwrap_err();
    store.organization_rename(&acme, "initech", |_| entry()).await.unwrap();

    assert_eq!((taken.code(), nobody.kind()), ("organization_name_taken", Kind::NotFound));
    assert_eq!(store.organization_get(&acme).await.unwrap().name, "initech");
}

/// An integration that a check has found to be of this health.
async fn checked(store: &Store, organization: &OrganizationId, row: IntegrationRow, health: Health) {
    let id = integration(store, organization, row).await;
    let verdict = Verdict {
        health: Some((health.as_str(), "[]".into())),
        safety: None,
        granted: false,
        event: None,
        next_run: None,
    };
    let check = CheckRow { id: format!("check of {id}"), ..check_row(&id, 1, health) };
    store.check_keep(organization, &check, "{}", (NOW, None, None), |_| Ok(verdict.clone())).await.unwrap();
}

async fn what_is_in_an_organization_is_counted_and_nothing_of_another(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    for (number, health) in Health::ALL.into_iter().enumerate() {
        checked(&store, &acme, saved_row(&number.to_string()), health).await;
    }
    let found_unsafe = IntegrationRow { safety: Safety::Unsafe.as_str().into(), ..saved_row("5") };
    checked(&store, &acme, found_unsafe, Health::Healthy).await;
    checked(&store, &acme, IntegrationRow { enabled: false, ..saved_row("6") }, Health::Unhealthy).await;
    integration(&store, &acme, draft_row("7")).await;

    let found = store.organization_overview(&acme).await.unwrap();
    assert_eq!((found.name.as_str(), found.members, found.joined), ("acme", 1, 0));
    assert_eq!((found.drafts, found.turned_off), (1, 1));
    let by_health = ByHealth { healthy: 1, degraded: 1, unhealthy: 1, is_unsafe: 2, unknown: 1 };
    assert_eq!(found.turned_on, by_health);
    assert!(found.is_in_use());
    let other = store.organization_overview(&globex).await.unwrap();
    assert!(!other.is_in_use() && other.turned_on == ByHealth::default());
    let all = store.organization_overviews("", 1).await.unwrap();
    assert_eq!((all.len(), all[0].id.as_str()), (1, "org_acme"));
    assert_eq!(store.organization_overviews("org_acme", 10).await.unwrap()[0].id, "org_globex");
    let health = store.health_count().await.unwrap();
    assert_eq!(health.iter().map(|(_, count)| count).sum::<i64>(), by_health.total(), "metrics count the same");
}

async fn organizations_in_which_something_does_not_work_are_found(store: Store) {
    for (name, row, health) in [
        ("fine", saved_row("1"), Health::Degraded),
        ("ill", saved_row("2"), Health::Unhealthy),
        ("off", IntegrationRow { enabled: false, ..saved_row("3") }, Health::Unhealthy),
        ("danger", IntegrationRow { safety: Safety::Unsafe.as_str().into(), ..saved_row("4") }, Health::Healthy),
    ] {
        let id = organization(&store, name).await;
        checked(&store, &id, row, health).await;
    }

    let names: Vec<String> =
        store.organization_list_unwell(10).await.unwrap().into_iter().map(|row| row.name).collect();

    assert_eq!(names, ["danger", "ill"]);
}
