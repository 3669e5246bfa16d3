//! One file: what is known of it, and its first rows; for every member.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use byob_aws::Locator;
use byob_core::{
    Error,
    files::{
        details::Details,
        table::{ColumnKind, Format, Table},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    actor::Viewer,
    body::Query,
    problem::{Failure, Problem},
    router::App,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(details)).routes(routes!(table))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// Which file.
    #[param(example = "s3://acme-images/team/cat.png")]
    locator: String,
}

/// What S3 knows of a file besides its content.
#[derive(Debug, Serialize, ToSchema)]
struct FileDetails {
    locator: String,
    /// Bytes.
    size: i64,
    #[serde(with = "time::serde::rfc3339::option")]
    last_modified: Option<OffsetDateTime>,
    etag: Option<String>,
    /// In a bucket that keeps versions.
    version_id: Option<String>,
    /// Such as `STANDARD` or `GLACIER`.
    storage_class: Option<String>,
    /// As it was stored; URLs carry the type that the name suggests.
    content_type: Option<String>,
    content_encoding: Option<String>,
    cache_control: Option<String>,
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    encryption: Option<String>,
    kms_key_arn: Option<String>,
    /// Whether an archived object is being restored, and until when it stays so, as S3 says it.
    restore: Option<String>,
    /// What the writer noted down: `x-amz-meta-…`.
    metadata: BTreeMap<String, String>,
}

/// Ask S3 what it knows of a file
#[utoipa::path(get, path = "/files/details", operation_id = "get_file_details", tag = "files", params(FileQuery),
    responses((status = 200, body = FileDetails), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn details(
    Viewer(actor): Viewer,
    State(app): State<App>,
    Query(query): Query<FileQuery>,
) -> Result<Json<FileDetails>, Failure> {
    let locator = locator(&query.locator)?;
    Ok(Json(app.core.file_details(&actor.reach, &locator).await?.into()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TableQuery {
    /// Which file.
    #[param(example = "s3://acme-images/team/labels.parquet")]
    locator: String,
    /// How many rows: 1 to 1,000. Default: 100.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    rows: Option<usize>,
}

/// The beginning of a table.
#[derive(Debug, Serialize, ToSchema)]
struct FileTable {
    format: Format,
    /// Its columns, the first 200 at most.
    columns: Vec<TableColumn>,
    /// How many columns it has altogether.
    column_count: usize,
    /// Its first rows, each with a value for each column. Values of CSV are texts. Of JSON lines, a whole number of more than 64 bits, and what has
    /// one in it, is a text, as it is written. Of a value of more than 16 KB there is the beginning as a text, with `…` at its end; all together have 8 MB at most, for which there may be fewer rows than were asked for.
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<Value>>,
    /// How many rows it has altogether; `null` where only reading it all would tell.
    row_count: Option<u64>,
    /// Whether there are more rows.
    has_more: bool,
    /// Of a file of JSON lines: which lines are none, beginning with 1, the first hundred. They are left out.
    bad_lines: Vec<usize>,
    /// How many lines are none.
    bad_line_count: usize,
    /// Of CSV and TSV: the line in which a row begins that opens a quote and does not close it, as far as the file was read. It and what follows
    /// are left out.
    open_quote: Option<usize>,
    /// How a table of lines is encoded: `UTF-8`, `UTF-16LE` or `UTF-16BE`, as its byte order mark says; `windows-1252` if without one most that is
    /// not ASCII is no UTF-8.
    #[schema(example = "UTF-8")]
    encoding: Option<&'static str>,
    /// How many bytes of the file were read for this answer.
    bytes_read: u64,
    /// How many bytes it has.
    size: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct TableColumn {
    /// What its heading says; empty where there is none.
    name: String,
    /// What is in it, as far as it was read.
    kind: ColumnKind,
}

/// Read the first rows of a table
///
/// Of CSV (commas, semicolons, pipes), TSV and JSON lines, packed by gzip or not, and of Parquet. It is read by range, and only as far as these
/// rows need it: 4 MB of lines at most, and of Parquet the first pages of each column.
#[utoipa::path(get, path = "/files/table", operation_id = "read_table", tag = "files", params(TableQuery),
    responses((status = 200, body = FileTable), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
async fn table(
    Viewer(actor): Viewer,
    State(app): State<App>,
    Query(query): Query<TableQuery>,
) -> Result<Json<FileTable>, Failure> {
    let table = app.core.read_table(&actor.reach, &locator(&query.locator)?, query.rows.unwrap_or(100)).await?;
    Ok(Json(table.into()))
}

impl From<Table> for FileTable {
    fn from(table: Table) -> Self {
        let columns = table.columns.into_iter().map(|column| TableColumn { name: column.name, kind: column.kind });
        Self {
            format: table.format,
            columns: columns.collect(),
            column_count: table.column_count,
            rows: table.rows,
            row_count: table.row_count,
            has_more: table.has_more,
            bad_lines: table.bad_lines,
            bad_line_count: table.bad_line_count,
            open_quote: table.open_quote,
            encoding: table.encoding,
            bytes_read: table.bytes_read,
            size: table.size,
        }
    }
}

fn locator(text: &str) -> Result<Locator, Error> {
    Locator::parse(text).map_err(|invalid| Error::field("locator", &invalid))
}

impl From<Details> for FileDetails {
    fn from(details: Details) -> Self {
        let Details { size, last_modified, etag, version_id, storage_class, content_type, .. } = details;
        let Details { content_encoding, cache_control, encryption, kms_key_arn, restore, metadata, locator, .. } =
            details;
        Self {
            locator: locator.to_string(),
            size,
            last_modified,
            etag,
            version_id,
            storage_class,
            content_type,
            content_encoding,
            cache_control,
            encryption,
            kms_key_arn,
            restore,
            metadata,
        }
    }
}
