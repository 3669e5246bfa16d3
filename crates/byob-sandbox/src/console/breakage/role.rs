//! Breaking and mending roles.

use serde_json::Value;

use super::{
    Act, Scene, Side, before,
    document::{edited, map_strings, means, strings},
    nothing, remember,
};
use crate::{
    Sandbox,
    iam::{
        documents,
        identities::{self, Who},
        policies,
        roles::{self, SESSION},
    },
    refusal::Refusal,
    state::{Before, Breakage, Iam},
};

/// The most versions that a policy can have; the oldest makes room.
const MOST_VERSIONS: usize = 5;

/// Makes a mistake with a role, or changes nothing where there is nothing to break.
pub fn make(sandbox: &Sandbox, name: &str, act: &Act, side: Side, scene: &Scene) -> Result<(), Refusal> {
    let earlier = before(sandbox, scene, side);
    let now = sandbox.clock().now();
    let before = sandbox.change_iam(|iam| break_one(iam, earlier, act, side, scene, now))?;
    remember(
        sandbox,
        Breakage { account: scene.account.clone(), mistake: name.to_owned(), on: scene.role.clone(), before },
    );
    Ok(())
}

/// Makes a mistake with a copy of everything, to see whether it can be made.
pub fn try_out(sandbox: &Sandbox, act: &Act, side: Side, scene: &Scene) -> Result<(), Refusal> {
    let earlier = before(sandbox, scene, side);
    let mut iam = Iam::clone(sandbox.read().iam.written());
    break_one(&mut iam, earlier, act, side, scene, sandbox.clock().now()).map(drop)
}

/// Undoes an earlier mistake of that side, makes this one, and gives what was there before both.
fn break_one(
    iam: &mut Iam,
    earlier: Option<Before>,
    act: &Act,
    side: Side,
    scene: &Scene,
    now: time::OffsetDateTime,
) -> Result<Before, Refusal> {
    if let Some(earlier) = earlier {
        put_back(iam, scene, earlier)?;
    }
    let before = snapshot(iam, scene, side)?;
    match act {
        Act::Trust(edit) => break_trust(iam, scene, *edit)?,
        Act::Permissions(edit) => break_permissions(iam, scene, *edit, now)?,
        _ => shorten_sessions(iam, scene)?,
    }
    Ok(before)
}

/// Puts back what was there. A role that is gone has nothing to mend.
pub fn restore(sandbox: &Sandbox, breakage: &Breakage) {
    let scene = Scene { account: breakage.account.clone(), role: breakage.on.clone(), bucket: String::new() };
    let restored = sandbox.change_iam(|iam| put_back(iam, &scene, breakage.before.clone()));
    if let Err(refusal) = restored {
        tracing::debug!(refusal.message, "a breakage could not be undone");
    }
}

fn snapshot(iam: &Iam, scene: &Scene, side: Side) -> Result<Before, Refusal> {
    let role = roles::get(iam, &scene.account, &scene.role)?;
    Ok(match side {
        Side::Trust => Before::Trust(role.trust.clone()),
        Side::Session => Before::SessionDuration(role.max_session_duration),
        _ => {
            let managed = role.attached.iter().filter(|arn| policies::owner(arn) == scene.account);
            let managed = managed.filter_map(|arn| policies::get(iam, arn).ok());
            Before::Permissions {
                inline: role.inline.clone(),
                attached: role.attached.clone(),
                managed: managed.map(|policy| (policy.name.clone(), policy)).collect(),
            }
        }
    })
}

fn put_back(iam: &mut Iam, scene: &Scene, before: Before) -> Result<(), Refusal> {
    let role = roles::get_mut(iam, &scene.account, &scene.role)?;
    match before {
        Before::Trust(trust) => role.trust = trust,
        Before::SessionDuration(seconds) => role.max_session_duration = seconds,
        Before::Permissions { inline, attached, managed } => {
            (role.inline, role.attached) = (inline, attached);
            if let Some(account) = iam.accounts.get_mut(&scene.account) {
                account.policies.extend(managed);
            }
        }
        Before::Cors(_) | Before::BucketPolicy(_) => {}
    }
    Ok(())
}

fn break_trust(iam: &mut Iam, scene: &Scene, edit: fn(&mut [Value], &Scene) -> bool) -> Result<(), Refusal> {
    let text = roles::get(iam, &scene.account, &scene.role)?.trust.text.clone();
    let edited = edited(&text, |statements| edit(statements, scene))?.filter(|text| !text.is_empty());
    let edited = edited.ok_or_else(|| nothing("The trust policy of this role has nothing of that kind to break."))?;
    roles::set_trust(iam, &scene.account, &scene.role, &edited)
}

