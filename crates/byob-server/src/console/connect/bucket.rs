//! Which bucket, and what may be done in it.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use byob_core::integration::{
    Settings,
    settings::{Authentication, Scope},
};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{Draft, notes::Fields, steps::Step};
use crate::{
    console::{
        Answer,
        form::{Faults, Form, Line},
    },
    router::App,
};

pub async fn page(State(app): State<App>, draft: Draft) -> Answer {
    let form = draft.form(Step::Bucket);
    let faults = draft.faults_of(&app, Step::Bucket, &form)?;
    Ok(view(&draft, &form, &faults))
}

pub async fn change(State(app): State<App>, mut draft: Draft, sent: Form) -> Answer {
    let stale = draft.stale(Step::Bucket, &sent);
    if !stale.is_empty() {
        draft.keep(&app, Step::Bucket, &sent).await?;
        return Ok((StatusCode::CONFLICT, view(&draft, &sent, &stale)).into_response());
    }
    // What is not needed to have a draft is needed to go on.
    let mut faults = missing(&draft, &sent);
    if faults.is_empty() {
        let (here, id, changes) = (&draft.here, &draft.record.id, wanted(&draft.record.settings, &sent));
        match app.core.update_draft(here.organization(), &here.by, id, changes).await {
            Ok(record) => draft.record = record,
            Err(error) => faults = Faults::of(error)?,
        }
    }
    if !faults.is_empty() {
        draft.keep(&app, Step::Bucket, &sent).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, view(&draft, &sent, &faults)).into_response());
    }
    draft.note(&app, |notes| notes.set_typed(Step::Bucket, Fields::new())).await?;
    draft.taken = app.core.find_tie(draft.here.organization(), &draft.record).await?;
    // Nobody makes a role for a bucket that is connected already.
    if draft.taken.is_some() {
        return Ok((StatusCode::CONFLICT, view(&draft, &sent, &faults)).into_response());
    }
    Ok(draft.go_on(Step::Bucket))
}

fn missing(draft: &Draft, form: &Form) -> Faults {
    let bucket = !form.has("scope.type", "all_permitted");
    // Another key has another secret.
    let is_same_key = draft.record.settings.access_key_id() == Some(form.get("authentication.access_key_id").trim());
    let has_secret = draft.record.row.sealed_secret.is_some() && is_same_key;
    let secret = form.has("authentication.type", "access_key") && !has_secret;
    let fields = [
        ("name", true),
        ("scope.bucket", bucket),
        ("region", true),
        ("authentication.access_key_id", form.has("authentication.type", "access_key")),
        ("authentication.secret_access_key", secret),
    ];
    let empty = fields.into_iter().filter(|(name, needed)| *needed && form.get(name).trim().is_empty());
    Faults::missing(empty.map(|(name, _)| name))
}

/// The kinds of access, in words, and what each means.
const ACCESS: [(&str, &str, &str); 6] = [
    (
        "list",
        "See which files there are",
        "Names, sizes and times. Without it, files can be opened by their exact names only.",
    ),
    ("read", "Read files", "Open, show and download them."),
    ("read_versions", "Read old versions", "Also what was overwritten or deleted, where the bucket keeps versions."),
    ("write", "Write files", "Uploads and exports. Existing files can be overwritten."),
    ("delete", "Delete files", "Where the bucket keeps no versions, what is deleted is gone."),
    ("acl", "Set access lists of files", "Only for buckets that still use ACLs. Most do not."),
];

