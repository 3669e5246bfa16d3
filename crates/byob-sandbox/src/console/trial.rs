//! A form that may have been refused.

use super::{form::Form, mistake::Mistake};

/// What was typed into a form and what is wrong with it. A form that was not sent yet has neither.
#[derive(Default)]
pub struct Trial {
    form: Form,
    mistake: Option<(&'static str, Mistake)>,
}

impl Trial {
    /// A form that was refused because of one of its fields.
    pub fn refused(form: Form, field: &'static str, mistake: Mistake) -> Self {
        Self { form, mistake: Some((field, mistake)) }
    }

    /// What was typed, or what the field holds otherwise.
    pub fn value<'a>(&'a self, field: &str, otherwise: &'a str) -> &'a str {
        self.form.find(field).unwrap_or(otherwise)
    }

    /// Whether a checkbox of several was checked.
    pub fn chose(&self, field: &str, value: &str) -> bool {
        self.form.all(field).any(|chosen| chosen == value)
    }

    /// What is wrong with a field.
    pub fn mistake(&self, field: &str) -> Option<&Mistake> {
        self.mistake.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, mistake)| mistake)
    }

    /// The field that is wrong.
    pub fn wrong(&self) -> Option<&'static str> {
        self.mistake.as_ref().map(|(field, _)| *field)
    }

    /// The status of the page: that of the refusal.
    pub fn status(&self) -> axum::http::StatusCode {
        self.mistake.as_ref().map_or(axum::http::StatusCode::OK, |(_, mistake)| mistake.status)
    }
}
