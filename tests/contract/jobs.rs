use std::collections::HashSet;

use byob_core::{
    id::OrganizationId,
    store::{CHECK, IntegrationRow, JobCounts, JobRow, NextRun, State, Store, Taking},
};
use futures::future::join_all;

use crate::given::{NOW, draft_row, due, entry, found, integration, organization, saved_row};

crate::on_both_databases!(
    an_integration_is_due_to_be_checked_from_when_it_is_saved_until_it_is_removed,
    drafts_are_not_due,
    one_that_is_turned_off_is_not_checked_until_it_is_turned_on,
    a_job_has_one_owner,
    a_job_is_taken_over_when_its_lease_ends,
    who_lost_the_lease_cannot_say_when_the_job_is_due_again,
    a_job_that_is_done_is_due_at_the_time_that_was_said,
    attempts_are_counted_until_one_goes_well,
    the_job_that_has_been_due_for_longest_is_taken_first,
    a_replica_takes_few_jobs_of_one_organization_at_a_time,
    jobs_that_are_given_back_are_due_at_once,
    of_two_replicas_that_take_at_once_each_gets_jobs_of_its_own,
    a_change_while_it_is_checked_leaves_the_lease_alone,
    jobs_are_counted_by_how_they_stand,
);

const UNTIL: i64 = NOW + 1000;

fn at(replica: &str, now: i64) -> Taking<'_> {
    Taking { kind: CHECK, replica, now, until: now + 1000, settling: 0, per_organization: 100 }
}

async fn take(store: &Store, replica: &str) -> Option<JobRow> {
    store.job_take(&at(replica, NOW)).await.unwrap()
}

fn next(run_at: i64, went_well: bool) -> NextRun {
    NextRun { run_at, occasion: "schedule", went_well }
}

async fn an_integration_is_due_to_be_checked_from_when_it_is_saved_until_it_is_removed(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;

    let job = store.job_find_check(&acme, &id).await.unwrap().unwrap();
    assert_eq!((job.run_at, job.occasion.as_str(), job.attempts), (NOW, "save", 0));

    store.integration_delete(&acme, State::Saved, &id, |_| entry()).await.unwrap();
    assert!(store.job_find_check(&acme, &id).await.unwrap().is_none());
}

async fn drafts_are_not_due(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = integration(&store, &acme, draft_row("1")).await;

    store.integration_update(&acme, &found(&store, &acme, &id).await, &[], |_| Ok(())).await.unwrap();

    assert!(take(&store, "one").await.is_none());
}

async fn one_that_is_turned_off_is_not_checked_until_it_is_turned_on(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;
    let turn = async |enabled| {
        let row = IntegrationRow { enabled, ..found(&store, &acme, &id).await };
        store.integration_update(&acme, &row, &[], |_| Ok(())).await.unwrap();
    };

    turn(false).await;
    assert!(take(&store, "one").await.is_none());

    turn(true).await;
    assert_eq!(take(&store, "one").await.unwrap().subject, id.as_str());
}

async fn a_job_has_one_owner(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;

    let job = take(&store, "one").await.unwrap();

    assert_eq!((job.organization_id.as_str(), job.subject.as_str()), (acme.as_str(), id.as_str()));
    assert_eq!((job.leased_by.as_str(), job.leased_until), ("one", UNTIL));
    assert!(store.job_take(&at("two", UNTIL - 1)).await.unwrap().is_none());
    assert!(store.job_take(&at("one", UNTIL - 1)).await.unwrap().is_none());
}

async fn a_job_is_taken_over_when_its_lease_ends(store: Store) {
    let acme = organization(&store, "acme").await;
    due(&store, &acme, "1").await;
    take(&store, "one").await.unwrap();

    let job = store.job_take(&at("two", UNTIL)).await.unwrap().unwrap();

    assert_eq!((job.leased_by.as_str(), job.attempts), ("two", 2));
}

async fn who_lost_the_lease_cannot_say_when_the_job_is_due_again(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;
    let lost = take(&store, "one").await.unwrap();
    let held = store.job_take(&at("one", UNTIL)).await.unwrap().unwrap();

    assert!(!store.job_done(&lost, next(NOW + 9000, true)).await.unwrap(), "the same replica took it again since");
    assert!(store.job_done(&held, next(NOW + 5000, true)).await.unwrap());

    assert_eq!(store.job_find_check(&acme, &id).await.unwrap().unwrap().run_at, NOW + 5000);
}

async fn a_job_that_is_done_is_due_at_the_time_that_was_said(store: Store) {
    let acme = organization(&store, "acme").await;
    due(&store, &acme, "1").await;
    let job = take(&store, "one").await.unwrap();

    store.job_done(&job, next(NOW + 50, true)).await.unwrap();

    assert!(store.job_take(&at("two", NOW + 49)).await.unwrap().is_none());
    assert_eq!(store.job_take(&at("two", NOW + 50)).await.unwrap().unwrap().occasion, "schedule");
}

async fn attempts_are_counted_until_one_goes_well(store: Store) {
    let acme = organization(&store, "acme").await;
    due(&store, &acme, "1").await;
    let mut attempts = Vec::new();

    for went_well in [false, false, true, false] {
        let job = take(&store, "one").await.unwrap();
        attempts.push(job.attempts);
        store.job_done(&job, next(NOW, went_well)).await.unwrap();
    }

    assert_eq!(attempts, [1, 2, 3, 1]);
}

