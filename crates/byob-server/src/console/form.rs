//! Forms: what was typed, and what is wrong with it.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use byob_aws::Invalid;
use byob_core::{Error, Kind, error::FieldFault};
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::parts::prose;
use crate::problem::Failure;

/// What somebody typed, in the order of the fields.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let unreadable = |_| {
            Failure(
                Error::new(Kind::Malformed, "form_unreadable", "The form did not arrive whole.")
                    .hint("Go back, and send it again."),
            )
        };
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        Ok(Self(url::form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

impl Form {
    /// With nothing typed yet.
    pub fn of(fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The fields of both.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The names of its fields, once for each thing that stands in one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The same with other things in some fields, by their names.
    pub fn with(&self, fields: &BTreeMap<String, Vec<String>>) -> Self {
        let kept = self.0.iter().filter(|(name, _)| !fields.contains_key(name)).cloned();
        let put = fields.iter().flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())));
        Self(kept.chain(put).collect())
    }

    /// The fields in which something else stands than in another form.
    pub fn differing_from(&self, other: &Self) -> BTreeMap<String, Vec<String>> {
        // Browsers send the lines of a field with the ends that the web's forms have.
        let plain = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
        let in_field = |form: &Self, name: &str| form.all(name).map(plain).collect::<Vec<_>>();
        let names = self.0.iter().chain(&other.0).map(|(name, _)| name.clone());
        names
            .map(|name| (in_field(self, &name), in_field(other, &name), name))
            .filter(|(one, two, _)| one != two)
            .map(|(one, _, name)| (name, one))
            .collect()
    }

    /// A short word for what stands in it: another for other things.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for (name, value) in &self.0 {
            digest.update(format!("{}:{name}{}:{value}", name.len(), value.len()));
        }
        base16ct::lower::encode_string(&digest.finalize()[..8])
    }

    /// What stands in a field; nothing if it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// What stands in fields of one name, such as boxes that are ticked.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked, or one of several is.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(field, given)| field == name && given == value)
    }
}

/// The status of a form that comes back.
pub fn refusal(error: &Error) -> StatusCode {
    if error.kind() == Kind::TooMany { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// What is wrong with a form.
#[derive(Default)]
pub struct Faults {
    fields: Vec<FieldFault>,
    /// What is about no field, or about one that the form does not show.
    general: Option<Error>,
}

impl Faults {
    /// Of an error that somebody can mend by typing something else; any other is passed on.
    pub fn of(error: Error) -> Result<Self, Failure> {
        match error.kind() {
            Kind::Invalid | Kind::Conflict | Kind::TooMany | Kind::AwsUnavailable => {
                Ok(Self { fields: error.field_faults().to_vec(), general: Some(error) })
            }
            _ => Err(Failure(error)),
        }
    }

    /// What is about no field.
    pub fn general(error: Error) -> Self {
        Self { fields: Vec::new(), general: Some(error) }
    }

    /// What is not typed yet, and has to be.
    pub fn missing<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::all(names, &Invalid::new("missing", "This is needed.", ""))
    }

    /// What is to be a number, and is none.
    pub fn no_number<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::all(names, &Invalid::new("no_number", "This is not a whole number.", "Write digits alone."))
    }

    fn all<'a>(names: impl IntoIterator<Item = &'a str>, invalid: &Invalid) -> Self {
        let fields: Vec<FieldFault> = names.into_iter().map(|name| FieldFault::new(name, invalid)).collect();
        let general = (!fields.is_empty()).then(|| Error::fields(fields.clone()));
        Self { fields, general }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.general.is_none()
    }

    /// Above the form: what is not told at one of these fields.
    pub fn summary(&self, shown: &[&str]) -> Markup {
        let elsewhere: Vec<&FieldFault> =
            self.fields.iter().filter(|fault| !shown.iter().any(|field| is_of(&fault.field, field))).collect();
        html! {
            @if let Some(error) = &self.general {
                div .note .bad role="alert" {
                    @if self.fields.is_empty() {
                        p { (prose(error.detail())) }
                        @if let Some(hint) = error.hint_text() { p { (prose(hint)) } }
                    } @else if elsewhere.is_empty() {
                        p { "Something is not right yet. What, and how to mend it, stands at the field." }
                    } @else {
                        @for fault in elsewhere { p { b { (called(&fault.field)) } ": " (prose(&fault.detail)) " " (prose(&fault.hint)) } }
                    }
                }
            }
        }
    }

    fn at(&self, field: &str) -> Option<&FieldFault> {
        self.fields.iter().find(|fault| fault.field == field)
    }

    /// Whether something is wrong with a list, or with one of its entries.
    pub fn is_told_of_list(&self, field: &str) -> bool {
        self.fields.iter().any(|fault| is_of(&fault.field, field))
    }

    /// At a list: what is wrong with one of its entries.
    pub fn told_of_list(&self, field: &str) -> Markup {
        html! {
            @for fault in self.fields.iter().filter(|fault| is_of(&fault.field, field)) {
                p .fault {
                    @if let Some(number) = number_in_list(&fault.field) { "Number " (number) ": " }
                    (prose(&fault.detail)) " " (prose(&fault.hint))
                }
            }
        }
    }

    /// At a field: what is wrong with it.
    pub fn told(&self, field: &str) -> Markup {
        html! {
            @if let Some(fault) = self.at(field) {
                p .fault #{ (id(field)) "-fault" } { (prose(&fault.detail)) " " (prose(&fault.hint)) }
            }
        }
    }
}