/// The form with the settings as they are.
pub fn form(settings: &Settings) -> Form {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (kind, bucket, prefix, buckets) = match &settings.scope {
        Some(Scope::Bucket { bucket, prefix }) => ("bucket", bucket.clone(), text(prefix), String::new()),
        Some(Scope::AllPermitted { buckets }) => ("all_permitted", String::new(), String::new(), buckets.join("\n")),
        None => ("bucket", String::new(), String::new(), String::new()),
    };
    let way_in = match &settings.authentication {
        Some(Authentication::AccessKey { .. }) => "access_key",
        Some(Authentication::Anonymous {}) => "anonymous",
        None | Some(Authentication::Role { .. }) => "role",
    };
    let key = match &settings.authentication {
        Some(Authentication::AccessKey { access_key_id, .. }) => access_key_id.clone(),
        _ => String::new(),
    };
    let mut fields = vec![
        ("name", text(&settings.name)),
        ("scope.type", kind.to_owned()),
        ("scope.bucket", bucket),
        ("scope.prefix", prefix),
        ("scope.buckets", buckets),
        ("region", text(&settings.region)),
        ("endpoint_url", text(&settings.endpoint_url)),
        ("browser_endpoint_url", text(&settings.browser_endpoint_url)),
        ("kms_key_arns", settings.kms_key_arns.join("\n")),
        ("authentication.type", way_in.to_owned()),
        ("authentication.access_key_id", key),
    ];
    fields.extend(settings.force_path_style.then(|| ("force_path_style", "yes".to_owned())));
    fields.extend(settings.access.iter().map(|access| ("access", access.0.as_str().to_owned())));
    Form::of(fields)
}

