//! `sts:AssumeRole`: a customer's role becomes session credentials.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.

use std::{error::Error as StdError, time::Duration};

use aws_sdk_sts::{
    Client,
    error::SdkError,
    operation::{
        assume_role::{AssumeRoleError, AssumeRoleOutput},
        get_caller_identity::GetCallerIdentityError,
    },
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use byob_aws::{Credentials, RoleArn, policies::trust::ExternalId};
use time::OffsetDateTime;
use tokio::sync::{OnceCell, RwLock};

use crate::{
    aws_io::{
        cause,
        fault::{Fault, FaultKind},
        platform::{PRINCIPAL_SESSION, Platform},
        refusal::{EXPIRED, of_platform},
        witness::Witness,
    },
    error::{Error, Kind, Result},
};

/// The platform's STS client.
#[derive(Debug)]
pub struct Sts {
    platform: Platform,
    client: RwLock<OnceCell<Client>>,
    /// Those that ask as a principal role; each keeps the session of its role.
    through: moka::future::Cache<RoleArn, Client>,
}

/// What is asked of STS.
#[derive(Debug, Clone)]
pub struct AssumeRole {
    /// The customer's role.
    pub role: RoleArn,
    /// The principal role in whose name it is asked for, where the integration has one of its own.
    pub through: Option<RoleArn>,
    /// The ID that its trust policy demands.
    pub external_id: ExternalId,
    /// What the customer sees in CloudTrail: 2 to 64 characters.
    pub session_name: String,
    /// What narrows the session.
    pub session_policy: String,
    /// Seconds.
    pub duration: u32,
    /// The role was not seen yet to refuse those who do not know the external ID, so that this has to be seen first.
    pub unproven: bool,
}

/// What STS answered.
#[derive(Debug, Clone)]
pub struct AssumedRole {
    /// The session's credentials.
    pub credentials: Credentials,
    /// When they end.
    pub expires_at: OffsetDateTime,
}

/// The operation's name, as users know it.
pub const OPERATION: &str = "sts:AssumeRole";
/// The same, of the platform's own principal role on the way to a customer's.
pub const PRINCIPAL_OPERATION: &str = "sts:AssumeRole of the principal role";

impl Sts {
    /// Connects at the first call.
    pub fn new(platform: Platform) -> Self {
        // Whoever does not come back within an hour needs a new session of the principal role in any case.
        let through = moka::future::Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_hours(1)).build();
        Self { platform, client: RwLock::default(), through }
    }

    /// Assumes a role.
    pub async fn assume_role(&self, request: &AssumeRole) -> Result<AssumedRole> {
        let answer = self.ask(request, Some(&request.external_id), None).await;
        assumed(answer.map_err(|error| explain(&fault_of(&error), request).caused_by(error))?)
    }

    /// Assumes a role under the eyes of a witness, for a check.
    pub async fn assume_role_seen(&self, request: &AssumeRole, witness: &Witness) -> Result<AssumedRole, Fault> {
        let answer = self.ask(request, Some(&request.external_id), Some(witness)).await;
        let output = answer.map_err(|error| fault_of(&error))?;
        assumed(output).map_err(|_| Fault::silent(OPERATION, FaultKind::NotAws))
    }

    /// Tries a role as somebody would who does not know its external ID. Session credentials that come back are dropped here, unused.
    pub async fn try_without_id(
        &self,
        request: &AssumeRole,
        instead: Option<&ExternalId>,
        witness: Option<&Witness>,
    ) -> Result<(), Fault> {
        let answer = self.ask(request, instead, witness).await;
        answer.map(drop).map_err(|error| fault_of(&error))
    }

    /// Tries whether the platform may assume a principal role of its own. Session credentials that come back are dropped here, unused.
    pub async fn try_principal_role(&self, role: &RoleArn, witness: &Witness) -> Result<(), Fault> {
        let answer = self.fresh(None, |client| {
            let asked = client.assume_role().role_arn(role.to_string()).role_session_name(PRINCIPAL_SESSION);
            asked.customize().interceptor(witness.clone()).send()
        });
        answer.await.map(drop).map_err(|error| Fault::of(OPERATION, &error))
    }

    /// Who the platform is, as an ARN.
    pub async fn caller_identity(&self, witness: Option<&Witness>) -> Result<String, Fault> {
        const OPERATION: &str = "sts:GetCallerIdentity";
        let answer = self
            .fresh(None, |client| {
                let asked = client.get_caller_identity().customize();
                match witness {
                    Some(witness) => asked.interceptor(witness.clone()),
                    None => asked,
                }
                .send()
            })
            .await
            .map_err(|error: SdkError<GetCallerIdentityError>| Fault::of(OPERATION, &error))?;
        answer.arn.ok_or_else(|| Fault::silent(OPERATION, FaultKind::NotAws))
    }

    async fn ask(
        &self,
        request: &AssumeRole,
        external_id: Option<&ExternalId>,
        witness: Option<&Witness>,
    ) -> Result<AssumeRoleOutput, SdkError<AssumeRoleError>> {
        self.fresh(request.through.as_ref(), |client| {
            metrics::counter!("byob_sts_assume_role_total").increment(1);
            let asked = client
                .assume_role()
                .role_arn(request.role.to_string())
                .set_external_id(external_id.map(|id| id.as_str().to_owned()))
                .role_session_name(&request.session_name)
                .policy(&request.session_policy)
                .duration_seconds(i32::try_from(request.duration).unwrap_or(i32::MAX))
                .customize();
            let asked = match witness {
                Some(witness) => asked.interceptor(witness.clone()),
                None => asked,
            };
            asked.send()
        })
        .await
    }

    /// Sends a request. If the credentials that signed it turn out to have expired, they are loaded afresh and it is sent once more.
    async fn fresh<T, E, F>(&self, through: Option<&RoleArn>, send: impl Fn(Client) -> F) -> Result<T, SdkError<E>>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        F: Future<Output = Result<T, SdkError<E>>>,
    {
        match send(self.client(through).await).await {
            Err(error) if error.code().is_some_and(|code| EXPIRED.contains(&code)) => {
                self.forget(through).await;
                send(self.client(through).await).await
            }
            answer => answer,
        }
    }

    async fn client(&self, through: Option<&RoleArn>) -> Client {
        match through {
            None => self.client.read().await.get_or_init(|| Box::pin(self.platform.sts_client())).await.clone(),
            // Boxed, as it is large and seldom: every request would carry its room otherwise.
            Some(role) => self.through.get_with_by_ref(role, Box::pin(self.platform.sts_client_through(role))).await,
        }
    }

    async fn forget(&self, through: Option<&RoleArn>) {
        match through {
            None => *self.client.write().await = OnceCell::new(),
            Some(role) => self.through.invalidate(role).await,
        }
    }
}