/// Settings of an integration, as the forms that ask for them call them.
pub fn called(field: &str) -> &str {
    match field {
        "name" => "Name",
        "scope" => "What it serves",
        "scope.bucket" => "Name of the bucket",
        "scope.prefix" => "Folder",
        "region" => "Region of the bucket",
        "endpoint_url" => "Endpoint",
        "browser_endpoint_url" => "Endpoint for browsers",
        "force_path_style" => "The bucket’s name stands in the path",
        "authentication" => "How BYOB gets in",
        "authentication.role_arn" => "ARN of the role",
        "principal" => "Whom the role trusts",
        "stable_urls" => "Hand out the same URL for a while",
        "requester_pays" => "Requester pays",
        "kms_key_arns" => "KMS keys",
        "session_duration" => "Length of the role’s sessions",
        other => other,
    }
}

/// Of `scope.buckets[1]`, 2: people count from one.
fn number_in_list(field: &str) -> Option<usize> {
    let (_, index) = field.strip_suffix(']')?.rsplit_once('[')?;
    Some(index.parse::<usize>().ok()? + 1)
}

/// Whether a fault is of the field, or of an entry of it.
fn is_of(fault: &str, field: &str) -> bool {
    fault.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

/// A field of one line.
pub struct Line<'a> {
    /// As the form sends it, and as the core names it in faults.
    pub name: &'a str,
    pub label: &'a str,
    /// Such as `text` or `password`.
    pub kind: &'a str,
    pub hint: Markup,
    /// What a browser may fill in.
    pub autocomplete: &'a str,
    pub required: bool,
}

impl Line<'_> {
    /// The field with what was typed and what is wrong with it. Passwords are typed again.
    pub fn field(&self, form: &Form, faults: &Faults) -> Markup {
        let (id, wrong) = (id(self.name), faults.at(self.name).is_some());
        let told = format!("{id}-fault");
        let hinted = format!("{id}-hint");
        let described = match (wrong, self.hint.0.is_empty()) {
            (true, _) => Some(told),
            (false, false) => Some(hinted.clone()),
            (false, true) => None,
        };
        html! {
            div .field {
                label for=(id) { (self.label) }
                input #(id) name=(self.name) type=(self.kind) value=[(self.kind != "password").then(|| form.get(self.name))]
                    autocomplete=(self.autocomplete) required[self.required] aria-invalid=[wrong.then_some("true")] aria-describedby=[described]
                    spellcheck="false" autocapitalize="off";
                (faults.told(self.name))
                @if !self.hint.0.is_empty() { p .hint #(hinted) { (self.hint) } }
            }
        }
    }
}

/// Names of fields have dots, which styles and scripts take for something else.
pub fn id(name: &str) -> String {
    name.replace(['.', '[', ']'], "-")
}