/// The settings that a form asks for.
pub fn wanted(before: &Settings, form: &Form) -> Map<String, Value> {
    let given = |name: &str| Some(form.get(name).trim()).filter(|text| !text.is_empty());
    let lines = |name: &str| -> Vec<String> {
        form.get(name)
            .split(['\n', ',', ' '])
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let scope = if form.has("scope.type", "all_permitted") {
        json!({ "type": "all_permitted", "buckets": lines("scope.buckets") })
    } else {
        one_bucket(given("scope.bucket"), given("scope.prefix"))
    };
    let authentication = match form.get("authentication.type") {
        "access_key" => {
            let mut key =
                json!({ "type": "access_key", "access_key_id": form.get("authentication.access_key_id").trim() });
            if let Some(secret) = given("authentication.secret_access_key") {
                key["secret_access_key"] = json!(secret);
            }
            key
        }
        "anonymous" => json!({ "type": "anonymous" }),
        _ => json!({ "type": "role", "role_arn": before.role_arn() }),
    };
    let access: Vec<&str> = ACCESS.iter().map(|(name, ..)| *name).filter(|name| form.has("access", name)).collect();
    let mut changes = Map::new();
    for (name, value) in [
        ("name", json!(given("name"))),
        ("scope", scope),
        ("region", json!(given("region").map(region))),
        ("endpoint_url", json!(given("endpoint_url"))),
        ("browser_endpoint_url", json!(given("browser_endpoint_url"))),
        ("force_path_style", json!(form.has("force_path_style", "yes"))),
        ("kms_key_arns", json!(lines("kms_key_arns"))),
        ("access", json!(access)),
        ("authentication", authentication),
    ] {
        changes.insert(name.to_owned(), value);
    }
    changes
}

/// People also copy a region as S3's console lists it, "Europe (Frankfurt) eu-central-1".
fn region(typed: &str) -> &str {
    typed.rsplit_once(") ").map_or(typed, |(_, code)| code.trim())
}

/// The scope of one bucket. People also paste it as S3's console shows it, `s3://bucket/folder/`, and end folders with a slash.
fn one_bucket(bucket: Option<&str>, folder: Option<&str>) -> Value {
    let Some(bucket) = bucket else { return Value::Null };
    let pasted = bucket.strip_prefix("s3://").and_then(|rest| rest.split_once('/').or(Some((rest, ""))));
    let (bucket, folder) = match (pasted, folder) {
        (Some((bucket, "")), folder) => (bucket, folder),
        (Some((bucket, pasted)), None) => (bucket, Some(pasted)),
        _ => (bucket, folder),
    };
    match folder.map(|folder| folder.trim_end_matches('/')) {
        None | Some("") => json!({ "type": "bucket", "bucket": bucket }),
        Some(folder) => json!({ "type": "bucket", "bucket": bucket, "prefix": folder }),
    }
}

const SHOWN: [&str; 11] = [
    "name",
    "scope.bucket",
    "scope.prefix",
    "scope.buckets",
    "region",
    "endpoint_url",
    "browser_endpoint_url",
    "kms_key_arns",
    "access",
    "authentication.access_key_id",
    "authentication.secret_access_key",
];

fn view(draft: &Draft, form: &Form, faults: &Faults) -> Response {
    let line = |name, label, kind, hint| {
        Line { name, label, kind, hint, autocomplete: "off", required: false }.field(form, faults)
    };
    let elsewhere = !form.get("endpoint_url").is_empty() || !form.has("authentication.type", "role");
    draft.page(Step::Bucket, "Which bucket?", &["keep.js"], &html! {
        (faults.summary(&SHOWN))
        form method="post" data-keep=(draft.action("bucket/typed")) {
            (draft.state(Step::Bucket))
            section .card {
                (line("name", "What you call it", "text", html! { "Such as “Training images”. Only people of your organization see it." }))
                fieldset .either {
                    legend { "What it serves" }
                    (radio(form, "scope.type", "bucket", "One bucket, or a folder of it", "Everything else stays out of reach."))
                    div .only-bucket {
                        (line("scope.bucket", "Name of the bucket", "text", html! { "As S3’s list of buckets has it, such as " code { "acme-images" } "." }))
                        (line("scope.prefix", "Folder (optional)", "text", html! { "Such as " code { "team/photos" } ". Without it, the whole bucket." }))
                    }
                    (radio(form, "scope.type", "all_permitted", "Several buckets", "One role for all of them; the default where no other integration is closer."))
                    div .only-buckets {
                        (area(form, faults, "scope.buckets", "Names of the buckets", "One a line. Left empty: every bucket that the role’s policy permits."))
                    }
                }
                (line("region", "Region of the bucket", "text", html! { "S3’s list of buckets shows it, such as " code { "eu-central-1" } ". If it is wrong, the check finds the right one." }))
            }
            section .card {
                fieldset {
                    legend { "What BYOB may do" }
                    (faults.told("access"))
                    @for (name, title, text) in ACCESS {
                        label .choice {
                            input type="checkbox" name="access" value=(name) checked[form.has("access", name)];
                            span { b { (title) } span { (text) } }
                        }
                    }
                }
                (area(form, faults, "kms_key_arns", "KMS keys (optional)", "ARNs, one a line: only if the files are encrypted with keys of your own."))
            }
            details .more open[elsewhere] {
                summary { "A store that is not AWS, or no role" }
                (line("endpoint_url", "Endpoint", "text", html! { "The address of the store’s S3 API, such as " code { "https://s3.example.com" } ". For AWS leave it out." }))
                (line("browser_endpoint_url", "Endpoint for browsers", "text", html! { "Only if browsers reach the store under another address." }))
                label .choice {
                    input type="checkbox" name="force_path_style" value="yes" checked[form.has("force_path_style", "yes")];
                    span { b { "The bucket’s name stands in the path" } span { "As in " code { "https://s3.example.com/bucket/key" } ". Most stores of one’s own want this." } }
                }
                fieldset {
                    legend { "How BYOB gets in" }
                    (radio(form, "authentication.type", "role", "By a role", "The way to prefer: nothing secret is stored, and you can end it at any time."))
                    (radio(form, "authentication.type", "access_key", "With an access key", "For stores that have no roles. The secret is stored encrypted, and never shown again."))
                    (radio(form, "authentication.type", "anonymous", "Without credentials", "Only for buckets that everybody may read."))
                }
                (line("authentication.access_key_id", "Access key ID", "text", html! { "Only with an access key." }))
                (line("authentication.secret_access_key", "Secret access key", "password", html! { "Only with an access key. Once one is stored, leave this empty to keep it." }))
            }
            button .primary { "Save and go on" }
        }
    })
}

fn radio(form: &Form, name: &str, value: &str, title: &str, text: &str) -> Markup {
    html! {
        label .choice {
            input type="radio" name=(name) value=(value) checked[form.has(name, value)];
            span { b { (title) } span { (text) } }
        }
    }
}

fn area(form: &Form, faults: &Faults, name: &str, label: &str, hint: &str) -> Markup {
    let (id, wrong) = (crate::console::form::id(name), faults.is_told_of_list(name));
    html! {
        div .field {
            label for=(id) { (label) }
            textarea #(id) name=(name) rows="3" spellcheck="false" autocapitalize="off" aria-invalid=[wrong.then_some("true")]
                aria-describedby={ (id) @if wrong { "-fault" } @else { "-hint" } } { (form.get(name)) }
            div #{ (id) "-fault" } { (faults.told_of_list(name)) }
            p .hint #{ (id) "-hint" } { (hint) }
        }
    }
}
