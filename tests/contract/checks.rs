use byob_core::{
    Kind,
    check::report::Health,
    id::{CheckId, IntegrationId, OrganizationId},
    store::{
        CHECK, CheckRow, IntegrationRow, JobRow, Kept, KnownRow, NewEvent, NextRun, Safety, State, Store, Taking,
        Verdict,
    },
};
use futures::future::join_all;

use crate::given::{
    NOW, check_row, draft_row, due, entry, found, integration, organization, saved_row, session_key, session_row,
};

crate::on_both_databases!(
    checks_are_listed_newest_first_page_by_page,
    a_check_is_found_in_its_own_organization_and_integration_only,
    a_report_is_kept_letter_by_letter,
    the_newest_fifty_are_kept_and_the_last_good_one,
    a_check_sets_the_health_and_neither_version_nor_revision,
    a_check_that_learned_nothing_leaves_the_health_alone,
    the_next_check_is_judged_by_what_the_last_one_left,
    checks_that_end_at_once_are_judged_one_after_the_other,
    what_is_seen_of_a_roles_safety_counts_with_the_check,
    a_check_whose_job_was_lost_writes_nothing,
    a_check_of_an_integration_that_is_gone_writes_nothing,
    what_the_judge_refuses_is_not_kept,
    the_checks_of_a_deleted_integration_are_gone,
    of_a_draft_the_newest_check_is_kept,
    a_role_that_is_not_safe_is_due_to_be_checked,
    another_role_is_not_unsafe_because_the_last_one_was,
    health_is_counted_over_all_organizations,
);

const NOTHING: Verdict = Verdict { health: None, safety: None, granted: false, event: None, next_run: None };

fn verdict(health: Health) -> Verdict {
    Verdict { health: Some((health.as_str(), "[]".into())), ..NOTHING }
}

async fn keep(store: &Store, organization: &OrganizationId, check: &CheckRow, verdict: Verdict) -> Kept {
    store.check_keep(organization, check, "{}", (NOW, None, None), |_| Ok(verdict.clone())).await.unwrap()
}

async fn keep_one(store: &Store, organization: &OrganizationId, id: &IntegrationId, number: usize, health: Health) {
    let kept = keep(store, organization, &check_row(id, number, health), verdict(health)).await;
    assert_eq!(kept, Kept::Done { safety_changed: false });
}

async fn ids(
    store: &Store,
    organization: &OrganizationId,
    id: &IntegrationId,
    cursor: &str,
    limit: i64,
) -> Vec<String> {
    store.check_list(organization, id, cursor, limit).await.unwrap().into_iter().map(|check| check.id).collect()
}

async fn checks_are_listed_newest_first_page_by_page(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    for number in [1, 2, 3] {
        keep_one(&store, &acme, &id, number, Health::Healthy).await;
    }

    assert_eq!(ids(&store, &acme, &id, "", 2).await, ["chk_003", "chk_002"]);
    assert_eq!(ids(&store, &acme, &id, "chk_002", 2).await, ["chk_001"]);
}

async fn a_check_is_found_in_its_own_organization_and_integration_only(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    let id = integration(&store, &acme, saved_row("1")).await;
    let other = integration(&store, &acme, saved_row("2")).await;
    keep_one(&store, &acme, &id, 1, Health::Healthy).await;
    let check = CheckId::from_text("chk_001");

    assert_eq!(store.check_get(&acme, &id, &check).await.unwrap().check.id, "chk_001");
    for (organization, id) in [(&globex, &id), (&acme, &other)] {
        assert_eq!(store.check_get(organization, id, &check).await.unwrap_err().kind(), Kind::NotFound);
        assert!(ids(&store, organization, id, "", 10).await.is_empty());
        assert!(store.check_find_last(organization, id).await.unwrap().is_none());
        assert!(store.check_find_last_good(organization, id, "chk_999").await.unwrap().is_none());
    }
    let foreign = keep(&store, &globex, &check_row(&id, 2, Health::Unsafe), verdict(Health::Unsafe)).await;
    assert_eq!(foreign, Kept::Lost);
    assert_eq!(found(&store, &acme, &id).await.health, "healthy");
}

