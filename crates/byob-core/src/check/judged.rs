//! What became of a step, before it is written down.

use super::{
    fix::{Facts, Known},
    report::{Outcome, Proof},
};

/// What became of a step, before it is written down.
pub(super) struct Judged {
    pub outcome: Outcome,
    pub detail: String,
    pub proof: Option<Proof>,
    /// Nothing was decided.
    pub inconclusive: bool,
    /// Steps that need this one may go on.
    pub holds: bool,
    /// IAM may still be spreading what would change it.
    pub may_change: bool,
    pub because: Option<Because>,
}

/// A cause and what is known of the customer's document.
pub(super) struct Because {
    pub cause: &'static str,
    pub facts: Facts,
    pub known: Known,
    pub settings: Option<serde_json::Value>,
}

impl Judged {
    fn new(outcome: Outcome, detail: impl Into<String>) -> Self {
        let holds = matches!(outcome, Outcome::Passed | Outcome::Warned);
        Self {
            outcome,
            detail: detail.into(),
            proof: None,
            inconclusive: false,
            holds,
            may_change: false,
            because: None,
        }
    }

    /// The claim holds.
    pub fn passed(detail: impl Into<String>) -> Self {
        Self::new(Outcome::Passed, detail)
    }

    /// The step says nothing here, and what needs it may go on.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self { holds: true, ..Self::new(Outcome::Skipped, reason) }
    }

    /// The step would tell something here, and was not taken all the same.
    pub fn spared(reason: impl Into<String>) -> Self {
        Self { inconclusive: true, ..Self::not_applicable(reason) }
    }

    /// The step cannot be taken, nor what needs it.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self::new(Outcome::Skipped, reason)
    }

    /// The claim does not hold, for this reason.
    pub fn failed(cause: &'static str, facts: Facts, detail: impl Into<String>) -> Self {
        Self::new(Outcome::Failed, detail).by(cause, facts)
    }

    /// The claim holds with this reservation.
    pub fn warned(cause: &'static str, facts: Facts, detail: impl Into<String>) -> Self {
        Self::new(Outcome::Warned, detail).by(cause, facts)
    }

    fn by(mut self, cause: &'static str, facts: Facts) -> Self {
        self.because = Some(Because { cause, facts, known: Known::Nothing, settings: None });
        self
    }

    /// What the step proves, or does not.
    pub fn proving(mut self, proof: Proof) -> Self {
        self.proof = Some(proof);
        self
    }

    /// What is known of the customer's document.
    pub fn knowing(mut self, known: Known) -> Self {
        if let Some(because) = &mut self.because {
            because.known = known;
        }
        self
    }

    /// Settings that would mend it.
    pub fn offering(mut self, settings: serde_json::Value) -> Self {
        if let Some(because) = &mut self.because {
            because.settings = Some(settings);
        }
        self
    }

    /// The claim holds, if with this reservation.
    pub fn into_reservation(self) -> Self {
        Self { outcome: Outcome::Warned, holds: true, may_change: false, ..self }
    }

    /// What needs this step is tried all the same.
    pub fn going_on(mut self) -> Self {
        self.holds = true;
        self
    }

    /// It is not a decision.
    pub fn inconclusive(mut self) -> Self {
        (self.outcome, self.inconclusive, self.holds) = (Outcome::Warned, true, false);
        self
    }

    /// Whether IAM may still be spreading what would change it.
    pub fn may_change(mut self) -> Self {
        self.may_change = true;
        self
    }
}
