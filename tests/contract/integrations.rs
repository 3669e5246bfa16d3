use byob_core::{
    Kind,
    id::IntegrationId,
    store::{IntegrationRow, State, Store},
};

use crate::given::{NOW, draft_row, entry, found, integration, organization, saved_row};

crate::on_both_databases!(
    every_column_comes_back_as_it_was_written,
    an_external_id_is_used_once_on_the_whole_platform,
    another_organization_finds_lists_changes_and_deletes_nothing,
    a_draft_is_no_integration_and_the_other_way_round,
    an_update_changes_neither_external_id_nor_time_of_creation,
    a_row_is_written_only_at_the_version_at_which_it_was_read,
    expired_drafts_are_not_listed,
    stale_drafts_are_dropped_and_nothing_else,
    every_change_of_an_integration_raises_the_revision,
    a_use_is_written_once_for_a_while_and_is_no_change,
    notes_are_of_a_draft_alone_and_no_change,
);

async fn every_column_comes_back_as_it_was_written(store: Store) {
    let acme = organization(&store, "acme").await;
    let row = IntegrationRow { sealed_secret: Some("sealed".into()), enabled: false, ..draft_row("1") };
    let id = integration(&store, &acme, row.clone()).await;

    assert_eq!(format!("{:?}", found(&store, &acme, &id).await), format!("{row:?}"));
}

async fn an_external_id_is_used_once_on_the_whole_platform(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    integration(&store, &acme, draft_row("1")).await;
    let twin = IntegrationRow { external_id: draft_row("1").external_id, ..draft_row("2") };

    store.integration_create(&globex, &twin, &entry()).await.unwrap_err();
    store.integration_create(&acme, &twin, &entry()).await.unwrap_err();

    assert!(store.integration_find(&acme, &IntegrationId::from_text("int_2")).await.unwrap().is_none());
}

async fn another_organization_finds_lists_changes_and_deletes_nothing(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let draft = integration(&store, &acme, draft_row("1")).await;
    let saved = integration(&store, &acme, saved_row("2")).await;

    for (state, id) in [(State::Draft, &draft), (State::Saved, &saved)] {
        let before = found(&store, &acme, id).await;
        assert!(store.integration_find(&globex, id).await.unwrap().is_none());
        assert_eq!(store.integration_get(&globex, state, id).await.unwrap_err().kind(), Kind::NotFound);
        assert!(store.integration_list(&globex, state, "", NOW, 10).await.unwrap().is_empty());
        let renamed = IntegrationRow { name: Some("Mine".into()), ..before.clone() };
        store.integration_update(&globex, &renamed, &[], |_| Ok(())).await.unwrap_err();
        assert_eq!(store.integration_delete(&globex, state, id, |_| entry()).await.unwrap_err().kind(), Kind::NotFound);
        store.integration_delete_stale_drafts(&globex, i64::MAX, |_| entry()).await.unwrap();
        assert_eq!(format!("{:?}", found(&store, &acme, id).await), format!("{before:?}"));
    }
    assert!(store.integration_list_saved(&globex).await.unwrap().is_empty());
}

async fn a_draft_is_no_integration_and_the_other_way_round(store: Store) {
    let acme = organization(&store, "acme").await;
    let draft = integration(&store, &acme, draft_row("1")).await;
    let saved = integration(&store, &acme, saved_row("2")).await;

    assert!(store.integration_get(&acme, State::Saved, &draft).await.is_err());
    assert!(store.integration_get(&acme, State::Draft, &saved).await.is_err());
    assert!(store.integration_delete(&acme, State::Saved, &draft, |_| entry()).await.is_err());
    assert!(store.integration_delete(&acme, State::Draft, &saved, |_| entry()).await.is_err());
    assert_eq!(store.integration_list_saved(&acme).await.unwrap().len(), 1);
}

async fn an_update_changes_neither_external_id_nor_time_of_creation(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, draft_row("1")).await;
    let before = found(&store, &acme, &id).await;
    let changed = IntegrationRow { external_id: "chosen".into(), created_at: 0, updated_at: NOW + 1, ..before.clone() };

    store.integration_update(&acme, &changed, &[], |_| Ok(())).await.unwrap();

    let after = found(&store, &acme, &id).await;
    assert_eq!((after.external_id, after.created_at), (before.external_id, before.created_at));
    assert_eq!((after.updated_at, after.version), (NOW + 1, 2));
}

