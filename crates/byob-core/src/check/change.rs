//! What became of steps, in short, and what is different from one check to another.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{Outcome, Report, Step};

/// What became of one step. Steps go by their names here: a history may know one that is no longer taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepState {
    /// Its name.
    pub name: String,
    /// What became of it, and why.
    #[serde(flatten)]
    pub standing: Standing,
    /// AWS did not answer the question.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inconclusive: bool,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// What became of it.
    pub outcome: Outcome,
    /// Why it did not pass; `docs/reference/checks.md` lists all causes.
    #[schema(example = "action_not_allowed")]
    pub cause: Option<String>,
}

/// A step that stands otherwise than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// Its name.
    #[schema(example = "object-readable")]
    pub step: String,
    /// Where it stood; `null` if it had not been taken.
    pub before: Option<Standing>,
    /// Where it stands.
    pub after: Standing,
}

impl StepState {
    /// The steps of a report, in short.
    pub fn of(report: &Report) -> Vec<Self> {
        report.steps.iter().map(Self::of_step).collect()
    }

    fn of_step(step: &Step) -> Self {
        let cause = step.finding.as_ref().map(|finding| finding.cause.clone());
        let standing = Standing { outcome: step.outcome, cause };
        Self { name: step.name.to_string(), standing, inconclusive: step.inconclusive }
    }

    /// Whether it is known to be not as it should.
    fn is_trouble(&self) -> bool {
        matches!(self.standing.outcome, Outcome::Failed | Outcome::Warned) && !self.inconclusive
    }
}

/// What is known after a check: a step of which it learned nothing stands as it was known before.
pub fn learned(before: &[StepState], now: Vec<StepState>) -> Vec<StepState> {
    let known = |step: StepState| match find(before, &step.name) {
        Some(before) if step.inconclusive => before.clone(),
        _ => step,
    };
    now.into_iter().map(known).collect()
}

/// Whether other steps than before are not as they should be.
pub fn is_news(before: &[StepState], after: &[StepState]) -> bool {
    fn troubles(steps: &[StepState]) -> Vec<&str> {
        steps.iter().filter(|step| step.is_trouble()).map(|step| step.name.as_str()).collect()
    }
    troubles(before) != troubles(after)
}

/// The steps that stand otherwise than before. Of those that had not been taken before, only what is not as it should be.
pub fn changes(before: &[StepState], after: &[StepState]) -> Vec<Change> {
    let changed = |step: &StepState| {
        let earlier = find(before, &step.name).map(|earlier| earlier.standing.clone());
        let news = match &earlier {
            Some(earlier) => *earlier != step.standing,
            None => step.is_trouble(),
        };
        news.then(|| Change { step: step.name.clone(), before: earlier, after: step.standing.clone() })
    };
    after.iter().filter_map(changed).collect()
}

fn find<'a>(steps: &'a [StepState], name: &str) -> Option<&'a StepState> {
    steps.iter().find(|step| step.name == name)
}

#[cfg(test)]
mod tests {
    use super::{Outcome::*, *};

    fn step(name: &str, outcome: Outcome, cause: Option<&str>) -> StepState {
        let standing = Standing { outcome, cause: cause.map(str::to_owned) };
        StepState { name: name.into(), standing, inconclusive: false }
    }

    fn undecided(name: &str) -> StepState {
        StepState { inconclusive: true, ..step(name, Warned, Some("throttled")) }
    }

    #[test]
    fn what_was_not_decided_stands_as_it_was_known() {
        let before = [step("a", Failed, Some("denied")), step("b", Passed, None)];

        let known = learned(&before, vec![undecided("a"), step("b", Failed, Some("gone")), undecided("c")]);

        assert_eq!(known, [before[0].clone(), step("b", Failed, Some("gone")), undecided("c")]);
    }

    #[test]
    fn another_step_that_fails_is_news_and_another_cause_is_not() {
        let before = [step("a", Failed, Some("denied")), step("b", Passed, None)];

        assert!(!is_news(&before, &[step("a", Failed, Some("other")), step("b", Skipped, None)]));
        assert!(is_news(&before, &[step("a", Passed, None), step("b", Failed, None)]));
        assert!(is_news(&before, &[step("a", Failed, None), step("b", Warned, None)]));
        assert!(!is_news(&before, &[step("a", Failed, None), undecided("b")]));
    }

    #[test]
    fn changes_say_where_a_step_stood_and_where_it_stands() {
        let before = [step("a", Passed, None), step("b", Passed, None)];
        let after = [step("a", Passed, None), step("b", Failed, Some("gone")), step("c", Failed, None)];

        let changes = changes(&before, &after);

        let [b, c] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!((b.step.as_str(), b.before.as_ref().unwrap().outcome), ("b", Passed));
        assert_eq!(b.after, Standing { outcome: Failed, cause: Some("gone".into()) });
        assert_eq!((c.step.as_str(), &c.before), ("c", &None));
    }
}
