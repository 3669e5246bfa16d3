//! How a bucket behaves: region, versioning, encryption, who pays, lifecycle; and its end.

use axum::{http::Method, response::Response};
use maud::{Markup, html};

use super::{
    super::{
        Answer,
        done::Done,
        form::Form,
        link::Link,
        mistake::Mistake,
        parts::{Editor, copyable, dangerous, facts, mistake, moment},
        problem::Problem,
        trial::Trial,
        visit::Visit,
    },
    configure,
    encryption::{self, DefaultEncryption},
    lifecycle, tabs,
};
use crate::{
    refusal::xml,
    s3::admin,
    state::{Bucket, buckets::Versioning},
};

/// What the page shows.
struct Properties {
    region: String,
    created: time::OffsetDateTime,
    versioning: Versioning,
    encryption: DefaultEncryption,
    /// KMS keys of the account in the bucket's region.
    keys: Vec<String>,
    requester_pays: bool,
    lifecycle: String,
}

/// The page.
pub async fn page(visit: Visit) -> Answer {
    show(&visit, &Trial::default())
}

/// Turns versioning on or suspends it.
pub async fn save_versioning(visit: Visit, form: Form) -> Answer {
    let status = if form.get("status") == "Enabled" { "Enabled" } else { "Suspended" };
    finish(&visit, form, "versioning", "versioning", versioning_xml(status), Done::VERSIONING_SAVED)
}

/// Chooses the default encryption.
pub async fn save_encryption(visit: Visit, form: Form) -> Answer {
    let key = Some(form.get("key").to_owned()).filter(|key| !key.is_empty());
    let default = DefaultEncryption { key, bucket_key: form.is_checked("bucket_key") };
    finish(&visit, form, "encryption", "encryption", default.to_xml(), Done::ENCRYPTION_SAVED)
}

/// Chooses who pays.
pub async fn save_payer(visit: Visit, form: Form) -> Answer {
    let payer = if form.get("payer") == "Requester" { "Requester" } else { "BucketOwner" };
    let xml = xml(&html! {
        RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" { Payer { (payer) } }
    });
    finish(&visit, form, "payer", "requestPayment", xml, Done::PAYER_SAVED)
}

/// Saves the lifecycle configuration; an empty one deletes it.
pub async fn save_lifecycle(visit: Visit, form: Form) -> Answer {
    if form.get("lifecycle").trim().is_empty() {
        return finish(&visit, form, "lifecycle", "lifecycle", String::new(), Done::LIFECYCLE_DELETED);
    }
    match lifecycle::to_stored(form.get("lifecycle")) {
        Ok(xml) => finish(&visit, form, "lifecycle", "lifecycle", xml, Done::LIFECYCLE_SAVED),
        Err(mistake) => show(&visit, &Trial::refused(form, "lifecycle", mistake)),
    }
}

/// Puts a configuration, or shows the form again.
fn finish(visit: &Visit, form: Form, field: &'static str, name: &str, xml: String, done: Done) -> Answer {
    match configure(visit, name, xml) {
        Ok(()) => Ok(here(visit).after(done)),
        Err(refusal) => show(visit, &Trial::refused(form, field, Mistake::from(refusal))),
    }
}

/// Deletes every version of every object, as AWS's console does when asked to.
pub async fn empty(visit: Visit, _: Form) -> Answer {
    let state = visit.sandbox.read();
    let bucket = visit.bucket(&state)?;
    let all: Vec<(String, String)> = bucket
        .objects
        .iter()
        .flat_map(|(key, versions)| versions.iter().map(|version| (key.clone(), version.id.clone())))
        .collect();
    drop(state);
    for (key, version) in &all {
        let operation = admin::Operation {
            account: &visit.account,
            method: Method::DELETE,
            bucket: visit.param("bucket"),
            key,
            query: &[("versionId", version)],
            ..admin::Operation::default()
        };
        admin::perform(&visit.sandbox, operation)
            .map_err(|refusal| Problem::from(refusal).back(here(&visit), "the bucket"))?;
    }
    Ok(here(&visit).after(Done::BUCKET_EMPTIED))
}

/// Deletes the bucket, which has to be empty.
pub async fn delete(visit: Visit, form: Form) -> Answer {
    let operation = admin::Operation {
        account: &visit.account,
        method: Method::DELETE,
        bucket: visit.param("bucket"),
        ..admin::Operation::default()
    };
    match admin::perform(&visit.sandbox, operation) {
        Ok(_) => Ok(visit.link("s3").after(Done::BUCKET_DELETED)),
        Err(refusal) => show(&visit, &Trial::refused(form, "delete", refusal.into())),
    }
}

