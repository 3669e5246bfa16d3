//! STS: sessions of roles, and who is who.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html>. Federation and the sessions of users
//! (`GetSessionToken`) are not part of the sandbox.

mod assume_role;
mod packed;

use maud::{Markup, html};

use crate::{
    call::Call,
    iam::names,
    query::{Params, QueryService, invalid},
    refusal::Refusal,
};

/// STS.
pub const SERVICE: QueryService =
    QueryService { name: "sts", namespace: "https://sts.amazonaws.com/doc/2011-06-15/", act };

fn act(call: &Call, params: &Params) -> Result<Option<Markup>, Refusal> {
    match params.action() {
        "AssumeRole" => assume_role::assume_role(call, params).map(Some),
        "GetCallerIdentity" => Ok(Some(caller_identity(call))),
        "GetAccessKeyInfo" => access_key_info(call, params).map(Some),
        action => {
            let message = format!("Could not find operation {action} for version 2011-06-15");
            Err(Refusal::new(400, "InvalidAction", message))
        }
    }
}

/// Who the caller is. "No permissions are required to perform this operation", and none can be denied.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>.
fn caller_identity(call: &Call) -> Markup {
    html! {
        Arn { (call.caller.arn()) }
        UserId { (call.caller.user_id()) }
        Account { (call.caller.account().unwrap_or_default()) }
    }
}

