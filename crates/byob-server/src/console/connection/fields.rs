//! The fields of a connection, each with its hint and with what is wrong at it.

use maud::{Markup, html};

use super::ACCESS;
use crate::console::form::{Faults, Form, Line, id};

/// What the form has fields for.
pub const SHOWN: [&str; 12] = [
    "name",
    "scope",
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

/// A form as it is shown: with what stands in it, and what is wrong with that.
pub struct Asked<'a> {
    pub form: &'a Form,
    pub faults: &'a Faults,
}

impl Asked<'_> {
    pub fn line(&self, name: &str, label: &str, kind: &str, hint: Markup) -> Markup {
        Line { name, label, kind, hint, autocomplete: "off", required: false }.field(self.form, self.faults)
    }

    pub fn name(&self) -> Markup {
        self.line(
            "name",
            "What you call it",
            "text",
            html! { "Such as “Training images”. Only people of your organization see it." },
        )
    }

    pub fn scope(&self) -> Markup {
        html! {
            fieldset .either {
                legend { "What it serves" }
                (self.faults.told("scope"))
                (self.radio("scope.type", "bucket", "One bucket, or a folder of it", "Everything else stays out of reach."))
                div .only-bucket {
                    (self.line("scope.bucket", "Name of the bucket", "text", html! { "As S3’s list of buckets has it, such as " code { "acme-images" } "." }))
                    (self.line("scope.prefix", "Folder (optional)", "text", html! { "Such as " code { "team/photos" } ". Without it, the whole bucket." }))
                }
                (self.radio("scope.type", "all_permitted", "Several buckets", "One role for all of them; the default where no other integration is closer."))
                div .only-buckets {
                    (self.area("scope.buckets", "Names of the buckets", "One a line. Left empty: every bucket that the role’s policy permits."))
                }
            }
        }
    }

    pub fn region(&self) -> Markup {
        self.line("region", "Region of the bucket", "text", html! { "S3’s list of buckets shows it, such as " code { "eu-central-1" } ". If it is wrong, the check finds the right one." })
    }

    pub fn access(&self) -> Markup {
        html! {
            fieldset {
                legend { "What BYOB may do" }
                (self.faults.told("access"))
                @for (name, title, text) in ACCESS { (self.tick("access", name, title, &html! { (text) })) }
            }
        }
    }

    pub fn kms_keys(&self) -> Markup {
        self.area(
            "kms_key_arns",
            "KMS keys (optional)",
            "ARNs, one a line: only if the files are encrypted with keys of your own.",
        )
    }

    /// Where a store is that is not AWS.
    pub fn endpoints(&self) -> Markup {
        html! {
            (self.line("endpoint_url", "Endpoint", "text", html! { "The address of the store’s S3 API, such as " code { "https://s3.example.com" } ". For AWS leave it out." }))
            (self.line("browser_endpoint_url", "Endpoint for browsers", "text", html! { "Only if browsers reach the store under another address." }))
            (self.tick("force_path_style", "yes", "The bucket’s name stands in the path", &html! { "As in " code { "https://s3.example.com/bucket/key" } ". Most stores of one’s own want this." }))
        }
    }

    /// A box, to be ticked.
    pub fn tick(&self, name: &str, value: &str, title: &str, text: &Markup) -> Markup {
        self.choice("checkbox", name, value, title, text)
    }

    /// One of several.
    pub fn radio(&self, name: &str, value: &str, title: &str, text: &str) -> Markup {
        self.choice("radio", name, value, title, &html! { (text) })
    }

    fn choice(&self, kind: &str, name: &str, value: &str, title: &str, text: &Markup) -> Markup {
        html! {
            label .choice {
                input type=(kind) name=(name) value=(value) checked[self.form.has(name, value)];
                span { b { (title) } span { (text) } }
            }
        }
    }

    fn area(&self, name: &str, label: &str, hint: &str) -> Markup {
        let (id, wrong) = (id(name), self.faults.is_told_of_list(name));
        html! {
            div .field {
                label for=(id) { (label) }
                textarea #(id) name=(name) rows="3" spellcheck="false" autocapitalize="off" aria-invalid=[wrong.then_some("true")]
                    aria-describedby={ (id) @if wrong { "-fault" } @else { "-hint" } } { (self.form.get(name)) }
                div #{ (id) "-fault" } { (self.faults.told_of_list(name)) }
                p .hint #{ (id) "-hint" } { (hint) }
            }
        }
    }
}
