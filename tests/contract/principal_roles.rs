use byob_core::{
    id::{IntegrationId, OrganizationId},
    store::{IntegrationRow, PrincipalRoleCounts, PrincipalRoleRow, State, Store},
};

use crate::given::{NOW, draft_row, entry, integration, organization, saved_row};

crate::on_both_databases!(
    a_principal_role_is_noted_down_once_and_keeps_what_is_known_of_it,
    a_role_outlives_its_integration_until_it_is_forgotten,
    a_role_that_is_wanted_and_settled_is_left_alone,
    a_role_is_left_over_when_its_draft_expires_or_trusts_in_another,
    those_that_were_not_looked_at_the_longest_come_first,
    roles_of_other_organizations_are_not_found,
    roles_of_all_organizations_are_counted,
);

const ARN: &str = "arn:aws:iam::111122223333:role/byob/one";

/// A draft or integration whose principal is this role, and the role, settled.
async fn in_use(store: &Store, acme: &OrganizationId, row: IntegrationRow) -> IntegrationId {
    let id = integration(store, acme, IntegrationRow { principal_arn: Some(ARN.into()), ..row }).await;
    store.principal_role_begin(acme, &id, "one", NOW).await.unwrap();
    store.principal_role_update(acme, &settled(&id), None).await.unwrap();
    id
}

fn settled(id: &IntegrationId) -> PrincipalRoleRow {
    PrincipalRoleRow {
        integration_id: id.to_string(),
        name: "one".into(),
        arn: Some(ARN.into()),
        targets: Some("[]".into()),
        settled: true,
    }
}

async fn left_over(store: &Store, organization: &OrganizationId, now: i64) -> Vec<String> {
    let rows = store.principal_role_list_unsettled(organization, now, 10).await.unwrap();
    rows.into_iter().map(|row| row.integration_id).collect()
}

async fn a_principal_role_is_noted_down_once_and_keeps_what_is_known_of_it(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = in_use(&store, &acme, draft_row("1")).await;

    store.principal_role_begin(&acme, &id, "another name", NOW + 1).await.unwrap();

    let found = store.principal_role_find(&acme, &id).await.unwrap().unwrap();
    assert_eq!(found, PrincipalRoleRow { settled: false, ..settled(&id) });
    assert_eq!(left_over(&store, &acme, NOW).await, [id.as_str()], "what is being changed is not settled");
}

async fn a_role_outlives_its_integration_until_it_is_forgotten(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = in_use(&store, &acme, saved_row("1")).await;

    store.integration_delete(&acme, State::Saved, &id, |_| entry()).await.unwrap();

    assert_eq!(left_over(&store, &acme, NOW).await, [id.as_str()]);
    store.principal_role_delete(&acme, &id, None).await.unwrap();
    assert_eq!(store.principal_role_find(&acme, &id).await.unwrap(), None);
    assert!(left_over(&store, &acme, NOW).await.is_empty());
}

async fn a_role_that_is_wanted_and_settled_is_left_alone(store: Store) {
    let acme = organization(&store, "acme").await;
    in_use(&store, &acme, saved_row("1")).await;
    in_use(&store, &acme, draft_row("2")).await;

    assert!(left_over(&store, &acme, NOW).await.is_empty());
}

async fn a_role_is_left_over_when_its_draft_expires_or_trusts_in_another(store: Store) {
    let acme = organization(&store, "acme").await;
    let draft = draft_row("1");
    let end = draft.expires_at.unwrap();
    let expiring = in_use(&store, &acme, draft).await;
    let other = in_use(&store, &acme, saved_row("2")).await;
    let row = PrincipalRoleRow { arn: Some("arn:aws:iam::111122223333:role/byob/two".into()), ..settled(&other) };
    store.principal_role_update(&acme, &row, None).await.unwrap();

    assert_eq!(left_over(&store, &acme, end - 1).await, [other.as_str()]);
    assert_eq!(left_over(&store, &acme, end).await, [expiring.as_str(), other.as_str()]);
}

async fn those_that_were_not_looked_at_the_longest_come_first(store: Store) {
    let acme = organization(&store, "acme").await;
    let ids = ["int_1", "int_2", "int_3"].map(IntegrationId::from_text);
    for id in &ids {
        store.principal_role_begin(&acme, id, id.as_str(), NOW).await.unwrap();
    }

    store.principal_role_swept(&acme, &ids[0], NOW + 2).await.unwrap();
    store.principal_role_swept(&acme, &ids[1], NOW + 1).await.unwrap();

    assert_eq!(left_over(&store, &acme, NOW).await, ["int_3", "int_2", "int_1"]);
}

async fn roles_of_other_organizations_are_not_found(store: Store) {
    let (acme, other) = (organization(&store, "acme").await, organization(&store, "other").await);
    let id = IntegrationId::from_text("int_1");
    store.principal_role_begin(&acme, &id, "one", NOW).await.unwrap();

    store.principal_role_delete(&other, &id, None).await.unwrap();
    store.principal_role_update(&other, &settled(&id), None).await.unwrap();

    assert_eq!(store.principal_role_find(&other, &id).await.unwrap(), None);
    assert!(left_over(&store, &other, NOW).await.is_empty());
    assert_eq!(store.principal_role_find(&acme, &id).await.unwrap().unwrap().arn, None);
}

async fn roles_of_all_organizations_are_counted(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    in_use(&store, &acme, draft_row("1")).await;
    let other = integration(&store, &globex, draft_row("2")).await;
    store.principal_role_begin(&globex, &other, "two", NOW).await.unwrap();

    assert_eq!(store.principal_role_count().await.unwrap(), PrincipalRoleCounts { settled: 1, unsettled: 1 });
}