async fn the_job_that_has_been_due_for_longest_is_taken_first(store: Store) {
    let acme = organization(&store, "acme").await;
    for (id, run_at) in [("1", NOW - 1), ("2", NOW - 3), ("3", NOW - 2)] {
        due(&store, &acme, id).await;
        let job = take(&store, "one").await.unwrap();
        store.job_done(&job, next(run_at, true)).await.unwrap();
        // Out of the way until the last is there.
        store.job_take(&Taking { until: NOW + 1, ..at("one", NOW) }).await.unwrap();
    }

    let mut taken = Vec::new();
    while let Some(job) = store.job_take(&at("two", NOW + 1)).await.unwrap() {
        taken.push(job.subject);
    }
    assert_eq!(taken, ["int_2", "int_3", "int_1"]);
}

async fn a_replica_takes_few_jobs_of_one_organization_at_a_time(store: Store) {
    let (acme, globex) = (organization(&store, "acme").await, organization(&store, "globex").await);
    for id in ["1", "2", "3"] {
        due(&store, &acme, id).await;
    }
    due(&store, &globex, "4").await;
    let few = |replica| Taking { per_organization: 2, ..at(replica, NOW) };

    let mut whose = Vec::new();
    while let Some(job) = store.job_take(&few("one")).await.unwrap() {
        whose.push(job.organization_id);
    }

    assert_eq!(whose, [acme.as_str(), acme.as_str(), globex.as_str()]);
    assert_eq!(store.job_take(&few("two")).await.unwrap().unwrap().subject, "int_3");
}

async fn jobs_that_are_given_back_are_due_at_once(store: Store) {
    let acme = organization(&store, "acme").await;
    for id in ["1", "2", "3"] {
        due(&store, &acme, id).await;
    }
    let mine = [take(&store, "one").await.unwrap(), take(&store, "one").await.unwrap()];
    take(&store, "two").await.unwrap();

    store.job_give_back("one").await.unwrap();

    assert!(!store.job_done(&mine[0], next(NOW, true)).await.unwrap());
    let again = [take(&store, "three").await.unwrap(), take(&store, "three").await.unwrap()];
    assert_eq!(again.map(|job| job.subject), mine.map(|job| job.subject));
    assert!(take(&store, "three").await.is_none());
}

async fn of_two_replicas_that_take_at_once_each_gets_jobs_of_its_own(store: Store) {
    let organizations: Vec<OrganizationId> =
        join_all(["a", "b", "c", "d"].map(|name| organization(&store, name))).await;
    for number in 0..20 {
        due(&store, &organizations[number % 4], &number.to_string()).await;
    }
    let all = async |replica: &'static str| {
        let mut taken = Vec::new();
        while let Some(job) = store.job_take(&at(replica, NOW)).await.unwrap() {
            taken.push(job.subject);
        }
        taken
    };

    let taken = join_all(["one", "two", "three", "four"].map(all)).await.concat();

    assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (20, 20));
}

async fn a_change_while_it_is_checked_leaves_the_lease_alone(store: Store) {
    let acme = organization(&store, "acme").await;
    let id = due(&store, &acme, "1").await;
    let job = take(&store, "one").await.unwrap();

    store.integration_update(&acme, &found(&store, &acme, &id).await, &[], |_| Ok(())).await.unwrap();

    assert!(take(&store, "two").await.is_none());
    assert!(store.job_done(&job, next(NOW, true)).await.unwrap());
    // What was never saved as one that is checked has no job.
    let other = integration(&store, &acme, saved_row("2")).await;
    assert!(store.job_find_check(&acme, &other).await.unwrap().is_none());
}

async fn jobs_are_counted_by_how_they_stand(store: Store) {
    let acme = organization(&store, "acme").await;
    for id in ["1", "2", "3"] {
        due(&store, &acme, id).await;
    }
    let counts = async |now, late| store.job_count(now, 50, late).await.unwrap();
    let given = |waiting, running, overdue, failing| JobCounts { waiting, running, overdue, failing };

    assert_eq!(counts(NOW, NOW + 49).await, given(3, 0, 0, 0), "what was just saved is left alone for a while");
    assert_eq!(counts(NOW, NOW + 50).await, given(0, 0, 3, 0));
    let job = take(&store, "one").await.unwrap();
    assert_eq!(counts(NOW, NOW).await, given(2, 1, 0, 0), "the first attempt has not failed yet");
    assert_eq!(counts(UNTIL, NOW).await, given(3, 0, 0, 1), "whoever had it is gone");
    store.job_done(&job, next(NOW, false)).await.unwrap();
    assert_eq!(counts(NOW, NOW).await, given(2, 0, 1, 1));
    let again = store.job_take(&at("two", NOW)).await.unwrap().unwrap();
    assert_eq!(counts(NOW, NOW).await.failing, 1, "until an attempt goes well");
    store.job_done(&again, next(NOW + 9000, true)).await.unwrap();
    assert_eq!(counts(NOW, NOW + 50).await, given(1, 0, 2, 0));
}