/// Which account an access key belongs to, be it of the caller's or not.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>.
fn access_key_info(call: &Call, params: &Params) -> Result<Markup, Refusal> {
    let id = params.required("AccessKeyId")?;
    names::length("accessKeyId", id, 16, 128)?;
    call.require("sts:GetAccessKeyInfo", "*")?;
    let of_user = call.iam.access_key(id).map(|(account, ..)| account.id.clone());
    let account = of_user.or_else(|| call.sandbox.read().sessions.get(id).map(|session| session.account.clone()));
    let account = account.ok_or_else(|| invalid(format!("Invalid access key ID {id}")))?;
    Ok(html! { Account { (account) } })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use time::Duration;

    use super::*;
    use crate::{
        Sandbox,
        call::Caller,
        iam::{
            identities::{self, Who},
            roles::{self, NewRole},
            testing::{ACCOUNT, ALLOW_S3, OTHER, call, call_of_user, change, sandbox, trust},
        },
        state::Session,
    };

    const ROLE: &str = "arn:aws:iam::111111111111:role/reader";
    const STRANGER: &str = "arn:aws:iam::222222222222:user/stranger";
    const MAY_ASSUME: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"arn:aws:iam::*:role/*"}]}"#;

    /// The role `reader` of the first account, and a stranger of the second who may assume roles as far as their own policies go.
    fn with_role(trust: &str) -> Sandbox {
        let sandbox = sandbox();
        change(&sandbox, |iam| {
            identities::put_inline(iam, OTHER, Who::User("stranger"), "p", MAY_ASSUME).unwrap();
            let role = NewRole { name: "reader", trust, max_session_duration: Some(7_200), ..NewRole::default() };
            roles::create(iam, ACCOUNT, role, sandbox.clock().now()).unwrap();
        });
        sandbox
    }

    fn with_external_id() -> Sandbox {
        with_role(
            &trust(STRANGER)
                .replace(r#""Action""#, r#""Condition":{"StringEquals":{"sts:ExternalId":"right"}},"Action""#),
        )
    }

    fn assume(call: &Call, more: &[(&str, &str)]) -> Result<String, Refusal> {
        let asked = [("Action", "AssumeRole"), ("RoleArn", ROLE), ("RoleSessionName", "session")];
        let more: Vec<(&str, &str)> = asked.into_iter().chain(more.iter().copied()).collect();
        act(call, &Params::from_pairs(more)).map(|answer| answer.unwrap().0)
    }

    fn by_stranger(sandbox: &Sandbox, more: &[(&str, &str)]) -> Result<String, Refusal> {
        assume(&call_of_user(sandbox, OTHER, "stranger"), more)
    }

    fn only_session(sandbox: &Sandbox) -> Session {
        sandbox.read().sessions.values().next().unwrap().clone()
    }

    #[track_caller]
    fn assert_denied(answer: Result<String, Refusal>, action: &str) {
        let refusal = answer.unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (403, "AccessDenied"));
        let message = format!("User: {STRANGER} is not authorized to perform: {action} on resource: {ROLE}");
        assert_eq!(refusal.message, message);
    }

    #[track_caller]
    fn assert_invalid(answer: Result<String, Refusal>, message: &str) {
        let refusal = answer.unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (400, "ValidationError"));
        assert_eq!(refusal.message, message);
    }

    #[test]
    fn an_external_id_that_is_asked_for_has_to_be_the_right_one() {
        let sandbox = with_external_id();
        assert_denied(by_stranger(&sandbox, &[]), "sts:AssumeRole");
        assert_denied(by_stranger(&sandbox, &[("ExternalId", "wrong")]), "sts:AssumeRole");
        assert_denied(by_stranger(&sandbox, &[("ExternalId", "RIGHT")]), "sts:AssumeRole");
        let answer = by_stranger(&sandbox, &[("ExternalId", "right")]).unwrap();
        let session = only_session(&sandbox);
        assert!(answer.contains(&format!("<AssumedRoleId>{}:session</AssumedRoleId>", session.role_id)));
        assert!(answer.contains("<Arn>arn:aws:sts::111111111111:assumed-role/reader/session</Arn>"));
        assert!(answer.contains("<Expiration>2026-01-02T04:04:05Z</Expiration>"));
        assert!(!answer.contains("PackedPolicySize"));
    }

    #[test]
    fn where_none_is_asked_for_any_will_do() {
        let sandbox = with_role(&trust(STRANGER));
        for more in [&[][..], &[("ExternalId", "anything")]] {
            assert!(by_stranger(&sandbox, more).is_ok());
        }
    }

    #[test]
    fn external_ids_and_session_names_have_their_characters() {
        let sandbox = with_role(&trust(STRANGER));
        for good in ["ab", "a+=,.@:/-_9", &"a".repeat(1_224)] {
            assert!(by_stranger(&sandbox, &[("ExternalId", good)]).is_ok(), "{good}");
        }
        for bad in ["", "a", "a b", "a*b", "ä1", &"a".repeat(1_225)] {
            assert_eq!(by_stranger(&sandbox, &[("ExternalId", bad)]).unwrap_err().code, "ValidationError", "{bad}");
        }
        assert_invalid(
            by_stranger(&sandbox, &[("RoleSessionName", "a b")]),
            "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular \
             expression pattern: [\\w+=,.@-]*",
        );
        assert!(by_stranger(&sandbox, &[("RoleSessionName", &"a".repeat(65))]).is_err());
        assert_invalid(by_stranger(&sandbox, &[("RoleArn", &ROLE.replace("role", "user"))]), "Request ARN is invalid");
    }

    #[test]
    fn a_role_that_is_not_there_looks_like_one_that_does_not_trust() {
        let sandbox = with_role(&trust(ACCOUNT));
        assert_denied(by_stranger(&sandbox, &[]), "sts:AssumeRole");
        change(&sandbox, |iam| roles::delete(iam, ACCOUNT, "reader").unwrap());
        assert_denied(by_stranger(&sandbox, &[]), "sts:AssumeRole");
    }

    #[test]
    fn between_accounts_both_sides_have_to_agree() {
        let sandbox = with_role(&trust(STRANGER));
        change(&sandbox, |iam| identities::delete_inline(iam, OTHER, Who::User("stranger"), "p").unwrap());
        assert_denied(by_stranger(&sandbox, &[]), "sts:AssumeRole");
    }

    #[test]
    fn within_an_account_being_trusted_by_name_is_enough() {
        let named = with_role(&trust("arn:aws:iam::111111111111:user/admin"));
        assert!(assume(&call_of_user(&named, ACCOUNT, "admin"), &[]).is_ok());
        let delegated = with_role(&trust(ACCOUNT));
        assert!(assume(&call_of_user(&delegated, ACCOUNT, "admin"), &[]).is_err());
        change(&delegated, |iam| {
            identities::put_inline(iam, ACCOUNT, Who::User("admin"), "p", MAY_ASSUME).unwrap();
        });
        assert!(assume(&call_of_user(&delegated, ACCOUNT, "admin"), &[]).is_ok());
    }

    #[test]
    fn durations_are_refused_in_aws_words() {
        let sandbox = with_role(&trust(STRANGER));
        assert!(by_stranger(&sandbox, &[("DurationSeconds", "7200")]).is_ok());
        assert_eq!(only_session(&sandbox).expires, sandbox.clock().now() + Duration::hours(2));
        assert_invalid(
            by_stranger(&sandbox, &[("DurationSeconds", "7201")]),
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        );
        assert_invalid(
            by_stranger(&sandbox, &[("DurationSeconds", "899")]),
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater \
             than or equal to 900",
        );
        assert_invalid(
            by_stranger(&sandbox, &[("DurationSeconds", "43201")]),
            "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less \
             than or equal to 43200",
        );
    }

    #[test]
    fn a_chained_session_lasts_an_hour_at_most() {
        let sandbox = with_role(&trust(STRANGER));
        by_stranger(&sandbox, &[]).unwrap();
        change(&sandbox, |iam| {
            roles::set_trust(iam, ACCOUNT, "reader", &trust(ROLE)).unwrap();
        });
        let session = Arc::new(only_session(&sandbox));
        let chained = |more: &[(&str, &str)]| assume(&call(&sandbox, Caller::Session(Arc::clone(&session))), more);
        assert!(chained(&[("DurationSeconds", "3600")]).is_ok());
        assert_invalid(
            chained(&[("DurationSeconds", "3601")]),
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        );
    }

    #[test]
    fn tags_and_source_identities_have_to_be_trusted() {
        let tag = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
        let identity = [("SourceIdentity", "ana")];
        let sandbox = with_role(&trust(STRANGER));
        assert_denied(by_stranger(&sandbox, &tag), "sts:TagSession");
        assert_denied(by_stranger(&sandbox, &identity), "sts:SetSourceIdentity");
        let trusting = trust(STRANGER)
            .replace(r#""sts:AssumeRole""#, r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#);
        let sandbox = with_role(&trusting);
        by_stranger(&sandbox, &tag).unwrap();
        assert_eq!(only_session(&sandbox).tags["team"], "blue");
        assert!(by_stranger(&sandbox, &identity).unwrap().contains("<SourceIdentity>ana</SourceIdentity>"));
    }

    #[test]
    fn transitive_tags_and_source_identities_go_on() {
        let open = |who: &str| {
            trust(who).replace(r#""sts:AssumeRole""#, r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#)
        };
        let sandbox = with_role(&open(STRANGER));
        let first = [
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "blue"),
            ("Tags.member.2.Key", "own"),
            ("TransitiveTagKeys.member.1", "team"),
            ("SourceIdentity", "ana"),
        ];
        by_stranger(&sandbox, &first).unwrap();
        change(&sandbox, |iam| roles::set_trust(iam, ACCOUNT, "reader", &open(ROLE)).unwrap());
        let session = Arc::new(only_session(&sandbox));
        sandbox.write().sessions.clear();
        let chained = |more: &[(&str, &str)]| assume(&call(&sandbox, Caller::Session(Arc::clone(&session))), more);
        assert!(chained(&[("SourceIdentity", "bob")]).is_err());
        assert!(chained(&[("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", "red")]).is_err());
        chained(&[]).unwrap();
        let next = only_session(&sandbox);
        assert_eq!((next.tags.len(), next.tags["team"].as_str()), (1, "blue"));
        assert_eq!(next.source_identity.as_deref(), Some("ana"));
        change(&sandbox, |iam| roles::set_trust(iam, ACCOUNT, "reader", &trust(ROLE)).unwrap());
        assert!(chained(&[]).unwrap_err().message.contains("sts:TagSession"));
    }

    #[test]
    fn session_policies_are_policies_and_fit() {
        let sandbox = with_role(&trust(STRANGER));
        let answer = by_stranger(&sandbox, &[("Policy", ALLOW_S3)]).unwrap();
        assert!(answer.contains("<PackedPolicySize>"));
        let managed = ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
        assert!(by_stranger(&sandbox, &[managed]).is_ok());
        assert!(by_stranger(&sandbox, &[("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/None")]).is_err());
        assert_eq!(by_stranger(&sandbox, &[("Policy", "{}")]).unwrap_err().code, "MalformedPolicyDocument");
        assert_eq!(by_stranger(&sandbox, &[("Policy", &trust("*"))]).unwrap_err().code, "MalformedPolicyDocument");
        let sized = |length: usize| ALLOW_S3.replace("\"*\"", &format!("\"arn:aws:s3:::{}\"", "a".repeat(length)));
        let refusal = by_stranger(&sandbox, &[("Policy", &sized(1_900))]).unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (400, "PackedPolicyTooLarge"));
        assert!(refusal.message.starts_with("Packed policy consumes 1"));
        assert_eq!(by_stranger(&sandbox, &[("Policy", &sized(2_048))]).unwrap_err().code, "ValidationError");
    }

    #[test]
    fn sessions_are_forgotten_long_after_their_end() {
        let sandbox = with_role(&trust(STRANGER));
        by_stranger(&sandbox, &[]).unwrap();
        sandbox.clock().set_ahead(Duration::days(2));
        by_stranger(&sandbox, &[]).unwrap();
        assert_eq!(sandbox.read().sessions.len(), 2);
        sandbox.clock().set_ahead(Duration::days(9));
        by_stranger(&sandbox, &[]).unwrap();
        assert_eq!(sandbox.read().sessions.len(), 2);
    }

    #[test]
    fn everybody_learns_who_they_are() {
        let sandbox = with_role(&trust(STRANGER));
        let ask = |call: &Call| act(call, &Params::from_pairs([("Action", "GetCallerIdentity")])).unwrap().unwrap().0;
        let answer = ask(&call_of_user(&sandbox, OTHER, "stranger"));
        assert!(
            answer.contains(&format!("<Arn>{STRANGER}</Arn>")) && answer.contains("<Account>222222222222</Account>")
        );
        by_stranger(&sandbox, &[]).unwrap();
        let session = only_session(&sandbox);
        change(&sandbox, |iam| roles::delete(iam, ACCOUNT, "reader").unwrap());
        let answer = ask(&call(&sandbox, Caller::Session(Arc::new(session))));
        assert!(answer.contains("<Arn>arn:aws:sts::111111111111:assumed-role/reader/session</Arn>"));
    }

    #[test]
    fn root_users_assume_nothing() {
        let sandbox = with_role(&trust(OTHER));
        let root =
            Caller::User { account: OTHER.to_owned(), arn: format!("arn:aws:iam::{OTHER}:root"), id: OTHER.to_owned() };
        let refusal = assume(&call(&sandbox, root), &[]).unwrap_err();
        assert_eq!(refusal.message, "Roles may not be assumed by root accounts.");
    }

    #[test]
    fn what_sts_does_not_know_is_an_invalid_action() {
        let refusal =
            act(&call_of_user(&sandbox(), ACCOUNT, "admin"), &Params::from_pairs([("Action", "GetEverything")]))
                .unwrap_err();
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (400, "InvalidAction"));
        assert_eq!(refusal.message, "Could not find operation GetEverything for version 2011-06-15");
    }
}
