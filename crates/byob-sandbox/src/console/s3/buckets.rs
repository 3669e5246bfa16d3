//! The list of buckets.

use maud::{Markup, html};
use time::OffsetDateTime;

use super::super::{
    Answer,
    parts::{empty, moment, table},
    visit::Visit,
};
use crate::{s3::public_access, state::buckets::Versioning};

/// A bucket in the list.
struct Row {
    name: String,
    region: String,
    created: OffsetDateTime,
    objects: usize,
    versions: bool,
    public: bool,
}

/// The list.
pub async fn page(visit: Visit) -> Answer {
    let iam = visit.iam();
    let state = visit.sandbox.read();
    let rows: Vec<Row> = state
        .buckets
        .values()
        .filter(|bucket| bucket.account == visit.account)
        .map(|bucket| Row {
            name: bucket.name.clone(),
            region: bucket.region.clone(),
            created: bucket.created,
            objects: bucket.objects.len(),
            versions: bucket.versioning == Versioning::Enabled,
            public: public_access::is_public(bucket, &iam),
        })
        .collect();
    drop(state);
    Ok(visit.show("Buckets", &view(&visit, &rows)))
}

fn view(visit: &Visit, buckets: &[Row]) -> Markup {
    let create = html! { a.button.primary href=(visit.link("s3/create")) { "Create bucket" } };
    let rows = html! {
        @for row in buckets {
            tr {
                th scope="row" { a href=(visit.link("s3/bucket").with("bucket", &row.name)) { (row.name) } }
                td.short { (row.region) }
                td.number { (row.objects) }
                td { @if row.versions { "Enabled" } @else { "—" } }
                td { @if row.public { span.badge.bad { "Public" } } @else { "Not public" } }
                td { (moment(row.created)) }
            }
        }
    };
    html! {
        @if buckets.is_empty() {
            (empty("This account has no buckets yet.", &create))
        } @else {
            p.actions { (create) }
            (table("Buckets", &["Name", "Region", "Keys", "Versioning", "Access by policy", "Created"], &rows))
        }
    }
}
