//! STS is asked once, however many wait.

use byob_e2e::{Answer, Crowd, Service, given};

#[tokio::test]
async fn ten_thousand_callers_of_a_cold_integration_make_one_assume_role() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;

    let urls = Crowd::of((0..10_000).map(|_| service.resolve_in_process("s3://images/k"))).answers().await;

    assert!(urls[0].is_ok() && urls.iter().all(|url| *url == urls[0]));
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn ten_thousand_callers_who_all_wait_are_answered_by_one_assume_role() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let gate = service.sts().hold();

    let mut crowd = Crowd::of((0..10_000).map(|_| service.resolve_in_process("s3://images/k")));
    crowd.all_wait().await;
    service.sts().wait_for(1).await;
    gate.open();

    let urls = crowd.answers().await;
    assert!(urls[0].is_ok() && urls.iter().all(|url| *url == urls[0]));
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn three_hundred_requests_that_all_wait_are_answered_by_one_assume_role() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let gate = service.sts().hold();
    let before = service.requests();

    let request = |client: byob_e2e::Client| async move { client.url("s3://images/k", 600).await };
    let crowd = Crowd::of((0..300).map(|_| request(service.viewer())));
    service.wait_for_requests(before + 300).await;
    service.sts().wait_for(1).await;
    gate.open();

    let urls = crowd.answers().await;
    assert!(urls.iter().all(|url| *url == urls[0]));
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_nobodys_session_along() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let gate = service.sts().hold();

    let mut impatient = Crowd::of([service.resolve_in_process("s3://images/k")]);
    impatient.all_wait().await;
    service.sts().wait_for(1).await;
    drop(impatient);
    let patient = Crowd::of([service.resolve_in_process("s3://images/k")]);
    gate.open();

    assert!(patient.answers().await[0].is_ok());
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn one_refusal_of_sts_answers_a_thousand_callers() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.sts().answer(Answer::ACCESS_DENIED);

    let answers = Crowd::of((0..1000).map(|_| service.resolve_in_process("s3://images/k"))).answers().await;

    assert!(answers.iter().all(|answer| *answer == Err("role_not_assumable")));
    assert_eq!(service.sts().count(), 1);
}

#[tokio::test]
async fn a_refusal_is_believed_for_a_few_seconds_and_then_asked_about_again() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.sts().answer(Answer::ACCESS_DENIED);
    service.resolve_in_process("s3://images/k").await.unwrap_err();
    service.sts().answer(Answer::Session);

    service.advance(1);
    service.resolve_in_process("s3://images/k").await.unwrap_err();
    assert_eq!(service.sts().count(), 1);

    service.advance(9);
    service.resolve_in_process("s3://images/k").await.unwrap();
    assert_eq!(service.sts().count(), 2);
}

#[tokio::test]
async fn an_integration_that_waits_for_sts_keeps_nobody_else_waiting() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    service.admin().connect(&given::bucket("videos")).await;
    service.resolve_in_process("s3://videos/k").await.unwrap();
    let gate = service.sts().hold();

    let mut waiting = Crowd::of([service.resolve_in_process("s3://images/k")]);
    waiting.all_wait().await;
    service.sts().wait_for(2).await;
    service.resolve_in_process("s3://videos/k").await.unwrap();

    gate.open();
    waiting.answers().await.remove(0).unwrap();
}