async fn a_report_is_kept_letter_by_letter(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let report = r#"{ "z": 1,  "a": "ü\u0000" }"#;

    let check = check_row(&id, 1, Health::Healthy);
    store.check_keep(&acme, &check, report, (NOW, None, None), |_| Ok(NOTHING)).await.unwrap();

    assert_eq!(store.check_get(&acme, &id, &CheckId::from_text("chk_001")).await.unwrap().report, report);
}

async fn the_newest_fifty_are_kept_and_the_last_good_one(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let other = integration(&store, &acme, saved_row("2")).await;
    keep_one(&store, &acme, &other, 0, Health::Unhealthy).await;
    for number in 1..=60 {
        let health = if [2, 4].contains(&number) { Health::Healthy } else { Health::Unhealthy };
        keep_one(&store, &acme, &id, number, health).await;
    }

    let kept = ids(&store, &acme, &id, "", 200).await;

    assert_eq!(kept.len(), 51);
    assert_eq!((kept[0].as_str(), kept[49].as_str(), kept[50].as_str()), ("chk_060", "chk_011", "chk_004"));
    let good = store.check_find_last_good(&acme, &id, "chk_060").await.unwrap().unwrap();
    assert_eq!(good.id, "chk_004");
    assert!(store.check_find_last_good(&acme, &id, "chk_004").await.unwrap().is_none(), "only those before it");
    assert_eq!(ids(&store, &acme, &other, "", 10).await, ["chk_000"]);
}

async fn a_check_sets_the_health_and_neither_version_nor_revision(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let revision = store.integration_revision(&acme).await.unwrap();

    keep_one(&store, &acme, &id, 1, Health::Degraded).await;

    let row = found(&store, &acme, &id).await;
    assert_eq!((row.health.as_str(), row.checked_at, row.version), ("degraded", Some(NOW), 1));
    assert_eq!(row.good_at, Some(NOW), "it works, if with reservations");
    assert_eq!(store.integration_revision(&acme).await.unwrap(), revision);
}

async fn a_check_that_learned_nothing_leaves_the_health_alone(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    keep_one(&store, &acme, &id, 1, Health::Healthy).await;

    let later = (NOW + 5, None, None);
    let check = check_row(&id, 2, Health::Unknown);
    store.check_keep(&acme, &check, "{}", later, |_| Ok(Verdict::default())).await.unwrap();

    let row = found(&store, &acme, &id).await;
    assert_eq!((row.health.as_str(), row.checked_at, row.good_at), ("healthy", Some(NOW + 5), Some(NOW)));
    assert_eq!(ids(&store, &acme, &id, "", 10).await.len(), 2);
}

async fn the_next_check_is_judged_by_what_the_last_one_left(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let first = Verdict { health: Some(("unhealthy", "[1]".into())), ..NOTHING };
    keep(&store, &acme, &check_row(&id, 1, Health::Unhealthy), first).await;

    let judge = |known: &KnownRow| {
        assert_eq!((known.version, known.health.as_str(), known.known_steps.as_str()), (1, "unhealthy", "[1]"));
        Ok(NOTHING)
    };
    store.check_keep(&acme, &check_row(&id, 2, Health::Healthy), "{}", (NOW, None, None), judge).await.unwrap();
}

async fn checks_that_end_at_once_are_judged_one_after_the_other(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let count = |known: &KnownRow| {
        let next = known.known_steps.trim_matches(['[', ']']).parse().unwrap_or(0) + 1;
        let event = NewEvent { kind: "counted", subject: id.to_string(), payload: next.to_string() };
        Ok(Verdict { health: Some(("healthy", format!("[{next}]"))), event: Some(event), ..NOTHING })
    };

    let checks: Vec<CheckRow> = (0..8).map(|number| check_row(&id, number, Health::Healthy)).collect();
    join_all(checks.iter().map(|check| store.check_keep(&acme, check, "{}", (NOW, None, None), count))).await;

    let events = store.event_list(&acme, 0, 100).await.unwrap();
    let seen: Vec<(i64, String)> = events.into_iter().map(|event| (event.sequence, event.payload)).collect();
    assert_eq!(seen, (1..=8).map(|number| (number, number.to_string())).collect::<Vec<_>>());
}

