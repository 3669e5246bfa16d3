//! What AWS documents, rule by rule.

use proptest::prelude::*;

use super::*;
use crate::iam::Effect::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied};

const A: &str = "111122223333";
const B: &str = "444455556666";
const USER: &str = "arn:aws:iam::111122223333:user/ana";
const ROLE: &str = "arn:aws:iam::111122223333:role/reader";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/reader/s";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/ana";
const ROOT: &str = "arn:aws:iam::111122223333:root";

/// A question under construction: who asks, in which account the resource lies, and the policies.
#[derive(Debug, Clone)]
struct Given {
    caller: &'static str,
    action: &'static str,
    resource: &'static str,
    owner: &'static str,
    identity: Vec<Policy>,
    resource_policy: Option<Policy>,
    session: Vec<Policy>,
    boundary: Option<Policy>,
}

fn given(caller: &'static str) -> Given {
    Given {
        caller,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::bucket/key",
        owner: A,
        identity: Vec::new(),
        resource_policy: None,
        session: Vec::new(),
        boundary: None,
    }
}

fn policy(kind: PolicyKind, statement: &str) -> Policy {
    Policy::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#), kind).unwrap()
}

const ALLOW: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const DENY: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
const OTHER: &str = r#"{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}"#;

impl Given {
    fn identity(mut self, statement: &str) -> Self {
        self.identity.push(policy(PolicyKind::Identity, statement));
        self
    }

    fn boundary(mut self, statement: &str) -> Self {
        self.boundary = Some(policy(PolicyKind::Boundary, statement));
        self
    }

    fn session(mut self, statement: &str) -> Self {
        self.session.push(policy(PolicyKind::Session, statement));
        self
    }

    fn resource(mut self, statement: &str) -> Self {
        let kind =
            if is_role_assumption(self.action, self.resource) { PolicyKind::Trust } else { PolicyKind::Resource };
        self.resource_policy = Some(policy(kind, statement));
        self
    }

    /// The resource's policy allows it to this principal, which is an entry under `AWS`.
    fn granted_to(self, principal: &str) -> Self {
        let action = self.action;
        let statement =
            format!(r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "{action}"}}"#);
        self.resource(&statement)
    }

    fn of(mut self, owner: &'static str) -> Self {
        self.owner = owner;
        self
    }

    fn doing(mut self, action: &'static str, resource: &'static str) -> Self {
        (self.action, self.resource) = (action, resource);
        self
    }

    fn decide(&self) -> Decision {
        let caller = Caller::parse(self.caller).unwrap();
        let request = Request {
            caller: &caller,
            action: self.action,
            resource: self.resource,
            resource_account: self.owner,
            context: &Context::new(),
        };
        let policies = Policies {
            identity: self.identity.iter().collect(),
            resource: self.resource_policy.as_ref(),
            session: self.session.iter().collect(),
            boundary: self.boundary.as_ref(),
        };
        evaluate(&request, &policies)
    }

    fn is(self, effect: Effect) -> Self {
        let decision = self.decide();
        assert_eq!(decision.effect, effect, "{} {} {}", self.caller, self.action, decision.because);
        self
    }
}

#[test]
fn nothing_is_allowed_by_nothing() {
    for caller in [USER, ROLE, SESSION, FEDERATED, "ec2.amazonaws.com", "anonymous"] {
        given(caller).is(ImplicitlyDenied).of(B).is(ImplicitlyDenied);
    }
}

