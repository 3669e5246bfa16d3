//! Making a bucket.

use axum::{http::Method, response::Response};
use bytes::Bytes;
use maud::{Markup, html};

use super::super::{
    Answer,
    done::Done,
    form::Form,
    parts::{Field, mistake},
    trial::Trial,
    visit::Visit,
};
use crate::{refusal::xml, s3::admin};

/// Regions to choose from. The sandbox takes every region, but a list is easier than knowing their names.
const REGIONS: [&str; 14] = [
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-3",
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "me-central-1",
];

/// The form.
pub async fn page(visit: Visit) -> Answer {
    Ok(show(&visit, &Trial::default()))
}

/// Makes the bucket as `CreateBucket` does, then turns versioning on if that is wanted.
pub async fn create(visit: Visit, form: Form) -> Answer {
    let name = form.get("name").trim().to_owned();
    let operation = |query, body| admin::Operation {
        account: &visit.account,
        method: Method::PUT,
        bucket: &name,
        query,
        body: Bytes::from(body),
        ..admin::Operation::default()
    };
    let made = match name.as_str() {
        // Without a name it would be another operation.
        "" => Err(crate::refusal::Refusal::new(400, "InvalidBucketName", "A bucket needs a name.")),
        _ => admin::perform(&visit.sandbox, operation(&[], location(form.get("region")))),
    };
    if let Err(refusal) = made {
        let field = if refusal.code == "InvalidLocationConstraint" { "region" } else { "name" };
        return Ok(show(&visit, &Trial::refused(form, field, refusal.into())));
    }
    if form.is_checked("versioning") {
        admin::perform(&visit.sandbox, operation(&[("versioning", "")], super::properties::versioning_xml("Enabled")))?;
    }
    Ok(visit.link("s3/bucket").with("bucket", &name).after(Done::BUCKET_CREATED))
}

/// The body of `CreateBucket`: none for us-east-1.
fn location(region: &str) -> String {
    if region == "us-east-1" {
        return String::new();
    }
    xml(&html! {
        CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" { LocationConstraint { (region) } }
    })
}

fn show(visit: &Visit, trial: &Trial) -> Response {
    visit.show_form("Create bucket", trial, &view(visit, trial))
}

/// The list of regions, as other pages want it, too.
pub fn regions(chosen: &str) -> Markup {
    html! {
        select #region name="region" {
            @for region in REGIONS { option value=(region) selected[region == chosen] { (region) } }
        }
    }
}

fn view(visit: &Visit, trial: &Trial) -> Markup {
    let name = Field {
        name: "name",
        label: "Bucket name",
        hint: "3 to 63 lower-case letters, digits, dots and hyphens. Names are unique in the whole sandbox, as in AWS.",
        value: trial.value("name", ""),
        kind: "text",
        optional: false,
    };
    html! {
        form.stack method="post" action=(visit.link("s3/create")) {
            (name.view(trial.mistake("name")))
            div.field {
                label for="region" { "Region" }
                (regions(trial.value("region", "eu-central-1")))
                (mistake(trial, "region"))
            }
            label.check {
                input type="checkbox" name="versioning" value="on" checked[trial.chose("versioning", "on")];
                " Keep older versions of objects (Bucket Versioning)"
            }
            p.actions {
                button.primary type="submit" { "Create bucket" }
                a.button href=(visit.link("s3")) { "Cancel" }
            }
        }
    }
}