fn shorten_sessions(iam: &mut Iam, scene: &Scene) -> Result<(), Refusal> {
    if roles::get(iam, &scene.account, &scene.role)?.max_session_duration == SESSION {
        return Err(nothing("Sessions of this role last one hour already. Raise its maximum session duration first."));
    }
    roles::update(iam, &scene.account, &scene.role, None, Some(SESSION))
}

/// Edits every policy of the role: inline ones in place, the account's by a new version, and those of AWS by an inline copy.
fn break_permissions(
    iam: &mut Iam,
    scene: &Scene,
    edit: fn(&mut Vec<Value>) -> bool,
    now: time::OffsetDateTime,
) -> Result<(), Refusal> {
    let who = Who::Role(&scene.role);
    let role = roles::get(iam, &scene.account, &scene.role)?.clone();
    let mut changed = false;
    for (name, text) in &role.inline {
        let Some(edited) = edited(text, edit)? else { continue };
        changed = true;
        put_inline(iam, scene, name, &edited)?;
    }
    for arn in &role.attached {
        let text = iam.policy_text(arn).unwrap_or_default().to_owned();
        let Some(edited) = edited(&text, edit)? else { continue };
        changed = true;
        if edited.is_empty() {
            identities::detach(iam, &scene.account, who, arn)?;
        } else if policies::owner(arn) == scene.account {
            make_room(iam, arn)?;
            policies::create_version(iam, arn, &edited, true, now)?;
        } else {
            identities::detach(iam, &scene.account, who, arn)?;
            put_inline(iam, scene, arn.rsplit('/').next().unwrap_or_default(), &edited)?;
        }
    }
    if changed { Ok(()) } else { Err(nothing("This role has no permission of that kind to break.")) }
}

fn put_inline(iam: &mut Iam, scene: &Scene, name: &str, text: &str) -> Result<(), Refusal> {
    let who = Who::Role(&scene.role);
    if text.is_empty() {
        return identities::delete_inline(iam, &scene.account, who, name);
    }
    documents::check(text, byob_aws::iam::PolicyKind::Identity)?;
    identities::put_inline(iam, &scene.account, who, name, text)
}

fn make_room(iam: &mut Iam, arn: &str) -> Result<(), Refusal> {
    let policy = policies::get(iam, arn)?;
    let oldest = policy.versions.iter().find(|version| version.id != policy.default_version);
    match oldest {
        Some(oldest) if policy.versions.len() >= MOST_VERSIONS => policies::delete_version(iam, arn, &oldest.id),
        _ => Ok(()),
    }
}

/// Takes the external ID out of the conditions.
pub fn forget_external_id(statements: &mut [Value], _: &Scene) -> bool {
    let mut changed = false;
    for statement in statements {
        let Some(condition) = statement.get_mut("Condition").and_then(Value::as_object_mut) else { continue };
        for keys in condition.values_mut().filter_map(Value::as_object_mut) {
            let before = keys.len();
            keys.retain(|key, _| !is_external_id(key));
            changed |= keys.len() < before;
        }
        condition.retain(|_, keys| keys.as_object().is_none_or(|keys| !keys.is_empty()));
        if condition.is_empty()
            && let Some(statement) = statement.as_object_mut()
        {
            statement.remove("Condition");
        }
    }
    changed
}

/// Replaces the external ID by another one.
pub fn change_external_id(statements: &mut [Value], _: &Scene) -> bool {
    let mut changed = false;
    for statement in statements {
        let Some(condition) = statement.get_mut("Condition").and_then(Value::as_object_mut) else { continue };
        for keys in condition.values_mut().filter_map(Value::as_object_mut) {
            for (_, value) in keys.iter_mut().filter(|(key, _)| is_external_id(key)) {
                *value = "00000000-0000-4000-8000-000000000000".into();
                changed = true;
            }
        }
    }
    changed
}

fn is_external_id(key: &str) -> bool {
    key.eq_ignore_ascii_case("sts:ExternalId")
}

/// Trusts the customer's own account in place of the platform.
pub fn trust_another(statements: &mut [Value], scene: &Scene) -> bool {
    let mut changed = false;
    for statement in statements.iter_mut().filter(|statement| statement.get("Principal").is_some()) {
        statement["Principal"] = serde_json::json!({ "AWS": format!("arn:aws:iam::{}:root", scene.account) });
        changed = true;
    }
    changed
}

/// Takes away every permission that includes an action.
pub fn take_away(statements: &mut Vec<Value>, action: &str) -> bool {
    let mut changed = false;
    statements.retain_mut(|statement| {
        let actions = strings(&statement["Action"]);
        let left: Vec<String> = actions.iter().filter(|pattern| !means(pattern, action)).cloned().collect();
        if statement["Effect"] != "Allow" || left.len() == actions.len() {
            return true;
        }
        changed = true;
        statement["Action"] = left.clone().into();
        !left.is_empty()
    });
    changed
}