#[test]
fn an_explicit_deny_wins_wherever_it_stands() {
    let all = given(SESSION).identity(ALLOW).boundary(ALLOW).session(ALLOW).granted_to("*").is(Allowed);
    all.clone().identity(DENY).is(ExplicitlyDenied);
    all.clone().boundary(DENY).is(ExplicitlyDenied);
    all.clone().session(DENY).is(ExplicitlyDenied);
    for principal in [r#""*""#, r#"{"AWS": "111122223333"}"#, &format!(r#"{{"AWS": "{ROLE}"}}"#)] {
        let deny = format!(r#"{{"Effect": "Deny", "Principal": {principal}, "Action": "s3:*"}}"#);
        all.clone().resource(&deny).is(ExplicitlyDenied);
    }
    let other = r#"{"Effect": "Deny", "Principal": {"AWS": "444455556666"}, "Action": "s3:*"}"#;
    all.resource(other).is(Allowed);
}

#[test]
fn within_an_account_either_side_is_enough() {
    given(USER).identity(ALLOW).is(Allowed);
    given(USER).identity(OTHER).is(ImplicitlyDenied).identity(ALLOW).is(Allowed);
    given(USER).granted_to(USER).is(Allowed);
    given(USER).granted_to("*").is(Allowed);
    given(SESSION).granted_to(ROLE).is(Allowed);
    given(SESSION).granted_to(SESSION).is(Allowed);
    given(USER).granted_to("arn:aws:iam::111122223333:user/bob").is(ImplicitlyDenied);
    // Who names the account leaves it to the account's own policies.
    given(USER).granted_to(A).is(ImplicitlyDenied).identity(ALLOW).is(Allowed);
    given(USER).granted_to(ROOT).is(ImplicitlyDenied).identity(ALLOW).is(Allowed);
}

#[test]
fn between_accounts_both_sides_are_needed() {
    for principal in [A, ROOT, USER, "*"] {
        given(USER).of(B).granted_to(principal).is(ImplicitlyDenied).identity(ALLOW).is(Allowed);
    }
    given(USER).of(B).identity(ALLOW).is(ImplicitlyDenied).granted_to(B).is(ImplicitlyDenied);
    for principal in [SESSION, ROLE, A, "*"] {
        let allowed = given(SESSION).of(B).identity(ALLOW).granted_to(principal).is(Allowed);
        allowed.clone().boundary(OTHER).is(ImplicitlyDenied);
        allowed.clone().session(OTHER).is(ImplicitlyDenied);
        allowed.boundary(ALLOW).session(ALLOW).is(Allowed);
    }
}

#[test]
fn limits_cut_what_an_identity_and_a_role_have_but_not_what_the_caller_itself_is_given() {
    for caller in [USER, SESSION] {
        given(caller).identity(ALLOW).boundary(OTHER).is(ImplicitlyDenied).boundary(ALLOW).is(Allowed);
        given(caller).boundary(ALLOW).is(ImplicitlyDenied);
        given(caller).granted_to("*").boundary(OTHER).is(Allowed);
        given(caller).granted_to(caller).boundary(OTHER).is(Allowed);
        given(caller).granted_to(A).identity(ALLOW).boundary(OTHER).is(ImplicitlyDenied);
    }
    given(SESSION).identity(ALLOW).session(OTHER).is(ImplicitlyDenied).session(ALLOW).is(Allowed);
    given(SESSION).granted_to("*").session(OTHER).is(Allowed);
    given(SESSION).granted_to(SESSION).session(OTHER).is(Allowed);
    given(SESSION).granted_to(ROLE).session(OTHER).is(ImplicitlyDenied);
    given(SESSION).granted_to(ROLE).boundary(OTHER).is(ImplicitlyDenied);
    given(SESSION).granted_to(ROLE).boundary(ALLOW).session(ALLOW).is(Allowed);
    given(ROLE).granted_to(ROLE).boundary(OTHER).is(ImplicitlyDenied);
}

#[test]
fn the_closest_grant_counts() {
    let two = format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{ROLE}"}}, "Action": "s3:*"}},
        {{"Sid": "Session", "Effect": "Allow", "Principal": {{"AWS": ["{ROLE}", "{SESSION}"]}}, "Action": "s3:*"}}"#
    );
    let case = given(SESSION).resource(&two).boundary(OTHER).is(Allowed);
    assert_eq!(case.decide().because, "The statement `Session` of the resource policy allows it.");
}

#[test]
fn federated_users_have_what_their_session_policy_and_their_user_allow() {
    given(FEDERATED).identity(ALLOW).is(ImplicitlyDenied).session(ALLOW).is(Allowed);
    given(FEDERATED).identity(ALLOW).session(OTHER).is(ImplicitlyDenied);
    given(FEDERATED).granted_to(FEDERATED).is(Allowed).session(OTHER).is(Allowed);
    given(FEDERATED).granted_to(USER).is(ImplicitlyDenied).session(ALLOW).is(Allowed);
    given(FEDERATED).granted_to(USER).session(OTHER).is(ImplicitlyDenied);
    given(FEDERATED).granted_to(A).is(ImplicitlyDenied);
}

