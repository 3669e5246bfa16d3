//! Why a file does not load: for every member.

use axum::{Json, extract::State};
use byob_core::{
    check::{file::Trouble, report::CorrectedDocument, steps::StepName},
    organization::Role,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Viewer,
    body::Body,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(diagnose))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DiagnoseFile {
    /// The file that does not load.
    #[schema(example = "s3://acme-images/team/cat.png")]
    locator: String,
}

/// What is in the way.
#[derive(Debug, Serialize, ToSchema)]
struct FileDiagnosis {
    /// The likely cause; `null` if the file loads from where the service is.
    trouble: Option<FileTrouble>,
}

/// The likely cause. Who mends it are the organization's admins, with the documents of the connection check.
#[derive(Debug, Serialize, ToSchema)]
struct FileTrouble {
    /// The step of the connection check that failed.
    step: StepName,
    /// Stable and machine-readable; `docs/reference/checks.md` lists all.
    #[schema(example = "object_gone")]
    cause: String,
    /// What is wrong, as a sentence.
    detail: String,
    /// What to do about it.
    fix: String,
    /// The document to apply, for admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<CorrectedDocument>,
    integration_id: String,
}

/// Find out why a file does not load
///
/// Goes the way that the file goes: role, bucket, region, object, URL and CORS. It costs about a dozen requests to AWS. Only admins are told
/// what names the integration's settings.
#[utoipa::path(post, path = "/resolve/diagnose", operation_id = "diagnose_file", tag = "resolve", request_body = DiagnoseFile,
    responses((status = 200, body = FileDiagnosis), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn diagnose(
    Viewer(actor): Viewer,
    State(app): State<App>,
    Body(body): Body<DiagnoseFile>,
) -> Result<Json<FileDiagnosis>, Failure> {
    let trouble = app.core.diagnose_file(&actor.reach, &body.locator).await?;
    // Settings of integrations are for admins.
    let told = |trouble: Trouble| if actor.role == Role::Admin { trouble } else { trouble.without_settings() };
    Ok(Json(FileDiagnosis { trouble: trouble.map(told).map(FileTrouble::from) }))
}

impl From<Trouble> for FileTrouble {
    fn from(Trouble { step, finding, integration_id }: Trouble) -> Self {
        Self {
            step,
            cause: finding.cause,
            detail: finding.detail,
            fix: finding.fix,
            document: finding.document,
            integration_id: integration_id.to_string(),
        }
    }
}
