//! The one error that leaves this crate.

use std::{error::Error as StdError, fmt, sync::Arc};

use byob_aws::Invalid;

use crate::check::Report;

/// A failure that a caller can act on.
///
/// `detail` and `hint` are safe to show to whoever asked; `source` is for the log alone. It is cheap to clone, because one
/// failure of AWS may answer thousands of waiting requests.
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    kind: Kind,
    code: &'static str,
    detail: String,
    hint: Option<String>,
    fields: Vec<FieldFault>,
    aws: Option<AwsFault>,
    report: Option<Arc<Report>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure it is; stable, and all that a caller should branch on besides [`Error::code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request cannot be read at all.
    Malformed,
    /// The input is wrong; the field faults say where.
    Invalid,
    /// No valid token was shown.
    Unauthenticated,
    /// It may not be done: the role or the token does not suffice in an organization of one's own, or the address is not ours.
    Forbidden,
    /// It does not exist, or belongs to another organization: the two are never told apart.
    NotFound,
    /// The path exists, but not for this method.
    MethodNotAllowed,
    /// The state of things does not allow it: it clashes with something that exists, is turned off, or was changed meanwhile.
    Conflict,
    /// It was good once: it has expired, or what it stood for has changed.
    Gone,
    /// The request is larger than the service takes.
    TooLarge,
    /// The same was tried too often in a short time.
    TooMany,
    /// No integration serves the locator, or it is turned off, or does not have the access.
    NotServed,
    /// AWS refused: the customer's configuration has to change.
    AwsRefused,
    /// AWS, or the way to it, does not work at the moment.
    AwsUnavailable,
    /// Our own guard refused to connect to an address.
    AddressRefused,
    /// The operator has something to mend: a setting, the platform's credentials, the clock.
    NotConfigured,
    /// The database does not answer.
    Unavailable,
    /// A fault of the service itself.
    Internal,
}

/// One wrong field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Its path in the input, such as `scope.bucket`.
    pub field: String,
    /// Stable and machine-readable.
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub detail: String,
    /// What to do about it, as a sentence.
    pub hint: String,
}

impl FieldFault {
    /// A fault of a value that [`byob_aws`] refused.
    pub fn new(field: impl Into<String>, invalid: &Invalid) -> Self {
        Self {
            field: field.into(),
            code: invalid.code(),
            detail: invalid.detail().to_owned(),
            hint: invalid.hint().to_owned(),
        }
    }
}

/// What AWS answered, for the user to look up and to quote to AWS's support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsFault {
    /// Such as `sts:AssumeRole`.
    pub operation: &'static str,
    /// AWS's error code, such as `AccessDenied`.
    pub code: Option<String>,
    /// AWS's request ID.
    pub request_id: Option<String>,
}

impl AwsFault {
    /// What AWS, or whoever answered in its place, said.
    pub fn new(operation: &'static str, code: Option<&str>, request_id: Option<&str>) -> Self {
        Self { operation, code: code.map(one_line), request_id: request_id.map(one_line) }
    }
}

/// A text from outside, made fit for one line of a log: no control characters, and not without end.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1000).collect()
}

impl Error {
    /// A failure with a stable code and a sentence that is safe to show.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self(Box::new(Inner {
            kind,
            code,
            detail,
            hint: None,
            fields: Vec::new(),
            aws: None,
            report: None,
            source: None,
        }))
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds what AWS answered.
    #[must_use]
    pub fn aws(mut self, fault: AwsFault) -> Self {
        self.0.aws = Some(fault);
        self
    }

    /// Adds the check that is the reason.
    #[must_use]
    pub fn reported(mut self, report: Report) -> Self {
        self.0.report = Some(Arc::new(report));
        self
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// One or more wrong fields. The first gives the error its code and sentences.
    pub fn fields(faults: Vec<FieldFault>) -> Self {
        let (code, detail, hint) = match faults.first() {
            Some(first) => (first.code, format!("`{}`: {}", first.field, first.detail), Some(first.hint.clone())),
            None => ("invalid_input", "The input is not valid.".to_owned(), None),
        };
        let mut error = Self::new(Kind::Invalid, code, detail);
        (error.0.fields, error.0.hint) = (faults, hint);
        error
    }

    /// One wrong field.
    pub fn field(field: impl Into<String>, invalid: &Invalid) -> Self {
        Self::fields(vec![FieldFault::new(field, invalid)])
    }

    /// A field that a deserializer refused: `path` is where it was (`.` for the top), `message` what it says.
    ///
    /// Of a field that is unknown or missing, the path names only the parent; its name is taken from the message.
    pub fn unreadable(path: &str, message: &str) -> Self {
        let named = |kind: &str| message.strip_prefix(kind).and_then(|rest| rest.split('`').nth(1));
        let faults = [
            (
                "unknown field",
                "unknown_field",
                "Remove it, or correct its name: /api/v1/openapi.json lists the fields.",
            ),
            ("missing field", "missing", "Set it: /api/v1/openapi.json says what it is."),
            ("duplicate field", "duplicate_field", "Send it once."),
        ];
        let found = faults.into_iter().find_map(|(kind, code, hint)| Some((named(kind)?, code, hint)));
        let (name, code, hint) = match found {
            Some((name, code, hint)) => (Some(name), code, hint),
            None => (None, "invalid_field", "Compare it with /api/v1/openapi.json."),
        };
        let mut field: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
        field.extend(name.filter(|name| field.last() != Some(name)));
        let field = if field.is_empty() { "body".to_owned() } else { field.join(".") };
        // What was sent is not repeated: it may be a secret in the wrong place.
        let detail = match (name, message.split_once("expected ")) {
            (Some(name), _) if code == "missing" => format!("The field `{name}` is missing."),
            (Some(name), _) if code == "duplicate_field" => format!("The field `{name}` is there twice."),
            (Some(name), _) => format!("There is no field `{name}` here."),
            (None, Some((_, expected))) => format!("It is not what is expected here: {expected}."),
            (None, None) => "It is not what is expected here.".to_owned(),
        };
        Self::field(field, &Invalid::new(code, detail, hint))
    }

    /// The same failure as another sort, such as a field that is wrong because of something else that exists.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same failure in other words, for somebody else.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Something of the actor's own organization that is not there; `what` is as in "integration".
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("There is no such {what}."))
            .hint("Check the ID, and that the token belongs to the right organization.")
    }

    /// A fault of ours: its cause goes to the log, the caller gets the request ID.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Kind::Internal, "internal", "Something went wrong on our side.").caused_by(source)
    }

    /// The chain of causes, for the log. Their `Debug` forms must not get there: some hold whole answers of AWS.
    pub fn causes(&self) -> String {
        let causes = std::iter::successors(self.source(), |error| (**error).source());
        one_line(&causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
    }

    /// The sort of failure.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Whether it is for the operator to mend, not for the caller.
    pub fn is_ours(&self) -> bool {
        matches!(self.0.kind, Kind::Internal | Kind::NotConfigured | Kind::Unavailable)
    }

    /// Stable and machine-readable.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened, as a sentence that is safe to show.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What to do about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The wrong fields of the input.
    pub fn field_faults(&self) -> &[FieldFault] {
        &self.0.fields
    }

    /// The check that is the reason.
    pub fn report(&self) -> Option<&Report> {
        self.0.report.as_deref()
    }

    /// What AWS answered.
    pub fn aws_fault(&self) -> Option<&AwsFault> {
        self.0.aws.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// A value that was refused outside any named field, such as a locator in a list.
impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::new(Kind::Invalid, invalid.code(), invalid.detail()).hint(invalid.hint())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::new(Kind::Unavailable, "database_unavailable", "The database does not answer.")
                    .hint("Try again in a moment.")
                    .caused_by(error)
            }
            _ => Self::internal(error),
        }
    }
}