/// The body of `PutBucketVersioning`.
pub fn versioning_xml(status: &str) -> String {
    xml(&html! { VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/" { Status { (status) } } })
}

fn here(visit: &Visit) -> Link {
    visit.link("s3/properties").with("bucket", visit.param("bucket"))
}

fn show(visit: &Visit, trial: &Trial) -> Result<Response, Problem> {
    let state = visit.sandbox.read();
    let bucket = visit.bucket(&state)?;
    let account = state.iam.written().accounts.get(&visit.account);
    let keys = account.into_iter().flat_map(|account| {
        account.keys.values().filter(|key| key.region == bucket.region).map(|key| account.key_arn(key))
    });
    let properties = Properties { keys: keys.collect(), ..of(bucket) };
    drop(state);
    Ok(visit.show_form(visit.param("bucket"), trial, &view(visit, &properties, trial)))
}

fn of(bucket: &Bucket) -> Properties {
    let configuration = |name: &str| bucket.configuration.get(name).map(String::as_str).unwrap_or_default();
    Properties {
        region: bucket.region.clone(),
        created: bucket.created,
        versioning: bucket.versioning,
        encryption: DefaultEncryption::of(bucket),
        keys: Vec::new(),
        requester_pays: configuration("requestPayment").contains("<Payer>Requester</Payer>"),
        lifecycle: lifecycle::to_text(configuration("lifecycle")),
    }
}

fn view(visit: &Visit, properties: &Properties, trial: &Trial) -> Markup {
    html! {
        (tabs::view(visit, "s3/properties"))
        (facts(&[
            ("ARN", copyable(&format!("arn:aws:s3:::{}", visit.param("bucket")))),
            ("Region", html! { (properties.region) }),
            ("Created", moment(properties.created)),
        ]))
        (versioning_form(visit, properties.versioning, trial))
        h2 { "Default encryption" }
        (mistake(trial, "encryption"))
        (encryption::view(visit, &properties.region, &properties.encryption, &properties.keys))
        (payer_form(visit, properties.requester_pays, trial))
        (lifecycle_form(visit, &properties.lifecycle, trial))
        (end(visit, trial))
    }
}

fn form(visit: &Visit, name: &str) -> Link {
    visit.link(name).with("bucket", visit.param("bucket"))
}

/// A form that is one button and sends one value.
fn choice(to: &Link, name: &str, value: &str, label: &str) -> Markup {
    html! { form method="post" action=(to) { button type="submit" name=(name) value=(value) { (label) } } }
}

fn versioning_form(visit: &Visit, versioning: Versioning, trial: &Trial) -> Markup {
    let to = form(visit, "s3/properties/versioning");
    let (now, value, label) = match versioning {
        Versioning::Unversioned => {
            ("Off. A new object replaces the one of the same key.", "Enabled", "Enable versioning")
        }
        Versioning::Enabled => ("Enabled. Every change keeps the version before.", "Suspended", "Suspend versioning"),
        Versioning::Suspended => {
            ("Suspended. Versions that there are stay, and no more are made.", "Enabled", "Enable versioning")
        }
    };
    html! {
        h2 { "Bucket Versioning" }
        (mistake(trial, "versioning"))
        p { (now) }
        (choice(&to, "status", value, label))
    }
}

fn payer_form(visit: &Visit, requester_pays: bool, trial: &Trial) -> Markup {
    let to = form(visit, "s3/properties/payer");
    html! {
        h2 { "Requester Pays" }
        (mistake(trial, "payer"))
        @if requester_pays {
            p { "On. Requests of other accounts are refused unless they say that they pay." }
            (choice(&to, "payer", "BucketOwner", "Let the bucket’s owner pay"))
        } @else {
            p { "Off. The bucket’s owner pays." }
            (choice(&to, "payer", "Requester", "Let requesters pay"))
        }
    }
}

fn lifecycle_form(visit: &Visit, lifecycle: &str, trial: &Trial) -> Markup {
    let editor = Editor {
        name: "lifecycle",
        label: "Lifecycle configuration",
        hint: "JSON as the AWS CLI takes it ({\"Rules\": […]}), or XML. Save it empty to delete it.",
        text: trial.value("lifecycle", lifecycle),
        optional: true,
    };
    html! {
        h2 { "Lifecycle" }
        p { "The sandbox keeps the rules and checks them, but lets nothing expire." }
        form.stack method="post" action=(form(visit, "s3/properties/lifecycle")) {
            (editor.view(trial.mistake("lifecycle")))
            p.actions { button type="submit" { "Save lifecycle configuration" } }
        }
    }
}

fn end(visit: &Visit, trial: &Trial) -> Markup {
    html! {
        h2 { "Delete this bucket" }
        (mistake(trial, "delete"))
        p { "A bucket has to be empty before it can be deleted." }
        (dangerous(&form(visit, "s3/empty"), "Empty bucket", "Every version of every object is deleted for good."))
        (dangerous(&form(visit, "s3/delete"), "Delete bucket", "Its name is free for others again."))
    }
}