async fn what_is_seen_of_a_roles_safety_counts_with_the_check(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let key = session_key(&acme, &id, 1);
    store.session_create(&key, &session_row(NOW), NOW).await.unwrap();
    let revision = store.integration_revision(&acme).await.unwrap();
    let unsafe_now = Verdict { safety: Some(Safety::Unsafe), ..verdict(Health::Unsafe) };

    let first = keep(&store, &acme, &check_row(&id, 1, Health::Unsafe), unsafe_now.clone()).await;
    let second = keep(&store, &acme, &check_row(&id, 2, Health::Unsafe), unsafe_now).await;

    assert_eq!([first, second], [Kept::Done { safety_changed: true }, Kept::Done { safety_changed: false }]);
    assert_eq!(found(&store, &acme, &id).await.safety, "unsafe");
    assert!(store.session_list(&key, NOW).await.unwrap().is_empty());
    assert_eq!(store.integration_revision(&acme).await.unwrap(), revision + 1);
}

async fn take(store: &Store, replica: &str, now: i64) -> JobRow {
    let taking = Taking { kind: CHECK, replica, now, until: now + 1000, settling: 0, per_organization: 9 };
    store.job_take(&taking).await.unwrap().unwrap()
}

async fn a_check_whose_job_was_lost_writes_nothing(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;
    let lost = take(&store, "one", NOW).await;
    let held = take(&store, "two", NOW + 1000).await;
    let keep_by = async |number, job, health: Health, run_at| {
        let event = NewEvent { kind: "told", subject: id.to_string(), payload: "{}".into() };
        let next_run = Some(NextRun { run_at, occasion: "schedule", went_well: true });
        let safety = Some(if health == Health::Unsafe { Safety::Unsafe } else { Safety::Proven });
        let all = Verdict { event: Some(event), next_run, safety, ..verdict(health) };
        let check = CheckRow { integration_version: 2, ..check_row(&id, number, health) };
        store.check_keep(&acme, &check, "{}", (NOW, Some(job), None), |_| Ok(all.clone())).await.unwrap()
    };

    let late = keep_by(1, &lost, Health::Unsafe, NOW + 7).await;
    assert_eq!(late, Kept::Lost);
    let row = found(&store, &acme, &id).await;
    assert_eq!((row.health.as_str(), row.safety.as_str(), row.checked_at), ("unknown", "unproven", None));
    assert!(ids(&store, &acme, &id, "", 10).await.is_empty());
    assert!(store.event_list(&acme, 0, 10).await.unwrap().is_empty());

    let kept = keep_by(2, &held, Health::Healthy, NOW + 9).await;
    assert_eq!(kept, Kept::Done { safety_changed: true });
    assert_eq!(found(&store, &acme, &id).await.health, "healthy");
    assert_eq!(store.event_list(&acme, 0, 10).await.unwrap().len(), 1);
    assert_eq!(store.job_find_check(&acme, &id).await.unwrap().unwrap().run_at, NOW + 9);
}

async fn a_check_of_an_integration_that_is_gone_writes_nothing(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    store.integration_delete(&acme, State::Saved, &id, |_| entry()).await.unwrap();

    let event = Some(NewEvent { kind: "told", subject: id.to_string(), payload: "{}".into() });
    let kept = keep(&store, &acme, &check_row(&id, 1, Health::Healthy), Verdict { event, ..NOTHING }).await;

    assert_eq!(kept, Kept::Lost);
    assert!(store.event_list(&acme, 0, 10).await.unwrap().is_empty());
}

async fn what_the_judge_refuses_is_not_kept(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;

    let refuse = |_: &KnownRow| Err(byob_core::Error::internal("no"));
    store.check_keep(&acme, &check_row(&id, 1, Health::Healthy), "{}", (NOW, None, None), refuse).await.unwrap_err();

    assert_eq!(found(&store, &acme, &id).await.checked_at, None);
    assert!(ids(&store, &acme, &id, "", 10).await.is_empty());
}

