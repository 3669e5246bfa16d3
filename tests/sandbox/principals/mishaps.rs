//! Whatever is interrupted or refused, no principal role is lost, made twice, or taken from somebody else.

use byob_core::audit::By;
use std::time::Duration;

use serde_json::json;

use super::given::{
    change, draft, forget_arn, meddle, named, note, platform, policy_of, principal_role, principal_roles, saved, sweep,
};
use crate::aws::Aws;

#[tokio::test]
async fn a_platform_that_may_not_make_roles_says_which_permission_it_lacks() {
    let aws = Aws::start().await;

    let refused = draft(&aws, json!({})).await.unwrap_err();

    assert_eq!(refused.code(), "platform_may_not_manage_roles");
    let hint = refused.hint_text().unwrap();
    assert!(hint.contains("`iam:CreateRole` on `arn:aws:iam::*:role/byob/*`"), "{hint}");
    assert_eq!(refused.aws_fault().unwrap().operation, "iam:CreateRole");
    let left = aws.core.store().principal_role_list_unsettled(&aws.organization, i64::MAX, 10).await.unwrap();
    assert_eq!(left, [], "nothing was made, so nothing is remembered");
    assert!(aws.core.list_drafts(&aws.organization, "", 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn iam_that_is_ill_is_told_from_one_that_refuses() {
    let aws = platform().await;
    aws.control("faults", json!({ "iam": { "kind": "fail", "times": null } })).await;
    assert_eq!(draft(&aws, json!({})).await.unwrap_err().code(), "iam_unavailable");
    aws.control("faults", json!({ "iam": { "kind": "throttle", "times": null } })).await;
    assert_eq!(draft(&aws, json!({})).await.unwrap_err().code(), "aws_throttled");

    aws.control("faults", json!({})).await;
    sweep(&aws).await;
}

#[tokio::test]
async fn who_was_interrupted_after_making_the_role_finds_it_again() {
    let aws = platform().await;
    let id = named(&aws, "byob").await;
    let before = principal_role(&aws, &id).unwrap();
    forget_arn(&aws, &id).await;

    let changed = change(&aws, &id, json!({ "name": "Once more" })).await.unwrap();

    let after = principal_role(&aws, &id).unwrap();
    assert_eq!((after.id, &after.inline), (before.id, &before.inline), "it is the same role, with the same rights");
    assert_eq!(note(&aws, &id).await.unwrap().arn, changed.row.principal_arn);
    assert!(note(&aws, &id).await.unwrap().settled);
}

#[tokio::test]
async fn who_was_interrupted_before_the_draft_was_written_leaves_no_role_behind() {
    let aws = platform().await;
    for arn_is_known in [true, false] {
        let id = draft(&aws, json!({})).await.unwrap().id;
        if !arn_is_known {
            forget_arn(&aws, &id).await;
        }
        let store = aws.core.store();
        store
            .integration_delete(&aws.organization, byob_core::store::State::Draft, &id, |_| byob_e2e::given::entry())
            .await
            .unwrap();

        sweep(&aws).await;

        assert_eq!((principal_role(&aws, &id).is_none(), note(&aws, &id).await), (true, None));
    }
}

#[tokio::test]
async fn a_role_of_somebody_else_by_the_same_name_is_neither_used_nor_removed() {
    let aws = platform().await;
    let id = draft(&aws, json!({})).await.unwrap().id;
    forget_arn(&aws, &id).await;
    meddle(&aws, &id, |roles, name| roles.get_mut(name).unwrap().tags.clear());

    let refused = change(&aws, &id, json!({ "name": "Once more" })).await.unwrap_err();
    assert_eq!(refused.code(), "principal_role_name_taken");
    aws.core.delete_draft(&aws.organization, &By::operator(), &id).await.unwrap();
    sweep(&aws).await;

    assert!(principal_role(&aws, &id).is_some());
    assert_eq!(note(&aws, &id).await, None);
}

#[tokio::test]
async fn a_role_that_iam_does_not_remove_at_once_is_removed_by_the_next_who_makes_a_draft() {
    let aws = platform().await;
    let (draft_id, integration_id) =
        (draft(&aws, json!({ "name": "Draft" })).await.unwrap().id, saved(&aws, "byob").await);
    aws.control("faults", json!({ "iam": { "kind": "fail", "times": null } })).await;

    aws.core.delete_draft(&aws.organization, &By::operator(), &draft_id).await.unwrap();
    aws.core.delete_integration(&aws.organization, &By::operator(), &integration_id).await.unwrap();
    assert_eq!(principal_roles(&aws), 2, "they are gone, their roles are not");

    aws.control("faults", json!({})).await;
    draft(&aws, json!({ "name": "Another", "principal": "shared" })).await.unwrap();
    let swept = async {
        while principal_roles(&aws) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), swept).await.expect("both roles go");
}

#[tokio::test]
async fn roles_of_other_organizations_are_none_of_a_sweeps_business() {
    let aws = platform().await;
    let id = draft(&aws, json!({})).await.unwrap().id;
    let store = aws.core.store();
    store
        .integration_delete(&aws.organization, byob_core::store::State::Draft, &id, |_| byob_e2e::given::entry())
        .await
        .unwrap();
    let other = aws.core.create_organization(&By::operator(), "Other", "otto@other.example").await.unwrap();
    let other = byob_core::id::OrganizationId::from_text(other.organization.id);

    aws.core.sweep_principal_roles(&other).await.unwrap();

    assert!(principal_role(&aws, &id).is_some());
}

#[tokio::test]
async fn a_role_that_is_wanted_again_before_it_is_gone_may_again_do_what_it_has_to() {
    let aws = platform().await;
    let id = named(&aws, "byob").await;
    let before = (principal_role(&aws, &id).unwrap().id, policy_of(&aws, &id));
    // IAM removes no role that has a managed policy.
    let managed = "arn:aws:iam::aws:policy/AdministratorAccess".to_owned();
    meddle(&aws, &id, |roles, name| roles.get_mut(name).unwrap().attached.extend([managed]));
    change(&aws, &id, json!({ "principal": "shared" })).await.unwrap();
    assert!(principal_role(&aws, &id).unwrap().inline.is_empty() && note(&aws, &id).await.is_some());

    meddle(&aws, &id, |roles, name| roles.get_mut(name).unwrap().attached.clear());
    change(&aws, &id, json!({ "principal": "per_integration" })).await.unwrap();

    assert_eq!((principal_role(&aws, &id).unwrap().id, policy_of(&aws, &id)), before);
}

#[tokio::test]
async fn a_role_that_is_found_again_keeps_no_rights_of_before() {
    let aws = platform().await;
    let id = named(&aws, "byob").await;
    forget_arn(&aws, &id).await;

    change(&aws, &id, json!({ "authentication": { "type": "role" } })).await.unwrap();

    assert_eq!(policy_of(&aws, &id), None);
}
