use std::sync::atomic::{AtomicUsize, Ordering};

use byob_core::{
    Error, Kind,
    store::{IntegrationRow, State, Store},
};
use futures::future::join_all;

use crate::given::{draft_row, entry, found, integration, organization, saved_row};

crate::on_both_databases!(
    names_are_unique_among_saved_integrations_and_free_among_drafts,
    organizations_may_use_the_same_name,
    a_deleted_name_is_free_again,
    the_judge_sees_every_saved_integration_and_no_draft,
    what_the_judge_refuses_is_not_written,
    of_eight_integrations_saved_at_once_for_one_scope_exactly_one_wins,
    of_eight_changes_at_once_of_one_integration_exactly_one_wins,
);

fn saved(row: IntegrationRow) -> IntegrationRow {
    IntegrationRow { state: State::Saved.as_str().into(), expires_at: None, ..row }
}

async fn names_are_unique_among_saved_integrations_and_free_among_drafts(store: Store) {
    let acme = organization(&store, "acme").await;
    let named = |id| IntegrationRow { name: Some("Images".into()), ..draft_row(id) };
    let first = integration(&store, &acme, named("1")).await;
    let second = integration(&store, &acme, named("2")).await;

    store.integration_update(&acme, &saved(found(&store, &acme, &first).await), &[], |_| Ok(())).await.unwrap();
    let twin = saved(found(&store, &acme, &second).await);
    let error = store.integration_update(&acme, &twin, &[], |_| Ok(())).await.unwrap_err();

    assert_eq!((error.kind(), error.code()), (Kind::Conflict, "name_taken"));
    assert_eq!(error.field_faults()[0].field, "name");
    assert_eq!(found(&store, &acme, &second).await.state, State::Draft.as_str());
}

async fn organizations_may_use_the_same_name(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let named = |id| IntegrationRow { name: Some("Images".into()), ..saved_row(id) };

    integration(&store, &acme, named("1")).await;
    integration(&store, &globex, named("2")).await;
}

async fn a_deleted_name_is_free_again(store: Store) {
    let acme = organization(&store, "acme").await;
    let named = |id| IntegrationRow { name: Some("Images".into()), ..saved_row(id) };
    let first = integration(&store, &acme, named("1")).await;

    store.integration_delete(&acme, State::Saved, &first, |_| entry()).await.unwrap();

    integration(&store, &acme, named("2")).await;
}

async fn the_judge_sees_every_saved_integration_and_no_draft(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    integration(&store, &acme, draft_row("1")).await;
    integration(&store, &acme, saved_row("2")).await;
    let third = integration(&store, &acme, saved_row("3")).await;
    integration(&store, &globex, saved_row("4")).await;

    let row = found(&store, &acme, &third).await;
    let judge = |others: &[IntegrationRow]| {
        let ids: Vec<&str> = others.iter().map(|other| other.id.as_str()).collect();
        assert_eq!(ids, ["int_2", "int_3"]);
        Ok(())
    };
    store.integration_update(&acme, &row, &[], judge).await.unwrap();
}

async fn what_the_judge_refuses_is_not_written(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let (before, revision) = (found(&store, &acme, &id).await, store.integration_revision(&acme).await.unwrap());

    let renamed = IntegrationRow { name: Some("Other".into()), ..before.clone() };
    let refuse = |_: &[IntegrationRow]| Err(Error::new(Kind::Conflict, "refused", "No."));
    let error = store.integration_update(&acme, &renamed, &[], refuse).await.unwrap_err();

    assert_eq!(error.code(), "refused");
    assert_eq!(format!("{:?}", found(&store, &acme, &id).await), format!("{before:?}"));
    assert_eq!(store.integration_revision(&acme).await.unwrap(), revision);
}

async fn of_eight_integrations_saved_at_once_for_one_scope_exactly_one_wins(store: Store) {
    let acme = organization(&store, "acme").await;
    let mut drafts = Vec::new();
    for number in 0..8 {
        let id = integration(&store, &acme, draft_row(&number.to_string())).await;
        drafts.push(saved(found(&store, &acme, &id).await));
    }
    let tied = || Error::new(Kind::Conflict, "scope_taken", "There is one already.");
    let only_the_first = |others: &[IntegrationRow]| if others.is_empty() { Ok(()) } else { Err(tied()) };

    let outcomes = join_all(drafts.iter().map(|row| store.integration_update(&acme, row, &[], only_the_first))).await;

    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(Error::code).collect();
    assert_eq!(refused, ["scope_taken"; 7]);
    assert_eq!(store.integration_list_saved(&acme).await.unwrap().len(), 1);
}

async fn of_eight_changes_at_once_of_one_integration_exactly_one_wins(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let row = found(&store, &acme, &id).await;
    let judged = AtomicUsize::new(0);
    let judge = |_: &[IntegrationRow]| {
        judged.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };

    let outcomes = join_all((0..8).map(|_| store.integration_update(&acme, &row, &[], judge))).await;

    let refused: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(Error::code).collect();
    assert_eq!(refused, ["changed_meanwhile"; 7]);
    assert_eq!((judged.into_inner(), found(&store, &acme, &id).await.version), (8, 2));
}
