//! Drafts with a principal of their own, and what IAM has of it.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

use byob_core::{
    audit::By,
    check::{CheckOptions, Report},
    id::IntegrationId,
    integration::{Record, documents::Documents},
    store::PrincipalRoleRow,
};
use byob_sandbox::state::{
    Role,
    iam::{ManagedPolicy, PolicyVersion},
};
use serde_json::{Value, json};

use crate::aws::{Aws, BUCKET, CUSTOMER, PLATFORM};

const GUIDE: &str = include_str!("../../../docs/guide/principals.md");

/// What the guide has the operator permit to the service.
pub const IDENTITY_POLICY: usize = 0;
/// What bounds principal roles.
pub const BOUNDARY: usize = 1;
/// What keeps the service from making roles that are not bounded.
pub const ONLY_BOUNDED: usize = 2;

/// A policy of the guide, for our account.
pub fn of_guide(number: usize) -> Value {
    let block = GUIDE.split("```json\n").nth(number + 1).and_then(|rest| rest.split("```").next()).unwrap();
    serde_json::from_str(&block.replace("111122223333", PLATFORM)).unwrap()
}

/// A platform that may do no more than what the guide says for this kind of principal.
pub async fn platform() -> Aws {
    Aws::start_as(&of_guide(IDENTITY_POLICY).to_string(), |_| ()).await
}

/// A draft, with a principal of its own unless the changes say otherwise.
pub async fn draft(aws: &Aws, changes: Value) -> Result<Record, byob_core::Error> {
    let mut settings = json!({
        "name": "Images",
        "authentication": { "type": "role" },
        "principal": "per_integration",
        "scope": { "type": "bucket", "bucket": BUCKET },
        "region": "eu-central-1",
        "endpoint_url": aws.url,
        "force_path_style": true,
    });
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    aws.core.create_draft(&aws.organization, &By::operator(), serde_json::from_value(settings).unwrap()).await
}

/// The customer's role of this name, made of the draft's documents as they are; its ARN.
pub fn customer_role(aws: &Aws, draft: &Record, name: &str) -> String {
    let Documents { trust_policy, access_policy, .. } = aws.core.documents(draft).unwrap();
    let text = |document| serde_json::to_string(&document).unwrap();
    aws.sandbox.set_up_role(CUSTOMER, name, &text(trust_policy.unwrap()), &text(access_policy.unwrap())).unwrap()
}

/// A change of a draft.
pub async fn change(aws: &Aws, id: &IntegrationId, changes: Value) -> Result<Record, byob_core::Error> {
    aws.core.update_draft(&aws.organization, &By::operator(), id, changes.as_object().unwrap().clone()).await
}

/// A change of an integration.
pub async fn change_saved(aws: &Aws, id: &IntegrationId, changes: Value) -> Result<Record, byob_core::Error> {
    aws.core
        .update_integration(&aws.organization, &By::operator(), id, None, changes.as_object().unwrap().clone())
        .await
}

/// `authentication` by this role.
pub fn by_role(arn: &str) -> Value {
    json!({ "authentication": { "type": "role", "role_arn": arn } })
}

/// A draft whose role the customer has made and named.
pub async fn named(aws: &Aws, role: &str) -> IntegrationId {
    let draft = draft(aws, json!({ "name": role })).await.unwrap();
    let arn = customer_role(aws, &draft, role);
    change(aws, &draft.id, by_role(&arn)).await.unwrap().id
}

/// The same, saved.
pub async fn saved(aws: &Aws, role: &str) -> IntegrationId {
    let id = named(aws, role).await;
    aws.core.save_draft(&aws.organization, &By::operator(), &id).await.unwrap().id
}

/// The report of a draft's check.
pub async fn check(aws: &Aws, id: &IntegrationId, options: CheckOptions) -> Report {
    aws.core.draft_check(&aws.organization, &By::operator(), id, &options).await.unwrap().run(None).await.unwrap()
}

/// The principal role of a draft or integration, as IAM has it.
pub fn principal_role(aws: &Aws, id: &IntegrationId) -> Option<Role> {
    aws.sandbox.read().iam.written().accounts[PLATFORM].roles.get(&format!("byob-{id}")).cloned()
}

/// What that role may do.
pub fn policy_of(aws: &Aws, id: &IntegrationId) -> Option<Value> {
    let role = principal_role(aws, id).unwrap();
    assert!(role.inline.len() <= 1 && role.attached.is_empty(), "nothing else adds to it");
    role.inline.values().next().map(|policy| serde_json::from_str(policy).unwrap())
}

/// The policy that lets a principal role assume this role alone.
pub fn only(arn: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "AssumeCustomerRole", "Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": [arn] }],
    })
}

/// What the service knows of a principal role.
pub async fn note(aws: &Aws, id: &IntegrationId) -> Option<PrincipalRoleRow> {
    aws.core.store().principal_role_find(&aws.organization, id).await.unwrap()
}

/// As if the service had ended between making the role and noting its ARN down.
pub async fn forget_arn(aws: &Aws, id: &IntegrationId) {
    let row = PrincipalRoleRow { arn: None, targets: None, settled: false, ..note(aws, id).await.unwrap() };
    aws.core.store().principal_role_update(&aws.organization, &row, None).await.unwrap();
}

/// Changes a principal role behind the service's back.
pub fn meddle(aws: &Aws, id: &IntegrationId, change: impl FnOnce(&mut BTreeMap<String, Role>, &str)) {
    let done: Result<(), Infallible> = aws.sandbox.change_iam(|iam| {
        change(&mut iam.accounts.get_mut(PLATFORM).unwrap().roles, &format!("byob-{id}"));
        Ok(())
    });
    done.unwrap();
}

/// How many principal roles there are.
pub fn principal_roles(aws: &Aws) -> usize {
    aws.sandbox.read().iam.written().accounts[PLATFORM].roles.len()
}

/// Sweeps until nothing is left behind: the sweep behind a new draft may be at the same role.
pub async fn sweep(aws: &Aws) {
    let swept = async {
        loop {
            let now = aws.core.clock().now_millis();
            aws.core.sweep_principal_roles(&aws.organization).await.unwrap();
            let left = aws.core.store().principal_role_list_unsettled(&aws.organization, now, 10).await.unwrap();
            if left.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), swept).await.expect("nothing is left behind");
}

/// A managed policy of the platform's account.
pub fn make_policy(aws: &Aws, name: &str, document: &Value) {
    let now = aws.sandbox.clock().now();
    let version = PolicyVersion { id: "v1".into(), text: document.to_string(), created: now };
    let policy = ManagedPolicy {
        id: "ANPAEXAMPLE".into(),
        name: name.to_owned(),
        path: "/".into(),
        description: String::new(),
        created: now,
        updated: now,
        versions: vec![version],
        default_version: "v1".into(),
        last_version: 1,
        tags: BTreeMap::new(),
    };
    let done: Result<(), Infallible> = aws.sandbox.change_iam(|iam| {
        iam.accounts.get_mut(PLATFORM).unwrap().policies.insert(name.to_owned(), policy);
        Ok(())
    });
    done.unwrap();
}
