//! The answer, and the sentence that explains it.

use super::document::{Policy, PolicyKind};

/// Whether a request may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It may.
    Allowed,
    /// It may not, because nothing allows it.
    ImplicitlyDenied,
    /// It may not, because a statement forbids it.
    ExplicitlyDenied,
}

/// An answer, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub effect: Effect,
    /// The reason, as a sentence. It may be reworded.
    pub because: String,
    /// The statement that decided. Where an `Allow` is missing, or no policy was asked, there is none.
    pub decider: Option<Decider>,
}

/// A statement of one of the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decider {
    /// Which kind of policy it is in.
    pub kind: PolicyKind,
    /// Which policy of this kind, beginning with 0; nothing where there is but one.
    pub policy: Option<usize>,
    /// Which statement of the policy, beginning with 0.
    pub statement: usize,
    /// The statement's name, if it has one.
    pub sid: Option<String>,
}

impl Decision {
    /// Whether the request may pass.
    pub fn is_allowed(&self) -> bool {
        self.effect == Effect::Allowed
    }

    pub(crate) fn lacking(because: impl Into<String>) -> Self {
        Self { effect: Effect::ImplicitlyDenied, because: because.into(), decider: None }
    }

    pub(crate) fn forbidden_by(decider: Decider) -> Self {
        let because = format!("The {} forbids it.", decider.name());
        Self { effect: Effect::ExplicitlyDenied, because, decider: Some(decider) }
    }

    /// All of these statements were needed; the first is said to have decided.
    pub(crate) fn allowed_by(deciders: Vec<Decider>) -> Self {
        let names: Vec<String> = deciders.iter().map(Decider::name).collect();
        let because = format!("The {} allow{} it.", names.join(" and the "), if names.len() == 1 { "s" } else { "" });
        Self { effect: Effect::Allowed, because, decider: deciders.into_iter().next() }
    }

    pub(crate) fn allowed_to_root() -> Self {
        let because = "The root user of an account may do everything in it.".to_owned();
        Self { effect: Effect::Allowed, because, decider: None }
    }
}

impl Decider {
    pub(crate) fn new(kind: PolicyKind, policy: Option<usize>, document: &Policy, statement: usize) -> Self {
        let sid = document.statements.get(statement).and_then(|found| found.sid.clone());
        Self { kind, policy, statement, sid }
    }

    /// Such as `statement `Read` of identity policy 2`, people beginning with 1.
    fn name(&self) -> String {
        let noun = self.kind.noun();
        let policy = match self.policy {
            Some(policy) => format!("{noun} {}", policy + 1),
            None => format!("the {noun}"),
        };
        match &self.sid {
            Some(sid) => format!("statement `{sid}` of {policy}"),
            None => format!("{} statement of {policy}", ordinal(self.statement + 1)),
        }
    }
}

fn ordinal(number: usize) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_without_a_name_are_counted() {
        let numbers = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111];
        let expected = ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st", "111th"];
        assert_eq!(numbers.map(ordinal), expected);
    }

    #[test]
    fn a_reason_names_every_statement_that_was_needed() {
        let boundary = Decider { kind: PolicyKind::Boundary, policy: None, statement: 0, sid: None };
        let identity =
            Decider { kind: PolicyKind::Identity, policy: Some(1), statement: 2, sid: Some("Read".to_owned()) };
        let decision = Decision::allowed_by(vec![identity.clone(), boundary]);
        let because =
            "The statement `Read` of identity policy 2 and the 1st statement of the permissions boundary allow it.";
        assert_eq!(decision.because, because);
        assert_eq!(decision.decider, Some(identity));
    }
}