/// Renames the bucket in every resource.
pub fn name_another_bucket(statements: &mut [Value]) -> bool {
    allowed_resources(statements, |rest| {
        let (bucket, key) = rest.split_once('/').map_or((rest, None), |(bucket, key)| (bucket, Some(key)));
        let key = key.map(|key| format!("/{key}")).unwrap_or_default();
        (bucket != "*").then(|| format!("{bucket}-old{key}"))
    })
}

/// Adds a letter to the folder of every resource and of every condition on prefixes.
pub fn misspell_prefix(statements: &mut [Value]) -> bool {
    let misspelt = |key: &str| match key.split_once('/') {
        Some((folder, rest)) => format!("{folder}s/{rest}"),
        None if key.ends_with('*') => format!("folders/{key}"),
        None => format!("{key}s"),
    };
    let mut changed = allowed_resources(statements, |rest| {
        let (bucket, key) = rest.split_once('/')?;
        Some(format!("{bucket}/{}", misspelt(key)))
    });
    for statement in statements.iter_mut() {
        let Some(condition) = statement.get_mut("Condition").and_then(Value::as_object_mut) else { continue };
        for keys in condition.values_mut().filter_map(Value::as_object_mut) {
            for (_, value) in keys.iter_mut().filter(|(key, _)| key.eq_ignore_ascii_case("s3:prefix")) {
                changed |= map_strings(value, |prefix| (!prefix.is_empty()).then(|| misspelt(prefix)));
            }
        }
    }
    changed
}

/// Changes what follows `arn:aws:s3:::` in the resources of statements that allow something.
fn allowed_resources(statements: &mut [Value], change: impl Fn(&str) -> Option<String>) -> bool {
    let mut changed = false;
    for statement in statements.iter_mut().filter(|statement| statement["Effect"] == "Allow") {
        changed |= map_strings(&mut statement["Resource"], |resource| {
            let rest = resource.strip_prefix("arn:aws:s3:::")?;
            change(rest).map(|rest| format!("arn:aws:s3:::{rest}"))
        });
    }
    changed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scene() -> Scene {
        Scene { account: "222222222222".to_owned(), role: "r".to_owned(), bucket: "b".to_owned() }
    }

    #[test]
    fn only_the_external_id_is_forgotten() {
        let mut statements = vec![json!({"Condition": {
            "StringEquals": {"sts:ExternalId": "x", "aws:PrincipalOrgID": "o"}, "Bool": {"aws:ViaAWSService": "false"}}})];
        assert!(forget_external_id(&mut statements, &scene()));
        assert_eq!(statements[0]["Condition"]["StringEquals"], json!({"aws:PrincipalOrgID": "o"}));
        let mut statements = vec![json!({"Condition": {"StringEquals": {"sts:externalid": "x"}}})];
        assert!(forget_external_id(&mut statements, &scene()));
        assert_eq!(statements[0], json!({}));
        assert!(!forget_external_id(&mut statements, &scene()));
    }

    #[test]
    fn an_action_is_taken_away_from_every_statement_that_allows_it() {
        let mut statements = vec![
            json!({"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"]}),
            json!({"Effect": "Allow", "Action": "s3:Get*"}),
            json!({"Effect": "Deny", "Action": "s3:GetObject"}),
        ];
        assert!(take_away(&mut statements, "s3:GetObject"));
        assert_eq!(
            statements,
            [
                json!({"Effect": "Allow", "Action": ["s3:PutObject"]}),
                json!({"Effect": "Deny", "Action": "s3:GetObject"})
            ]
        );
    }

    #[test]
    fn prefixes_are_misspelt_in_resources_and_conditions() {
        let mut statements = vec![json!({"Effect": "Allow",
            "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/team/*", "arn:aws:s3:::b/*"],
            "Condition": {"StringLike": {"s3:prefix": ["team", "team/*", ""]}}})];
        assert!(misspell_prefix(&mut statements));
        assert_eq!(
            statements[0]["Resource"],
            json!(["arn:aws:s3:::b", "arn:aws:s3:::b/teams/*", "arn:aws:s3:::b/folders/*"])
        );
        assert_eq!(statements[0]["Condition"]["StringLike"]["s3:prefix"], json!(["teams", "teams/*", ""]));
        assert!(name_another_bucket(&mut statements));
        assert_eq!(statements[0]["Resource"][1], "arn:aws:s3:::b-old/teams/*");
    }
}
