//! IAM of the platform's own account: makes and removes the principal roles of integrations.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>.

use std::error::Error as StdError;

use aws_sdk_iam::{
    Client,
    error::SdkError,
    types::{Role, Tag},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use byob_aws::policies::PolicyDocument;
use tokio::sync::{OnceCell, RwLock};

use crate::{
    aws_io::{
        fault::{Fault, FaultKind},
        platform::Platform,
        refusal::{EXPIRED, of_platform, service},
        witness::Witness,
    },
    error::{Error, Kind, Result},
};

/// The platform's IAM client.
#[derive(Debug)]
pub struct Iam {
    platform: Platform,
    client: RwLock<OnceCell<Client>>,
}

/// A role to be made.
#[derive(Debug)]
pub struct NewRole<'a> {
    /// Unique in the account.
    pub name: &'a str,
    /// Such as `/byob/`.
    pub path: &'a str,
    /// Who may assume it.
    pub trust: &'a PolicyDocument,
    /// What it is for.
    pub description: &'a str,
    /// By these it is known again.
    pub tags: &'a [(&'static str, String)],
}

/// The name of a role's only policy.
const POLICY: &str = "byob";

/// There is no such role or policy.
const MISSING: &str = "NoSuchEntity";

impl Iam {
    /// Connects at the first call.
    pub fn new(platform: Platform) -> Self {
        Self { platform, client: RwLock::default() }
    }

