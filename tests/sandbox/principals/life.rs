//! A principal role lives as long as its draft or integration wants it, and may never do more than it has to.

use byob_core::{audit::By, integration::settings::PrincipalKind};
use futures::future::join_all;
use serde_json::json;

use super::given::{
    BOUNDARY, IDENTITY_POLICY, ONLY_BOUNDED, by_role, change, change_saved, customer_role, draft, make_policy, note,
    of_guide, only, platform, policy_of, principal_role, principal_roles, saved, sweep,
};
use crate::aws::{Aws, CUSTOMER, PLATFORM};

#[tokio::test]
async fn a_principal_role_may_assume_nothing_but_the_role_that_is_named() {
    let aws = platform().await;
    let record = draft(&aws, json!({})).await.unwrap();
    let id = &record.id;
    assert_eq!(policy_of(&aws, id), None, "nothing is named yet");

    let role = customer_role(&aws, &record, "byob");
    change(&aws, id, by_role(&role)).await.unwrap();
    assert_eq!(policy_of(&aws, id), Some(only(&role)));

    let other = role.replace("role/byob", "role/another");
    change(&aws, id, by_role(&other)).await.unwrap();
    assert_eq!(policy_of(&aws, id), Some(only(&other)));

    change(&aws, id, json!({ "authentication": { "type": "role" } })).await.unwrap();
    assert_eq!(policy_of(&aws, id), None);
}

#[tokio::test]
async fn what_does_not_concern_the_principal_asks_nothing_of_iam() {
    let aws = platform().await;
    let id = saved(&aws, "byob").await;
    let asked = || aws.sandbox.calls().into_iter().filter(|(name, _)| name.starts_with("iam:")).collect::<Vec<_>>();
    let before = asked();

    change_saved(&aws, &id, json!({ "name": "Renamed", "longest_url_lifetime": 600 })).await.unwrap();

    assert_eq!(asked(), before);
}

#[tokio::test]
async fn the_role_goes_with_its_draft_and_with_its_integration() {
    let aws = platform().await;
    let draft = draft(&aws, json!({ "name": "Draft" })).await.unwrap().id;
    let integration = saved(&aws, "byob").await;
    assert_eq!(principal_roles(&aws), 2);

    aws.core.delete_draft(&aws.organization, &By::operator(), &draft).await.unwrap();
    assert!(principal_role(&aws, &draft).is_none() && note(&aws, &draft).await.is_none());
    aws.core.delete_integration(&aws.organization, &By::operator(), &integration).await.unwrap();
    assert!(principal_role(&aws, &integration).is_none() && note(&aws, &integration).await.is_none());
}

#[tokio::test]
async fn a_draft_that_chooses_another_principal_gives_its_role_up() {
    let aws = platform().await;
    let id = draft(&aws, json!({ "principal": "shared" })).await.unwrap().id;
    assert_eq!(principal_roles(&aws), 0);

    change(&aws, &id, json!({ "principal": "per_integration" })).await.unwrap();
    assert!(principal_role(&aws, &id).is_some());

    let changed = change(&aws, &id, json!({ "principal": "account" })).await.unwrap();
    assert!(changed.principal.unwrap().to_string().ends_with(":root"));
    assert_eq!((principal_role(&aws, &id).is_none(), note(&aws, &id).await), (true, None));
}

#[tokio::test]
async fn a_bucket_that_is_reached_without_a_role_gets_none() {
    let aws = platform().await;
    let id = draft(&aws, json!({ "authentication": { "type": "anonymous" } })).await.unwrap().id;
    assert_eq!(principal_roles(&aws), 0);

    change(&aws, &id, json!({ "authentication": { "type": "role" } })).await.unwrap();
    assert_eq!(principal_roles(&aws), 1);

    let open = change(&aws, &id, json!({ "authentication": { "type": "anonymous" } })).await.unwrap();
    assert_eq!((open.principal, principal_roles(&aws)), (None, 0));
}

