//! A policy that was read and found good.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use super::{condition::Condition, context::Context, json::Fault, parse, pattern, principal::Principal, variables};
use crate::Invalid;

/// What a policy is attached to; each kind has elements that it must have, and others that it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// To a user, a group or a role: whom it concerns goes without saying.
    Identity,
    /// To a resource, such as a bucket: it says whom it concerns.
    Resource,
    /// To a role, and says who may assume it: a resource policy without resources.
    Trust,
    /// To a session, when it begins.
    Session,
    /// To a user or role, as the most that it may do.
    Boundary,
}

impl PolicyKind {
    /// Whether its statements name principals, and must.
    pub(crate) fn has_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust)
    }

    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Resource => "resource policy",
            Self::Trust => "trust policy",
            Self::Session => "session policy",
            Self::Boundary => "permissions boundary",
        }
    }
}

/// The language that a policy is written in.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// `2008-10-17`, which is also meant where no version is given. It knows no variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// A policy, checked.
///
/// ```
/// use byob_aws::iam::{Policy, PolicyKind};
///
/// let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [],\n}";
/// let error = Policy::parse(text, PolicyKind::Identity).unwrap_err();
/// assert_eq!((error.line, error.column, error.offset), (3, 18, 46));
/// assert_eq!(error.detail, "There is a comma after the last entry of the object; JSON allows none there.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(crate) kind: PolicyKind,
    pub(crate) version: Version,
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// Reads a policy, and refuses what AWS refuses.
    ///
    /// Whether an action or a condition key exists is not checked: AWS takes ones that do not.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, MalformedPolicy> {
        parse::policy(text, kind).map_err(|fault| MalformedPolicy::new(text, kind, fault))
    }

    /// What it is attached to.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }
}

/// Why a policy cannot be one, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The {what} has a mistake in line {line}, column {column}: {detail}")]
pub struct MalformedPolicy {
    what: &'static str,
    /// What is wrong, as a sentence.
    pub detail: String,
    /// Beginning with 1.
    pub line: usize,
    /// Which character of the line, beginning with 1.
    pub column: usize,
    /// Which byte of the text, beginning with 0.
    pub offset: usize,
}

impl MalformedPolicy {
    fn new(text: &str, kind: PolicyKind, fault: Fault) -> Self {
        let offset = text.floor_char_boundary(fault.at);
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            what: kind.noun(),
            detail: fault.detail,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            offset,
        }
    }

    /// The same as the error of the other values of this crate. (Not as a `From`, which would leave `?` on [`Invalid`]
    /// in closures without a type.)
    pub fn into_invalid(self) -> Invalid {
        let hint = "Mend it there; AWS would refuse it too.";
        Invalid::new("malformed_policy", self.to_string(), hint).at(self.offset)
    }
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub sid: Option<String>,
    pub allows: bool,
    pub principals: Option<Principals>,
    pub actions: Patterns,
    /// Where a resource policy names none, it is about what it is attached to.
    pub resources: Option<Patterns>,
    pub conditions: Vec<Condition>,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principals {
    pub not: bool,
    pub entries: Vec<Principal>,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patterns {
    pub not: bool,
    pub patterns: Vec<String>,
}

impl Statement {
    /// Whether action, resource and conditions fit; whom it concerns is another question.
    pub fn fits(&self, version: Version, action: &str, resource: &str, context: &Context) -> bool {
        let action_fits = self.actions.patterns.iter().any(|pattern| pattern::action(pattern, action));
        action_fits != self.actions.not
            && self.resource_fits(version, resource, context)
            && self.conditions.iter().all(|condition| condition.holds(version, context))
    }

    /// A pattern that holds a variable without a value matches no resource, in `Resource` and in `NotResource`:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>.
    fn resource_fits(&self, version: Version, resource: &str, context: &Context) -> bool {
        let Some(resources) = &self.resources else { return true };
        let one_fits =
            resources.patterns.iter().any(|pattern| resource_pattern_fits(pattern, version, resource, context));
        one_fits != resources.not
    }
}

/// Variables stand for something in the sixth part of an ARN only, behind the fifth colon:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement>.
fn resource_pattern_fits(pattern: &str, version: Version, resource: &str, context: &Context) -> bool {
    let fifth_colon = pattern.match_indices(':').nth(4).map_or(pattern.len(), |(at, _)| at);
    if version == Version::V2012 && pattern[..fifth_colon].contains("${") {
        return false;
    }
    variables::resolve(pattern, version, context, resource).is_some_and(|pattern| pattern::resource(&pattern, resource))
}
