use byob_core::{
    check::report::Health,
    id::{IntegrationId, OrganizationId},
    store::{NewEvent, Store, Verdict},
};

use crate::given::{NOW, check_row, integration, organization, saved_row};

crate::on_both_databases!(
    events_are_numbered_in_each_organization_without_gaps,
    whoever_reads_on_from_a_number_misses_nothing,
    old_events_are_dropped_and_their_numbers_not_used_again,
);

const DAY: i64 = 24 * 3600 * 1000;

async fn tell(store: &Store, organization: &OrganizationId, id: &IntegrationId, number: usize, now: i64) {
    let event = NewEvent { kind: "told", subject: id.to_string(), payload: format!(r#"{{"number": {number}}}"#) };
    let judge = |_: &_| Ok(Verdict { event: Some(event.clone()), ..Verdict::default() });
    store
        .check_keep(organization, &check_row(id, number, Health::Healthy), "{}", (now, None, None), judge)
        .await
        .unwrap();
}

async fn numbers(store: &Store, organization: &OrganizationId, after: i64) -> Vec<i64> {
    store.event_list(organization, after, 2).await.unwrap().into_iter().map(|event| event.sequence).collect()
}

async fn events_are_numbered_in_each_organization_without_gaps(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let first = integration(&store, &acme, saved_row("1")).await;
    let second = integration(&store, &globex, saved_row("2")).await;
    tell(&store, &acme, &first, 1, NOW).await;
    tell(&store, &globex, &second, 2, NOW).await;
    tell(&store, &acme, &first, 3, NOW).await;

    assert_eq!(numbers(&store, &acme, 0).await, [1, 2]);
    assert_eq!(numbers(&store, &globex, 0).await, [1]);
    let told = store.event_list(&acme, 1, 10).await.unwrap();
    assert_eq!((told[0].kind.as_str(), told[0].subject.as_str()), ("told", "int_1"));
    assert_eq!((told[0].payload.as_str(), told[0].created_at), (r#"{"number": 3}"#, NOW));
}

async fn whoever_reads_on_from_a_number_misses_nothing(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    for number in 1..=3 {
        tell(&store, &acme, &id, number, NOW).await;
    }

    assert_eq!(numbers(&store, &acme, 0).await, [1, 2]);
    assert_eq!(numbers(&store, &acme, 2).await, [3]);
    assert!(numbers(&store, &acme, 3).await.is_empty());
}

async fn old_events_are_dropped_and_their_numbers_not_used_again(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    tell(&store, &acme, &id, 1, NOW).await;
    tell(&store, &acme, &id, 2, NOW + 90 * DAY).await;
    assert_eq!(numbers(&store, &acme, 0).await, [1, 2]);

    tell(&store, &acme, &id, 3, NOW + 90 * DAY + 1).await;

    assert_eq!(numbers(&store, &acme, 0).await, [2, 3]);
}