/// What went wrong, be it with the customer's role or with the principal role on the way to it.
fn fault_of(error: &SdkError<AssumeRoleError>) -> Fault {
    match error.source().and_then(cause::<SdkError<AssumeRoleError>>) {
        Some(error) => Fault::of_credentials(Fault::of(PRINCIPAL_OPERATION, error)),
        None => Fault::of(OPERATION, error),
    }
}

fn assumed(answer: AssumeRoleOutput) -> Result<AssumedRole> {
    let session = answer.credentials.ok_or_else(|| Error::internal("STS answered without credentials"))?;
    Ok(AssumedRole {
        expires_at: OffsetDateTime::from_unix_timestamp(session.expiration.secs()).map_err(Error::internal)?,
        credentials: Credentials::new(session.access_key_id, session.secret_access_key, Some(session.session_token)),
    })
}

/// AWS's error codes, and what they mean to the people who read them.
pub(crate) fn explain(fault: &Fault, request: &AssumeRole) -> Error {
    let message = fault.message();
    let say = |kind, code, detail: String, hint: &str| Error::new(kind, code, detail).hint(hint);
    if let Some(explained) = of_platform(fault) {
        return explained.aws(fault.shown());
    }
    let explained = match fault.code() {
        _ if fault.kind == FaultKind::NoCredentials => say(
            Kind::NotConfigured,
            "principal_role_not_assumable",
            "AWS refused to let the platform assume its own role for this integration.".into(),
            "A role that was just made can be assumed after some seconds. Otherwise this is for the operator to mend: a connection check \
             says what is wrong.",
        ),
        "PackedPolicyTooLarge" => say(
            Kind::AwsRefused,
            "session_policy_too_large",
            "The session policy for this integration is larger than AWS takes.".into(),
            "Declare fewer buckets, shorter prefixes or fewer KMS keys in one integration.",
        ),
        "ValidationError" if message.contains("role chaining") => say(
            Kind::AwsRefused,
            "session_duration_too_long",
            "The platform itself uses a role, and sessions that one role opens of another last an hour at most.".into(),
            "Set `session_duration` of the integration to 3600 or less.",
        ),
        "MalformedPolicyDocument" => say(
            Kind::Internal,
            "session_policy_malformed",
            "AWS does not accept the session policy that we made.".into(),
            "Please report this.",
        ),
        "ValidationError" if message.contains("DurationSeconds") || message.contains("MaxSessionDuration") => say(
            Kind::AwsRefused,
            "session_duration_too_long",
            format!("The role of the integration allows no session of {} seconds.", request.duration),
            "Raise the role's maximum session duration in IAM, or lower `session_duration` of the integration.",
        ),
        "RegionDisabledException" => say(
            Kind::AwsRefused,
            "sts_region_disabled",
            "STS is not active in the platform's region for the customer's account.".into(),
            "Activate the region in the customer's account settings of IAM.",
        ),
        _ if (400..500).contains(&fault.status) => say(
            Kind::AwsRefused,
            "role_not_assumable",
            "AWS refused to let the platform assume the role of the integration.".into(),
            "An admin checks the connection: the report says what is wrong with the role, and has the document that mends it. Changes in \
             IAM take some minutes to arrive.",
        ),
        _ => {
            say(Kind::AwsUnavailable, "sts_unavailable", "AWS STS cannot be reached.".into(), "Try again in a moment.")
        }
    };
    explained.aws(fault.shown())
}