    /// Makes a role, and gives its ARN; `None` if there is one of that name already.
    pub async fn create_role(&self, new: &NewRole<'_>) -> Result<Option<String>, Fault> {
        let tags = new.tags.iter().map(|(key, value)| Tag::builder().key(*key).value(value).build());
        let tags: Vec<Tag> = tags.collect::<Result<_, _>>().map_err(|_| unsent("iam:CreateRole"))?;
        let made = self.fresh("iam:CreateRole", |client| {
            client
                .create_role()
                .role_name(new.name)
                .path(new.path)
                .assume_role_policy_document(new.trust.to_compact_json())
                .description(new.description)
                .set_permissions_boundary(self.platform.principal_role_boundary().map(str::to_owned))
                .set_tags(Some(tags.clone()))
                .send()
        });
        match made.await {
            Ok(made) => made.role.map(|role| Some(role.arn)).ok_or_else(|| unsent("iam:CreateRole")),
            Err(fault) if fault.code() == "EntityAlreadyExists" => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// A role, if there is one of that name.
    pub async fn find_role(&self, name: &str, witness: Option<&Witness>) -> Result<Option<Role>, Fault> {
        let found = self.fresh("iam:GetRole", |client| {
            let asked = client.get_role().role_name(name).customize();
            match witness {
                Some(witness) => asked.interceptor(witness.clone()),
                None => asked,
            }
            .send()
        });
        match found.await {
            Ok(found) => Ok(found.role),
            Err(fault) if fault.code() == MISSING => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Replaces who may assume a role.
    pub async fn set_trust(&self, name: &str, trust: &PolicyDocument) -> Result<(), Fault> {
        let done = self.fresh("iam:UpdateAssumeRolePolicy", |client| {
            client.update_assume_role_policy().role_name(name).policy_document(trust.to_compact_json()).send()
        });
        done.await.map(drop)
    }

    /// Replaces what a role may do; nothing at all without a document.
    pub async fn set_policy(&self, name: &str, policy: Option<&PolicyDocument>) -> Result<(), Fault> {
        let Some(policy) = policy else {
            let done = self.fresh("iam:DeleteRolePolicy", |client| {
                client.delete_role_policy().role_name(name).policy_name(POLICY).send()
            });
            return gone(done.await.map(drop));
        };
        let done = self.fresh("iam:PutRolePolicy", |client| {
            let policy = policy.to_compact_json();
            client.put_role_policy().role_name(name).policy_name(POLICY).policy_document(policy).send()
        });
        done.await.map(drop)
    }

    /// Removes a role and its policy. That there is none is as good.
    pub async fn delete_role(&self, name: &str) -> Result<(), Fault> {
        self.set_policy(name, None).await?;
        let done = self.fresh("iam:DeleteRole", |client| client.delete_role().role_name(name).send());
        gone(done.await.map(drop))
    }

    /// Sends a request. If the platform's own credentials turn out to have expired, they are loaded afresh and it is sent once more.
    async fn fresh<T, E, F>(&self, operation: &'static str, send: impl Fn(Client) -> F) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        F: Future<Output = Result<T, SdkError<E>>>,
    {
        let answer = match send(self.client().await).await {
            Err(error) if error.code().is_some_and(|code| EXPIRED.contains(&code)) => {
                *self.client.write().await = OnceCell::new();
                send(self.client().await).await
            }
            answer => answer,
        };
        answer.map_err(|error| Fault::of(operation, &error))
    }

    async fn client(&self) -> Client {
        self.client.read().await.get_or_init(|| Box::pin(self.platform.iam_client())).await.clone()
    }
}

fn gone(answer: Result<(), Fault>) -> Result<(), Fault> {
    match answer {
        Err(fault) if fault.code() == MISSING => Ok(()),
        answer => answer,
    }
}

fn unsent(operation: &'static str) -> Fault {
    Fault::silent(operation, FaultKind::NotAws)
}

/// IAM's error codes, and what they mean to the people who read them: nearly all are for the operator to mend.
pub(crate) fn explain(fault: &Fault, resource: &str) -> Error {
    let operation = fault.operation;
    let say = |kind, code, detail: String, hint: String| Error::new(kind, code, detail).hint(hint);
    let explained = of_platform(fault).unwrap_or_else(|| match (fault.kind, fault.code()) {
        (FaultKind::Refused, _) if fault.is_denied() => say(
            Kind::NotConfigured,
            "platform_may_not_manage_roles",
            format!("AWS does not let the platform do `{operation}`, so it cannot keep a role for each integration."),
            format!("This is for the operator to mend: allow `{operation}` on `{resource}` to the platform's identity."),
        ),
        (FaultKind::Refused, "LimitExceeded") => say(
            Kind::NotConfigured,
            "principal_role_limit",
            "The platform's AWS account has no room for another role.".into(),
            "This is for the operator to mend: raise the account's quota for roles (1,000 at first) or remove roles that nobody uses. \
             Another principal needs no role."
                .into(),
        ),
        (FaultKind::Refused, MISSING) => say(
            Kind::NotConfigured,
            "principal_role_missing",
            "Somebody has removed the platform's own role for this integration.".into(),
            "Choose another principal and then this one again. That makes a new role, which AWS does not take for the old one: the \
             customer's trust policy has to be saved again."
                .into(),
        ),
        (FaultKind::Refused, "MalformedPolicyDocument") => say(
            Kind::NotConfigured,
            "platform_identity_unknown",
            "AWS does not know the platform's identity as whom a role could trust.".into(),
            "This is for the operator to mend: set `aws.shared_principal_arn` to the whole ARN, path included, of the role that the service \
             runs as."
                .into(),
        ),
        (FaultKind::Refused, _) => say(
            Kind::NotConfigured,
            "iam_refused",
            format!("AWS refused `{operation}`."),
            "This is for the operator to mend: look up AWS's error code, and quote the request ID to AWS's support.".into(),
        ),
        _ => say(
            Kind::AwsUnavailable,
            "iam_unavailable",
            format!("AWS {} cannot be reached.", service(fault)),
            "Try again in a moment.".into(),
        ),
    });
    explained.aws(fault.shown()).caused_by(format!("{operation}: {}", fault.in_words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_who_mends_them_and_how() {
        for (code, expected, says) in [
            ("AccessDenied", "platform_may_not_manage_roles", "`iam:CreateRole` on `arn:aws:iam::*:role/byob/*`"),
            ("LimitExceeded", "principal_role_limit", "quota"),
            ("NoSuchEntity", "principal_role_missing", "another principal"),
            ("MalformedPolicyDocument", "platform_identity_unknown", "aws.shared_principal_arn"),
            ("InvalidClientTokenId", "platform_credentials_invalid", "operator"),
            ("ExpiredToken", "platform_credentials_expired", "operator"),
            ("ConcurrentModification", "iam_refused", "operator"),
        ] {
            let fault =
                Fault { status: 400, code: Some(code.into()), ..Fault::silent("iam:CreateRole", FaultKind::Refused) };
            let error = explain(&fault, "arn:aws:iam::*:role/byob/*");
            assert_eq!((error.code(), error.is_ours()), (expected, true));
            assert!(error.hint_text().unwrap().contains(says), "{error:?}");
        }
        for (kind, expected) in [
            (FaultKind::Throttled, "aws_throttled"),
            (FaultKind::Failed, "iam_unavailable"),
            (FaultKind::TimedOut, "iam_unavailable"),
        ] {
            let error = explain(&Fault::silent("iam:CreateRole", kind), "");
            assert_eq!((error.code(), error.kind()), (expected, Kind::AwsUnavailable));
        }
    }
}
