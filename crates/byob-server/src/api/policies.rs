//! The policy doctor: for admins.

use axum::Json;
use byob_aws::doctor::{Diagnosis, Question, diagnose};
use byob_core::{
    Error,
    integration::settings::{AccessName, Scope},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Admin,
    body::Body,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(examine))
}

/// A pasted document, and what is wanted of it.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // Describes the body, which `byob-aws` reads; that crate needs no `OpenAPI` library.
struct DiagnoseRequest {
    /// Which document it is.
    #[schema(value_type = String, pattern = "^(access|trust|session|cors)$", example = "trust")]
    kind: String,
    /// As it was pasted: it need not be JSON. 65,536 bytes at most.
    #[schema(max_length = 65_536)]
    text: String,
    /// What it should do, by the names of an integration's settings. Of what is left out, nothing is found missing or too broad.
    wanted: Option<WantedSettings>,
}

/// The settings of an integration that its documents are made from. All may be left out.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // Describes the body, too.
struct WantedSettings {
    /// Which objects.
    scope: Option<Scope>,
    /// Short for a scope of one bucket.
    #[schema(example = "acme-images")]
    bucket: Option<String>,
    /// Goes with `bucket`.
    #[schema(example = "team")]
    prefix: Option<String>,
    /// What is to be allowed. Default: `list` and `read`.
    access: Option<Vec<AccessName>>,
    /// The KMS keys that encrypt the objects.
    kms_key_arns: Option<Vec<String>>,
    /// The bucket's region, which tells the partition.
    #[schema(example = "eu-central-1")]
    region: Option<String>,
    /// The partition itself, such as `aws-cn`.
    partition: Option<String>,
    /// Whom the trust policy should name.
    principal_arn: Option<String>,
    /// What the trust policy should ask for.
    external_id: Option<String>,
    /// The pages that use the bucket, as `https://host`.
    origins: Option<Vec<String>>,
}

/// What the doctor found.
#[derive(Debug, Serialize, ToSchema)]
struct DiagnosisView {
    /// The worst of the findings: `good` with nothing but notes, `improvable` with warnings, `wrong` with errors.
    #[schema(pattern = "^(good|improvable|wrong)$")]
    verdict: String,
    /// In the order of the text.
    findings: Vec<FindingView>,
    /// The document as it should be; `null` where there is nothing to correct, or where more has to be known for it.
    #[schema(value_type = Option<Object>)]
    corrected: Value,
}

/// One thing that the doctor found.
#[derive(Debug, Serialize, ToSchema)]
struct FindingView {
    /// Stable and machine-readable.
    #[schema(example = "no_external_id")]
    code: String,
    /// How bad it is.
    #[schema(pattern = "^(error|warning|note)$")]
    severity: String,
    /// What is wrong.
    detail: String,
    /// What to do about it.
    hint: String,
    /// Beginning with 1.
    line: usize,
    /// Which character of the line, beginning with 1.
    column: usize,
    /// Which byte of the text, beginning with 0.
    offset: usize,
    /// The statement, or of a CORS configuration the rule, that it is about.
    statement: Option<StatementView>,
}

/// Which statement of the document.
#[derive(Debug, Serialize, ToSchema)]
struct StatementView {
    /// Beginning with 0.
    index: usize,
    /// Its `Sid`, if it has one.
    sid: Option<String>,
}

/// Find what is wrong with a pasted policy or CORS configuration
///
/// Whatever the text is, it is answered: with all mistakes in one go, each with its place, and with the corrected document.
#[utoipa::path(post, path = "/policies/diagnose", operation_id = "diagnose_policy", tag = "policies", request_body = DiagnoseRequest,
    responses((status = 200, body = DiagnosisView), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn examine(_: Admin, Body(question): Body<Question>) -> Result<Json<Diagnosis>, Failure> {
    // A long document takes a moment, in which others are not to wait.
    let diagnosis = tokio::task::spawn_blocking(move || diagnose(&question)).await;
    let diagnosis = diagnosis.map_err(|error| Failure(Error::internal(error)))?;
    Ok(Json(diagnosis.map_err(|wrong| Failure(Error::field(wrong.field, &wrong.invalid)))?))
}