#[test]
fn a_root_user_may_everything_in_its_account_but_what_the_resource_denies() {
    given(ROOT).is(Allowed).boundary(DENY).identity(DENY).is(Allowed);
    given(ROOT).resource(r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}"#).is(ExplicitlyDenied);
    given(ROOT).of(B).is(ImplicitlyDenied).granted_to(A).is(Allowed);
    given(ROOT).of(B).granted_to(USER).is(ImplicitlyDenied);
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    given(ROOT).doing("kms:Decrypt", key).is(ImplicitlyDenied).granted_to(A).is(Allowed);
    given(ROOT).doing("sts:AssumeRole", ROLE).granted_to(ROOT).is(ImplicitlyDenied);
}

#[test]
fn who_has_no_account_depends_on_the_resource() {
    given("anonymous").granted_to("*").is(Allowed).identity(DENY).is(Allowed);
    given("anonymous").granted_to(A).is(ImplicitlyDenied);
    let service = r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "s3:*"}"#;
    given("ec2.amazonaws.com").resource(service).is(Allowed);
    given("s3.amazonaws.com").resource(service).is(ImplicitlyDenied);
    given(USER).resource(service).is(ImplicitlyDenied);
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let federated = format!(
        r#"{{"Effect": "Allow", "Principal": {{"Federated": "{github}"}}, "Action": "sts:AssumeRoleWithWebIdentity"}}"#
    );
    let web = |caller| given(caller).doing("sts:AssumeRoleWithWebIdentity", ROLE).resource(&federated);
    web("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com").is(Allowed);
    web("accounts.google.com").is(ImplicitlyDenied);
}

#[test]
fn roles_and_keys_must_have_their_say() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    for (action, resource) in [("sts:AssumeRole", ROLE), ("kms:Decrypt", key)] {
        let asked = |caller| given(caller).doing(action, resource);
        asked(USER).identity(ALLOW).is(ImplicitlyDenied);
        asked(USER).identity(ALLOW).granted_to("arn:aws:iam::111122223333:user/bob").is(ImplicitlyDenied);
        asked(USER).granted_to(USER).is(Allowed).boundary(OTHER).is(Allowed);
        asked(USER).granted_to(A).is(ImplicitlyDenied).identity(ALLOW).is(Allowed).boundary(OTHER).is(ImplicitlyDenied);
        asked(USER).of(B).granted_to(A).is(ImplicitlyDenied).identity(ALLOW).is(Allowed);
        asked(SESSION).granted_to(ROLE).is(Allowed).session(OTHER).is(ImplicitlyDenied);
    }
    for action in ["sts:TagSession", "sts:SetSourceIdentity", "sts:setcontext"] {
        let asked = |caller| given(caller).doing(action, ROLE);
        asked(USER).identity(ALLOW).is(ImplicitlyDenied).granted_to(USER).is(Allowed);
        asked(ROOT).granted_to(ROOT).is(ImplicitlyDenied);
    }
    // What is about no key needs no key's policy.
    given(USER).doing("kms:ListKeys", "*").identity(ALLOW).is(Allowed);
    given(USER).doing("sts:GetCallerIdentity", "*").identity(ALLOW).is(Allowed);
}

#[test]
fn tags_of_federated_users_are_up_to_the_policies_of_identities() {
    for resource in ["*", FEDERATED] {
        let tags = |caller| given(caller).doing("sts:TagSession", resource);
        tags(USER).is(ImplicitlyDenied).identity(ALLOW).is(Allowed);
        tags(ROOT).is(Allowed);
    }
    assert!(is_role_assumption("sts:AssumeRole", "*") && is_role_assumption("STS:TagSession", ROLE));
    assert!(!is_role_assumption("sts:TagSession", FEDERATED) && !is_role_assumption("sts:GetCallerIdentity", ROLE));
}