async fn a_row_is_written_only_at_the_version_at_which_it_was_read(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let read_twice = found(&store, &acme, &id).await;

    store.integration_update(&acme, &read_twice, &[], |_| Ok(())).await.unwrap();
    let late = IntegrationRow { name: Some("Late".into()), ..read_twice };
    let error = store.integration_update(&acme, &late, &[], |_| Ok(())).await.unwrap_err();

    assert_eq!((error.kind(), error.code()), (Kind::Conflict, "changed_meanwhile"));
    assert_eq!(found(&store, &acme, &id).await.name.as_deref(), Some("Bucket 1"));
}

async fn expired_drafts_are_not_listed(store: Store) {
    let acme = organization(&store, "acme").await;
    integration(&store, &acme, draft_row("1")).await;
    let expires_at = draft_row("1").expires_at.unwrap();

    assert_eq!(store.integration_list(&acme, State::Draft, "", expires_at - 1, 10).await.unwrap().len(), 1);
    assert!(store.integration_list(&acme, State::Draft, "", expires_at, 10).await.unwrap().is_empty());
}

async fn stale_drafts_are_dropped_and_nothing_else(store: Store) {
    let acme = organization(&store, "acme").await;
    let stale = integration(&store, &acme, IntegrationRow { expires_at: Some(NOW - 1), ..draft_row("1") }).await;
    let fresh = integration(&store, &acme, draft_row("2")).await;
    let saved = integration(&store, &acme, saved_row("3")).await;

    store.integration_delete_stale_drafts(&acme, NOW, |_| entry()).await.unwrap();

    assert!(store.integration_find(&acme, &stale).await.unwrap().is_none());
    found(&store, &acme, &fresh).await;
    found(&store, &acme, &saved).await;
}

async fn every_change_of_an_integration_raises_the_revision(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let first = store.integration_revision(&acme).await.unwrap();

    let row = found(&store, &acme, &id).await;
    store.integration_update(&acme, &row, &[], |_| Ok(())).await.unwrap();
    let second = store.integration_revision(&acme).await.unwrap();
    store.integration_delete(&acme, State::Saved, &id, |_| entry()).await.unwrap();
    let third = store.integration_revision(&acme).await.unwrap();

    assert!(first < second && second < third, "{first} {second} {third}");
}

async fn a_use_is_written_once_for_a_while_and_is_no_change(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let id = integration(&store, &acme, saved_row("1")).await;
    let revision = store.integration_revision(&acme).await.unwrap();

    let mut seen = Vec::new();
    for (by, now) in [(&globex, NOW), (&acme, NOW), (&acme, NOW + 59_999), (&acme, NOW + 60_000)] {
        store.integration_note_use(by, &id, now, now - 60_000).await.unwrap();
        let row = found(&store, &acme, &id).await;
        seen.push(row.last_used_at);
        assert_eq!((row.version, row.updated_at), (1, saved_row("1").updated_at));
    }

    assert_eq!(seen, [None, Some(NOW), Some(NOW), Some(NOW + 60_000)]);
    assert_eq!(store.integration_revision(&acme).await.unwrap(), revision);
}

async fn notes_are_of_a_draft_alone_and_no_change(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let draft = integration(&store, &acme, draft_row("1")).await;
    let saved = integration(&store, &acme, saved_row("2")).await;
    let before = found(&store, &acme, &draft).await;

    assert!(store.integration_set_notes(&acme, &draft, None, Some("{}"), NOW + 1).await.unwrap());
    for (organization, id, before) in [(&globex, &draft, Some("{}")), (&acme, &saved, None), (&acme, &draft, None)] {
        let set = store.integration_set_notes(organization, id, before, Some("{\"x\": 1}"), NOW + 2).await.unwrap();
        assert!(!set, "of another organization, of no draft, or after somebody else");
    }

    let noted = found(&store, &acme, &draft).await;
    assert_eq!((noted.notes.as_deref(), noted.expires_at), (Some("{}"), Some(NOW + 1)));
    assert_eq!((noted.version, noted.updated_at), (before.version, before.updated_at));
    store.integration_update(&acme, &noted, &[], |_| Ok(())).await.unwrap();
    let changed = found(&store, &acme, &draft).await;
    assert_eq!(changed.notes.as_deref(), Some("{}"), "settings are something else");
    let row = IntegrationRow { state: State::Saved.as_str().into(), expires_at: None, ..changed };
    store.integration_update(&acme, &row, &[], |_| Ok(())).await.unwrap();
    assert_eq!(found(&store, &acme, &draft).await.notes, None, "saving drops them");
}
