//! What lies in buckets: folders, versions, what is known of a file, and its first rows.

pub mod browse;
pub mod details;
pub mod glob;
pub mod stream;
pub mod table;
pub mod versions;

use byob_aws::{Bucket, Invalid, policies::Access};
use percent_encoding::percent_decode_str;

use self::browse::ListRequest;
use crate::{
    aws_io::{guard::GuardedClient, s3},
    core::Core,
    credentials::session::Session,
    error::{Error, Kind, Result},
    integration::{Integration, directory::unsafe_role, scope::Scope},
    store::Safety,
};

impl Core {
    /// Asks a bucket with the session of the moment. If that ended early, revoked or by a clock that is wrong, one newer one is tried.
    pub(crate) async fn ask_bucket<T, Answer: Future<Output = Result<T>>>(
        &self,
        integration: &Integration,
        bucket: &Bucket,
        ask: impl Fn(aws_sdk_s3::Client) -> Answer,
    ) -> Result<T> {
        self.ask_bucket_by(&self.http, integration, bucket, ask).await
    }

    /// The same, over these connections.
    async fn ask_bucket_by<T, Answer: Future<Output = Result<T>>>(
        &self,
        http: &GuardedClient,
        integration: &Integration,
        bucket: &Bucket,
        ask: impl Fn(aws_sdk_s3::Client) -> Answer,
    ) -> Result<T> {
        // A session from before may still be there.
        if integration.safety == Safety::Unsafe {
            return Err(unsafe_role(&integration.spec.name));
        }
        self.note_use_of(integration);
        let client =
            |session: Option<&Session>| s3::client(&integration.spec, session.map(Session::credentials), http.clone());
        let session = self.session_now(integration, bucket).await?;
        match (ask(client(session.as_deref())).await, &session) {
            (Err(error), Some(expired)) if error.code() == s3::SESSION_EXPIRED => {
                let session = self.replace_session(integration, bucket, expired).await?;
                ask(client(session.as_deref())).await
            }
            (answer, _) => answer,
        }
    }
}

/// Somebody pays who is not the bucket's owner.
fn payer(integration: &Integration) -> Option<aws_sdk_s3::types::RequestPayer> {
    integration.spec.requester_pays.then(|| "requester".into())
}

/// Whether an integration is on and declared for what is asked.
fn permit(integration: &Integration, needed: Access, what: &str) -> Result<()> {
    let name = &integration.spec.name;
    if !integration.enabled {
        let detail = format!("The integration `{name}` is turned off.");
        return Err(Error::new(Kind::Conflict, "integration_disabled", detail).hint("An admin can turn it on again."));
    }
    if !integration.spec.access.contains(&needed) {
        let detail = format!("The integration `{name}` is not declared for {what}.");
        let hint =
            format!("An admin can add `{}` to its access, and update the role's access policy.", needed.as_str());
        return Err(Error::new(Kind::Conflict, "access_not_declared", detail).hint(hint));
    }
    Ok(())
}

/// The bucket that is meant, if the integration serves it.
fn bucket(integration: &Integration, wanted: Option<&str>) -> Result<Bucket> {
    let fault = |code, detail: String, hint: &str| Err(Error::field("bucket", &Invalid::new(code, detail, hint)));
    let wanted = wanted.map(Bucket::parse).transpose().map_err(|invalid| Error::field("bucket", &invalid))?;
    match (&integration.spec.scope, wanted) {
        (Scope::Bucket(scope), None) => Ok(scope.bucket.clone()),
        (Scope::Bucket(scope), Some(wanted)) if wanted == scope.bucket => Ok(wanted),
        (Scope::AllPermitted(buckets), None) => match buckets.as_slice() {
            [only] => Ok(only.clone()),
            _ => fault("missing", "The integration has several buckets.".into(), "Say which bucket to list."),
        },
        (Scope::AllPermitted(buckets), Some(wanted)) if buckets.is_empty() || buckets.contains(&wanted) => Ok(wanted),
        (_, Some(wanted)) => fault(
            "outside_scope",
            format!("The integration does not serve `{wanted}`."),
            "Choose a bucket of its scope.",
        ),
    }
}

/// What the keys begin with, if the integration serves that; its own prefix by default.
fn prefix(integration: &Integration, wanted: Option<&str>) -> Result<String> {
    let Some(own) = integration.spec.scope.prefix().map(|own| format!("{own}/")) else {
        return Ok(wanted.unwrap_or_default().to_owned());
    };
    match wanted {
        None | Some("") => Ok(own),
        Some(wanted) if wanted.starts_with(&own) => Ok(wanted.to_owned()),
        Some(wanted) => {
            let invalid = Invalid::new(
                "outside_scope",
                format!("`{wanted}` does not lie below `{own}`, which the integration serves."),
                "Choose a folder below it, or leave the prefix out.",
            );
            Err(Error::field("prefix", &invalid))
        }
    }
}

/// What a bucket says to a cursor that it did not give: AWS by this code, for tokens and for markers of versions. Others take any.
fn of_cursor(error: Error, request: &ListRequest) -> Error {
    let is_refused = error.aws_fault().is_some_and(|fault| fault.code.as_deref() == Some("InvalidArgument"));
    if is_refused && request.cursor.is_some() { invalid_cursor().caused_by(error) } else { error }
}

fn invalid_cursor() -> Error {
    let hint = "Send `next_cursor` of the page before, unchanged and with the same `prefix`, `delimiter` and `glob`, or leave it out.";
    Error::field("cursor", &Invalid::new("invalid_cursor", "The cursor is not one of this listing.", hint))
}

/// The URL encoding of listings writes a space as `+`.
pub(crate) fn decoded(text: &str) -> Result<String> {
    let spaces = text.replace('+', " ");
    Ok(percent_decode_str(&spaces).decode_utf8().map_err(Error::internal)?.into_owned())
}

/// A time of AWS's client.
fn moment(at: &aws_sdk_s3::primitives::DateTime) -> Option<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp(at.secs()).ok()
}