#[tokio::test]
async fn an_integration_keeps_its_role_until_another_principal_is_saved() {
    let aws = platform().await;
    let id = saved(&aws, "byob").await;
    aws.load("cat.png").await;

    let refused = change_saved(&aws, &id, json!({ "principal": "shared", "region": "" })).await.unwrap_err();
    assert_eq!(refused.code(), "invalid_region");
    assert!(principal_role(&aws, &id).is_some());
    assert_eq!(aws.load("cat.png").await.0, 200);

    let changed = change_saved(&aws, &id, json!({ "principal": "shared" })).await.unwrap();
    assert!(changed.principal.unwrap().to_string().ends_with(":user/byob"));
    assert!(principal_role(&aws, &id).is_none());
}

#[tokio::test]
async fn an_integration_gets_its_role_when_it_asks_for_it() {
    let aws = platform().await;
    let record = draft(&aws, json!({ "principal": "shared" })).await.unwrap();
    let role = customer_role(&aws, &record, "byob");
    change(&aws, &record.id, by_role(&role)).await.unwrap();
    aws.core.save_draft(&aws.organization, &By::operator(), &record.id).await.unwrap();

    let changed = change_saved(&aws, &record.id, json!({ "principal": "per_integration" })).await.unwrap();

    assert!(changed.principal.unwrap().to_string().ends_with(&format!("role/byob/byob-{}", record.id)));
    assert_eq!(policy_of(&aws, &record.id), Some(only(&role)));
}

#[tokio::test]
async fn a_change_that_is_refused_leaves_the_principal_role_as_it_was() {
    let aws = platform().await;
    let id = saved(&aws, "byob").await;
    let record = aws.core.get_integration(&aws.reach(), &id).await.unwrap();
    let role = record.settings.authentication.clone();
    let before = policy_of(&aws, &id);
    let lax = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}]}}"#,
        record.principal.unwrap()
    );
    let access = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let lax = aws.sandbox.set_up_role(CUSTOMER, "lax", &lax, access).unwrap();

    let refused = change_saved(&aws, &id, by_role(&lax)).await.unwrap_err();

    assert_eq!(refused.code(), "role_unsafe", "{role:?}");
    assert_eq!(policy_of(&aws, &id), before);
    assert_eq!(aws.load("cat.png").await.0, 200);
}

#[tokio::test]
async fn an_operator_may_bound_the_roles_so_that_the_service_could_not_make_itself_an_administrator() {
    let boundary = format!("arn:aws:iam::{PLATFORM}:policy/byob-principals");
    let mut policy = of_guide(IDENTITY_POLICY);
    policy["Statement"].as_array_mut().unwrap().push(of_guide(ONLY_BOUNDED)["Statement"][0].clone());
    let unbounded = Aws::start_as(&policy.to_string(), |_| ()).await;
    let configured = boundary.clone();
    let bounded = Aws::start_as(&policy.to_string(), |config| {
        config.platform.principal_role_boundary_arn = Some(configured);
    })
    .await;
    make_policy(&bounded, "byob-principals", &of_guide(BOUNDARY));

    assert_eq!(draft(&unbounded, json!({})).await.unwrap_err().code(), "platform_may_not_manage_roles");
    let id = saved(&bounded, "byob").await;

    assert_eq!(principal_role(&bounded, &id).unwrap().boundary, Some(boundary));
    assert_eq!(bounded.load("cat.png").await.0, 200);
}

#[tokio::test]
async fn many_who_change_the_principal_at_once_end_with_what_one_of_them_wanted() {
    let aws = platform().await;
    let id = draft(&aws, json!({ "principal": "shared" })).await.unwrap().id;
    for _ in 0..3 {
        let changes = ["per_integration", "shared", "per_integration", "account", "per_integration", "shared"];
        let outcomes = join_all(changes.map(|principal| change(&aws, &id, json!({ "principal": principal })))).await;

        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).map(byob_core::Error::code);
        let refused: Vec<_> = refused.collect();
        let understood = |code: &&str| ["changed_meanwhile", "principal_role_busy"].contains(code);
        assert!(refused.len() < changes.len() && refused.iter().all(understood), "{refused:?}");
        // Whoever lost may have left it to somebody who had not written yet.
        sweep(&aws).await;
        let record = aws.core.get_draft(&aws.organization, &id).await.unwrap();
        let own = record.principal.unwrap().to_string().contains(":role/byob/");
        assert_eq!(own, record.settings.principal == PrincipalKind::PerIntegration);
        assert_eq!((principal_role(&aws, &id).is_some(), note(&aws, &id).await.is_some()), (own, own));
    }
}