#[test]
fn all_buckets_are_listed_by_whom_may_do_so_on_every_bucket_or_on_anything() {
    let on = |resource: &str| format!(r#"{{"Effect": "Allow", "Action": "s3:List*", "Resource": "{resource}"}}"#);
    let list = |caller| given(caller).doing("s3:listAllMyBuckets", "*");
    list(USER).identity(&on("arn:aws:s3:::*")).is(Allowed);
    list(USER).identity(&on("*")).is(Allowed);
    for other in ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*", "arn:aws-cn:s3:::*", "arn:aws:sqs:*:*:*"] {
        list(USER).identity(&on(other)).is(ImplicitlyDenied);
    }
    list("arn:aws-cn:iam::111122223333:user/ana").identity(&on("arn:aws-cn:s3:::*")).is(Allowed);
    list(USER).identity(ALLOW).identity(&on("*").replace("Allow", "Deny")).is(ExplicitlyDenied);
    // The other actions that have no resource are granted on `*` only.
    given(USER).doing("s3:ListAccessPoints", "*").identity(&on("arn:aws:s3:::*")).is(ImplicitlyDenied);
}

#[test]
fn not_principal_denies_all_others() {
    let denies_but = |principals: &str| {
        format!(r#"{{"Effect": "Deny", "NotPrincipal": {{"AWS": [{principals}]}}, "Action": "s3:*"}}"#)
    };
    let but_ana = denies_but(&format!(r#""{USER}", "{ROOT}""#));
    given(USER).identity(ALLOW).resource(&but_ana).is(Allowed);
    given("arn:aws:iam::111122223333:user/bob").identity(ALLOW).resource(&but_ana).is(ExplicitlyDenied);
    given(ROOT).resource(&but_ana).is(Allowed);
    given("anonymous").resource(&but_ana).is(ExplicitlyDenied);
    let but_reader = denies_but(&format!(r#""{ROLE}", "{ROOT}""#));
    given(SESSION).identity(ALLOW).resource(&but_reader).is(Allowed);
    // Whoever has a permissions boundary is denied in any case.
    given(USER).identity(ALLOW).boundary(ALLOW).resource(&but_ana).is(ExplicitlyDenied);
    given(SESSION).identity(ALLOW).boundary(ALLOW).resource(&but_reader).is(ExplicitlyDenied);
}

#[test]
fn action_and_resource_can_be_named_by_what_they_are_not() {
    for (statement, effect) in [
        (r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#, Allowed),
        (r#"{"Effect": "Allow", "NotAction": ["iam:*", "S3:getobject"], "Resource": "*"}"#, ImplicitlyDenied),
        (r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::other/*"}"#, Allowed),
        (r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::bucket/*"}"#, ImplicitlyDenied),
        // A pattern whose variable has no value is a pattern that matches nothing.
        (r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::${aws:PrincipalTag/x}/*"}"#, Allowed),
        (r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/x}/*"}"#, ImplicitlyDenied),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/x, 'bucket'}/*"}"#,
            Allowed,
        ),
        // Variables stand behind the fifth colon.
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3::${aws:PrincipalTag/x, ''}:bucket/*"}"#,
            ImplicitlyDenied,
        ),
    ] {
        given(USER).identity(statement).is(effect);
    }
}

#[test]
fn conditions_see_what_follows_from_the_caller() {
    let when = |key: &str, value: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"{key}": "{value}"}}}}}}"#
        )
    };
    given(USER).identity(&when("aws:username", "ana")).is(Allowed);
    given(SESSION).identity(&when("aws:username", "ana")).is(ImplicitlyDenied);
    given(SESSION).identity(&when("aws:PrincipalArn", ROLE)).is(Allowed);
    given(USER).identity(&when("aws:ResourceAccount", A)).is(Allowed);
    given(USER).identity(&when("aws:PrincipalAccount", B)).is(ImplicitlyDenied);
    let keys = "arn:aws:kms:eu-west-1:111122223333:key/1";
    let by = |account: &str| {
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*",
            "Condition": {{"StringEquals": {{"kms:CallerAccount": "{account}"}}}}}}"#
        )
    };
    given(SESSION).doing("KMS:Decrypt", keys).resource(&by(A)).is(Allowed).resource(&by(B)).is(ImplicitlyDenied);
    given("ec2.amazonaws.com").doing("kms:Decrypt", keys).resource(&by(A)).is(ImplicitlyDenied);
    // It is a key of KMS.
    given(USER).identity(&when("kms:CallerAccount", A)).is(ImplicitlyDenied);
}

#[test]
fn the_reason_names_the_statements() {
    let named = |sid: &str, effect: &str| {
        format!(r#"{{"Sid": "{sid}", "Effect": "{effect}", "Action": "s3:*", "Resource": "*"}}"#)
    };
    let read = named("Read", "Allow");
    for (case, because) in [
        (given(USER).identity(OTHER).identity(&read), "The statement `Read` of identity policy 2 allows it."),
        (given(USER).identity(&format!("{OTHER}, {ALLOW}")), "The 2nd statement of the identity policy allows it."),
        (
            given(SESSION).of(B).identity(&read).boundary(ALLOW).granted_to(ROLE),
            "The statement `Read` of the identity policy and the 1st statement of the permissions boundary and the 1st \
            statement of the resource policy allow it.",
        ),
        (given(USER).boundary(&named("Stop", "Deny")), "The statement `Stop` of the permissions boundary forbids it."),
        (given(USER), "No statement of the caller's identity policies allows it."),
        (given(USER).identity(ALLOW).boundary(OTHER), "No statement of the permissions boundary allows it."),
        (given(SESSION).identity(ALLOW).session(OTHER), "No statement of the session policies allows it."),
        (
            given(USER).of(B).identity(ALLOW),
            "The resource has no policy that would allow it to this caller, who belongs to another account.",
        ),
        (given(ROOT), "The root user of an account may do everything in it."),
    ] {
        assert_eq!(case.decide().because, because);
    }
    let decider = given(USER).identity(OTHER).identity(&read).decide().decider.unwrap();
    assert_eq!((decider.kind, decider.policy, decider.statement), (PolicyKind::Identity, Some(1), 0));
    assert_eq!(decider.sid.as_deref(), Some("Read"));
}

fn any_case() -> impl Strategy<Value = Given> {
    let statement = || proptest::sample::select(vec![ALLOW, OTHER, DENY]);
    let caller = proptest::sample::select(vec![USER, ROLE, SESSION, FEDERATED, ROOT, "ec2.amazonaws.com", "anonymous"]);
    let target = proptest::sample::select(vec![
        ("s3:GetObject", "arn:aws:s3:::bucket/key"),
        ("sts:AssumeRole", ROLE),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"),
    ]);
    let policies = (
        proptest::option::of(statement()),
        proptest::option::of(statement()),
        proptest::option::of(statement()),
        proptest::option::of(proptest::sample::select(vec![USER, ROLE, SESSION, FEDERATED, A, B, "*"])),
    );
    (caller, target, any::<bool>(), policies).prop_map(
        |(caller, target, own, (identity, boundary, session, principal))| {
            let mut case = given(caller).doing(target.0, target.1).of(if own { A } else { B });
            case = identity.into_iter().fold(case, Given::identity);
            case = boundary.into_iter().fold(case, Given::boundary);
            case = session.into_iter().fold(case, Given::session);
            principal.into_iter().fold(case, Given::granted_to)
        },
    )
}

proptest! {
    #[test]
    fn a_deny_more_never_allows_and_an_allow_more_never_denies(case in any_case()) {
        let effect = case.decide().effect;
        let denied = case.clone().identity(DENY).decide();
        prop_assert!(!denied.is_allowed() || matches!(case.caller, ROOT | "ec2.amazonaws.com" | "anonymous"));
        let more = case.clone().identity(ALLOW).decide().effect;
        prop_assert!(more == effect || (effect == ImplicitlyDenied && more == Allowed));
    }

    #[test]
    fn a_limit_never_grants(case in any_case()) {
        let without = Given { boundary: None, ..case.clone() }.decide();
        prop_assert!(!case.decide().is_allowed() || without.is_allowed());
    }

    #[test]
    fn what_is_allowed_has_a_decider_unless_to_root(case in any_case()) {
        let decision = case.decide();
        prop_assert_eq!(decision.decider.is_some(), decision.effect != ImplicitlyDenied && !(case.caller == ROOT
            && decision.because.contains("root user")));
    }
}