async fn the_checks_of_a_deleted_integration_are_gone(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    keep_one(&store, &acme, &id, 1, Health::Healthy).await;

    store.integration_delete(&acme, State::Saved, &id, |_| entry()).await.unwrap();

    assert!(ids(&store, &acme, &id, "", 10).await.is_empty());
}

async fn of_a_draft_the_newest_check_is_kept(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, draft_row("1")).await;
    for number in [1, 2] {
        let check = check_row(&id, number, Health::Unhealthy);
        store.check_keep_of_draft(&acme, &check, &number.to_string(), None, &entry()).await.unwrap();
    }

    assert_eq!(ids(&store, &acme, &id, "", 10).await, ["chk_002"]);
    assert_eq!(store.check_find_last(&acme, &id).await.unwrap().unwrap().report, "2");
    let row = found(&store, &acme, &id).await;
    assert_eq!((row.health.as_str(), row.checked_at), ("unknown", None));

    store.integration_delete(&acme, State::Draft, &id, |_| entry()).await.unwrap();
    store.check_keep_of_draft(&acme, &check_row(&id, 3, Health::Healthy), "3", None, &entry()).await.unwrap();
    assert!(ids(&store, &acme, &id, "", 10).await.is_empty());
}

async fn a_role_that_is_not_safe_is_due_to_be_checked(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;
    let job = take(&store, "one", NOW).await;
    let later = NextRun { run_at: NOW + 9000, occasion: "schedule", went_well: true };
    store.job_done(&job, later).await.unwrap();

    assert!(store.integration_set_safety(&acme, &id, 2, Safety::Proven, NOW + 5).await.unwrap());
    assert_eq!(store.job_find_check(&acme, &id).await.unwrap().unwrap().run_at, NOW + 9000);

    assert!(store.integration_set_safety(&acme, &id, 2, Safety::Unsafe, NOW + 5).await.unwrap());
    assert_eq!(store.job_find_check(&acme, &id).await.unwrap().unwrap().run_at, NOW + 5);
}

async fn another_role_is_not_unsafe_because_the_last_one_was(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, saved_row("1")).await;
    let unsafe_now = Verdict { safety: Some(Safety::Unsafe), ..verdict(Health::Unsafe) };
    keep(&store, &acme, &check_row(&id, 1, Health::Unsafe), unsafe_now).await;

    let same = found(&store, &acme, &id).await;
    store.integration_update(&acme, &same, &[], |_| Ok(())).await.unwrap();
    assert_eq!(found(&store, &acme, &id).await.health, "unsafe");

    // Who read the row before it was found to be unsafe does not undo that.
    let stale = IntegrationRow { safety: Safety::Proven.as_str().into(), ..found(&store, &acme, &id).await };
    store.integration_update(&acme, &stale, &[], |_| Ok(())).await.unwrap();
    let after = found(&store, &acme, &id).await;
    assert_eq!((after.safety.as_str(), after.health.as_str()), ("unsafe", "unsafe"));

    let other = IntegrationRow { safety: Safety::Unproven.as_str().into(), ..after };
    store.integration_update(&acme, &other, &[], |_| Ok(())).await.unwrap();
    let after = found(&store, &acme, &id).await;
    assert_eq!((after.safety.as_str(), after.health.as_str()), ("unproven", "unknown"));
}

async fn health_is_counted_over_all_organizations(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    for (number, organization) in [&acme, &globex].into_iter().enumerate() {
        let id = integration(&store, organization, saved_row(&number.to_string())).await;
        keep_one(&store, organization, &id, number, Health::Healthy).await;
    }
    let found_unsafe = integration(&store, &acme, saved_row("3")).await;
    store.integration_set_safety(&acme, &found_unsafe, 1, Safety::Unsafe, NOW).await.unwrap();
    integration(&store, &acme, IntegrationRow { enabled: false, ..saved_row("4") }).await;
    integration(&store, &acme, draft_row("5")).await;

    let mut counts = store.health_count().await.unwrap();
    counts.sort();

    assert_eq!(counts, [("healthy".to_owned(), 2), ("unsafe".to_owned(), 1)]);
}
