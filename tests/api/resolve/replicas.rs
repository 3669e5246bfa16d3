//! Replicas over one database hand out the same URLs, and ask STS once.

use byob_e2e::{Crowd, Database, Service, given};

#[tokio::test]
async fn two_replicas_hand_out_the_same_url_on_sqlite() {
    two_replicas_hand_out_the_same_url(Database::sqlite()).await;
}

#[tokio::test]
async fn two_replicas_hand_out_the_same_url_on_postgres() {
    two_replicas_hand_out_the_same_url(Database::postgres().await).await;
}

#[tokio::test]
async fn of_two_cold_replicas_one_asks_sts_on_sqlite() {
    of_two_cold_replicas_one_asks_sts(Database::sqlite()).await;
}

#[tokio::test]
async fn of_two_cold_replicas_one_asks_sts_on_postgres() {
    of_two_cold_replicas_one_asks_sts(Database::postgres().await).await;
}

#[tokio::test]
async fn two_replicas_renew_a_session_once_on_sqlite() {
    two_replicas_renew_a_session_once(Database::sqlite()).await;
}

#[tokio::test]
async fn two_replicas_renew_a_session_once_on_postgres() {
    two_replicas_renew_a_session_once(Database::postgres().await).await;
}

async fn two_replicas_hand_out_the_same_url(database: Database) {
    let one = Service::setup().on(database).start().await;
    let two = one.replica().await;
    one.admin().connect(&given::bucket("images")).await;

    for _ in 0..20 {
        let (first, second) =
            (one.viewer().url("s3://images/k", 600).await, two.viewer().url("s3://images/k", 600).await);
        assert_eq!(first, second);
        one.advance(97);
    }
    assert_eq!(one.sts().count(), 1);
}

async fn of_two_cold_replicas_one_asks_sts(database: Database) {
    let one = Service::setup().on(database).start().await;
    let two = one.replica().await;
    one.admin().connect(&given::bucket("images")).await;
    let gate = one.sts().hold();

    let callers = (0..100).map(|number| [&one, &two][number % 2].resolve_in_process("s3://images/k"));
    let crowd = Crowd::of(callers);
    one.sts().wait_for(1).await;
    // Time enough for the other replica to ask as well, if it were to.
    for _ in 0..20 {
        two.admin().get("/api/v1/drafts").await.json(200);
    }
    gate.open();
    let urls = crowd.answers().await;

    assert!(urls[0].is_ok() && urls.iter().all(|url| *url == urls[0]), "{urls:?}");
    assert_eq!(one.sts().count(), 1);
}

async fn two_replicas_renew_a_session_once(database: Database) {
    let one = Service::setup().on(database).start().await;
    let two = one.replica().await;
    one.admin().connect(&given::bucket("images")).await;
    one.viewer().url("s3://images/k", 600).await;
    two.viewer().url("s3://images/k", 600).await;

    one.advance(3300);
    let crowd = Crowd::of([one.resolve_in_process("s3://images/k"), two.resolve_in_process("s3://images/k")]);
    let urls = crowd.answers().await;

    assert_eq!(urls[0], urls[1]);
    assert_eq!(one.sts().count(), 2);
}
