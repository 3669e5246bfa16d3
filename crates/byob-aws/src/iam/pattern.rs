//! Wildcards: `*` for any text and `?` for one character, in actions, ARNs and condition values.

use super::variables::Symbol;

/// A text with wildcards.
#[derive(Default)]
struct Pattern {
    tokens: Vec<Token>,
    /// What is no wildcard, one piece after the other.
    plain: String,
}

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A piece of `plain`, as bytes of it.
    Plain { start: usize, end: usize },
    /// `?`; whether it may be a colon.
    One { colon: bool },
    /// `*`; whether it may hold colons.
    Any { colon: bool },
}

impl Pattern {
    /// Adds a character; as a wildcard, it may mean colons or not.
    fn push(&mut self, symbol: Symbol, colon: bool) {
        let c = match symbol {
            Symbol::Written('*') => return self.tokens.push(Token::Any { colon }),
            Symbol::Written('?') => return self.tokens.push(Token::One { colon }),
            Symbol::Written(c) | Symbol::Literal(c) => c,
        };
        let start = self.plain.len();
        self.plain.push(c);
        match self.tokens.last_mut() {
            Some(Token::Plain { end, .. }) => *end = self.plain.len(),
            _ => self.tokens.push(Token::Plain { start, end: self.plain.len() }),
        }
    }
}

/// Whether a pattern matches the whole of a text, `*` and `?` spanning anything, slashes and colons included.
pub(crate) fn text(pattern: &[Symbol], text: &str) -> bool {
    let mut compiled = Pattern::default();
    for symbol in pattern {
        compiled.push(*symbol, true);
    }
    compiled.matches(text)
}

/// Whether a pattern of actions matches an action. Capitals do not matter, in the service's name as little as in the
/// action's: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
pub(crate) fn action(pattern: &str, action: &str) -> bool {
    Actions::new(pattern).contain(action)
}

/// The actions that a pattern matches, to be asked more than once.
pub(crate) struct Actions(Pattern);

impl Actions {
    pub fn new(pattern: &str) -> Self {
        let mut compiled = Pattern::default();
        for c in pattern.chars() {
            compiled.push(Symbol::Written(c.to_ascii_lowercase()), true);
        }
        Self(compiled)
    }

    pub fn contain(&self, action: &str) -> bool {
        self.0.matches(&action.to_ascii_lowercase())
    }
}

/// Whether a pattern of a `Resource` element matches an ARN.
///
/// A wildcard stays within its segment of the ARN, but a `*` that ends a segment may go on past the colon. What follows
/// the fifth colon is one segment, whatever colons it holds:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.
pub(crate) fn resource(pattern: &[Symbol], arn: &str) -> bool {
    arn_pattern(pattern, true).matches(arn)
}

/// Whether a pattern of `ArnLike` or `ArnEquals` matches an ARN. The six components are compared one by one, so that no
/// wildcard reaches over a colon, but for those within the sixth:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>.
pub(crate) fn arn(pattern: &[Symbol], arn: &str) -> bool {
    // Without six components on both sides there is nothing to check one by one.
    let colons = pattern.iter().filter(|symbol| symbol.char() == ':').count();
    colons >= 5 && arn.matches(':').count() >= 5 && arn_pattern(pattern, false).matches(arn)
}

/// A pattern for an ARN; `beyond` lets a `*` at the end of a segment go on past the colon.
fn arn_pattern(pattern: &[Symbol], beyond: bool) -> Pattern {
    let mut colons = 0;
    let mut compiled = Pattern::default();
    for (i, symbol) in pattern.iter().enumerate() {
        let ends_segment = pattern.get(i + 1).is_none_or(|next| next.char() == ':');
        let goes_on = beyond && ends_segment && *symbol == Symbol::Written('*');
        compiled.push(*symbol, colons >= 5 || goes_on);
        colons += usize::from(symbol.char() == ':');
    }
    compiled
}

/// Where to go on when what follows a `*` does not fit.
#[derive(Clone, Copy)]
struct Star {
    /// The token after it.
    next: usize,
    /// The byte at which what it stands for ends, as far as is known.
    end: usize,
}

impl Star {
    /// Makes it stand for one character more, if there is one and it may.
    fn take_one_more(mut self, text: &str, colon: bool) -> Option<Self> {
        let c = text[self.end..].chars().next().filter(|c| colon || *c != ':')?;
        self.end += c.len_utf8();
        Some(self)
    }
}

impl Pattern {
    /// Goes through pattern and text together. Every `*` stands for as little as it can; where the text then does not fit,
    /// the last `*` takes one character more. None before it needs to, because what was found is already the first that fits.
    ///
    /// This holds among those `*` that may hold colons, and among those between the same colons. So two are remembered: the
    /// last that may hold colons, and the last after it that may not; when that is stuck at a colon, the former goes on.
    /// Most patterns take about as long as they and the text are; none takes longer than a few times the product of the two.
    fn matches(&self, text: &str) -> bool {
        let (mut token, mut at) = (0, 0);
        let (mut over_colons, mut between_colons): (Option<Star>, Option<Star>) = (None, None);
        loop {
            let rest = &text[at..];
            let fits = match self.tokens.get(token) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Token::Any { colon }) => {
                    let star = Some(Star { next: token + 1, end: at });
                    (over_colons, between_colons) = if *colon { (star, None) } else { (over_colons, star) };
                    Some(0)
                }
                // No `*` can stand for less.
                Some(Token::One { .. }) if rest.is_empty() => return false,
                Some(Token::Plain { start, end }) if rest.len() < end - start => return false,
                Some(Token::One { colon }) => rest.chars().next().filter(|c| *colon || *c != ':').map(char::len_utf8),
                Some(Token::Plain { start, end }) => rest.starts_with(&self.plain[*start..*end]).then(|| end - start),
            };
            if let Some(length) = fits {
                (token, at) = (token + 1, at + length);
                continue;
            }
            between_colons = between_colons.and_then(|star| star.take_one_more(text, false));
            if between_colons.is_none() {
                over_colons = over_colons.and_then(|star| star.take_one_more(text, true));
            }
            let Some(star) = between_colons.or(over_colons) else { return false };
            (token, at) = (star.next, star.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(pattern: &str) -> Vec<Symbol> {
        pattern.chars().map(Symbol::Written).collect()
    }

    #[test]
    fn actions_ignore_case_and_take_wildcards_anywhere() {
        for (pattern, name, expected) in [
            ("*", "s3:GetObject", true),
            ("s3:*", "S3:GetObject", true),
            ("S3:GETOBJECT", "s3:GetObject", true),
            ("s3:Get*", "s3:GetObjectVersion", true),
            ("s3:*Object", "s3:GetObject", true),
            ("s3:*Object", "s3:GetObjectVersion", false),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:Get?Object", "s3:GetObject", false),
            ("s3:GetObject", "s3:GetObjectVersion", false),
            ("iam:*", "s3:GetObject", false),
        ] {
            assert_eq!(action(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn the_examples_of_the_resource_page_hold() {
        let pattern = written("arn:aws:s3:::amzn-s3-demo-bucket/*/test/*");
        for key in [
            "1/test/object.jpg",
            "1/2/test/object.jpg",
            "1/2/test/3/object.jpg",
            "1/2/3/test/4/object.jpg",
            "1///test///object.jpg",
            "1/test/.jpg",
            "/test/object.jpg",
            "1/test/",
        ] {
            assert!(resource(&pattern, &format!("arn:aws:s3:::amzn-s3-demo-bucket/{key}")), "{key}");
        }
        for key in ["1-test/object.jpg", "test/object.jpg", "1/2/test.jpg"] {
            assert!(!resource(&pattern, &format!("arn:aws:s3:::amzn-s3-demo-bucket/{key}")), "{key}");
        }
    }

    #[test]
    fn wildcards_of_resources_stay_in_their_segment_unless_they_end_it() {
        for (pattern, arn, expected) in [
            ("*", "arn:aws:s3:::bucket/key", true),
            ("*", "*", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/k:with:colons", true),
            ("arn:aws:s3:::b/?", "arn:aws:s3:::b/:", true),
            ("arn:aws:s3:::B/k", "arn:aws:s3:::b/k", false),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/k", false),
            ("arn:aws:s3:*", "arn:aws:s3:::b/k", true),
            ("arn:aws:dynamodb:*:table/t", "arn:aws:dynamodb:eu-west-1:111122223333:table/t", true),
            ("arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:t", true),
            ("arn:aws:sns:eu-*-1:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:t", true),
            ("arn:aws:sns:eu*1:t", "arn:aws:sns:eu-west-1:1:t", false),
            ("arn:aws:sns:*t-1:1:t", "arn:aws:sns:x:eu-west-1:1:t", false),
            ("arn:aws:sns?eu-west-1:1:t", "arn:aws:sns:eu-west-1:1:t", false),
            ("arn:aws:s3:::b/k", "*", false),
        ] {
            assert_eq!(resource(&written(pattern), arn), expected, "{pattern} {arn}");
        }
    }

    #[test]
    fn components_of_arn_operators_are_checked_one_by_one() {
        // The first is the example that AWS's page gave.
        for (pattern, value, expected) in [
            (
                "arn:aws:someservice:*:111122223333:finance/*",
                "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
                false,
            ),
            ("arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-1:1:t", true),
            ("arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:1:t", false),
            ("arn:*:iam::1:role/*", "arn:aws-cn:iam::1:role/a/b:c", true),
            ("arn:aws:iam::1:role/A", "arn:aws:iam::1:role/a", false),
            ("arn:aws:iam::?:role/a", "arn:aws:iam::1:role/a", true),
            ("arn:aws:iam::1:*", "arn:aws:iam", false),
            ("*", "no arn", false),
            ("*", "arn:aws:iam::1:role/a", false),
            ("arn:aws:s3:*", "arn:aws:s3:::b", false),
        ] {
            assert_eq!(arn(&written(pattern), value), expected, "{pattern} {value}");
        }
    }

    #[test]
    fn no_pattern_explodes() {
        let pattern = written(&"*a".repeat(2_000));
        assert!(!text(&pattern, &("a".repeat(1_999) + "b")));
    }

    #[test]
    fn thousands_of_long_patterns_are_no_matter() {
        let asked = format!("arn:aws:s3:::{}", "a".repeat(987));
        for end in ["*a".repeat(100) + "b", "*".to_owned() + &"a".repeat(200) + "b"] {
            let arn = written(&format!("arn:aws:s3:::{end}"));
            assert!(!(0..4_000).any(|_| resource(&arn, &asked)));
        }
        let value = "a".repeat(2_000);
        for pattern in ["*a".repeat(500) + "b", "*".repeat(500) + &"a".repeat(500) + "b"] {
            let pattern = written(&pattern);
            assert!(!(0..2_000).any(|_| text(&pattern, &value)));
        }
    }

    /// One character, or a wildcard.
    #[derive(Clone, Copy)]
    enum Step {
        Char(char),
        Wild(Token),
    }

    impl Step {
        fn is_any(self) -> bool {
            matches!(self, Self::Wild(Token::Any { .. }))
        }

        fn takes(self, c: char) -> bool {
            match self {
                Self::Char(own) => own == c,
                Self::Wild(Token::One { colon } | Token::Any { colon }) => colon || c != ':',
                Self::Wild(Token::Plain { .. }) => unreachable!("text is no wildcard"),
            }
        }
    }

    /// Follows all ways through the pattern at once: slow, and easy to believe.
    fn matches_slowly(pattern: &Pattern, text: &str) -> bool {
        let steps: Vec<Step> = pattern
            .tokens
            .iter()
            .flat_map(|token| match token {
                Token::Plain { start, end } => pattern.plain[*start..*end].chars().map(Step::Char).collect(),
                wild => vec![Step::Wild(*wild)],
            })
            .collect();
        // `reached[i]`: the first `i` steps match the text so far.
        let mut reached = vec![false; steps.len() + 1];
        reached[0] = true;
        skip_stars(&steps, &mut reached);
        for c in text.chars() {
            let mut next = vec![false; steps.len() + 1];
            for (i, step) in steps.iter().enumerate() {
                if reached[i] && step.takes(c) {
                    next[i + usize::from(!step.is_any())] = true;
                }
            }
            skip_stars(&steps, &mut next);
            reached = next;
        }
        reached[steps.len()]
    }

    /// A `*` may stand for nothing.
    fn skip_stars(steps: &[Step], reached: &mut [bool]) {
        for (i, step) in steps.iter().enumerate() {
            reached[i + 1] |= reached[i] && step.is_any();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// Few letters and many colons and wildcards, so that much matches, and by detours.
        #[test]
        fn agrees_with_the_slow_way(
            pattern in "([aé*?]{0,4}:|[a*]{0,2}\\*:){0,6}[aé:*?]{0,6}",
            value in "([aé]{0,3}:){0,8}[aé:]{0,6}",
        ) {
            for beyond in [true, false] {
                let pattern = arn_pattern(&written(&pattern), beyond);
                prop_assert_eq!(pattern.matches(&value), matches_slowly(&pattern, &value), "{}", beyond);
            }
        }

        /// Stars that may hold colons and stars that may not, in any order before the sixth component.
        #[test]
        fn stars_of_both_kinds_agree_with_the_slow_way(
            symbols in proptest::collection::vec(("[ab:*?]", any::<bool>()), 0..12),
            value in "[ab:]{0,14}",
        ) {
            let mut pattern = Pattern::default();
            for (symbol, colon) in &symbols {
                // A `?` that may be a colon stands in the sixth component only, as does every `*` after it.
                pattern.push(written(symbol)[0], *colon && symbol != "?");
            }
            prop_assert_eq!(pattern.matches(&value), matches_slowly(&pattern, &value));
        }
    }

    /// The definition, without regard to time.
    fn simple(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some('*'), Some(_)) => simple(&pattern[1..], text) || simple(pattern, &text[1..]),
            (Some('*'), None) => simple(&pattern[1..], text),
            (Some('?'), Some(_)) => simple(&pattern[1..], &text[1..]),
            (Some(a), Some(b)) => a == b && simple(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab:*?]{0,8}", value in "[ab:]{0,8}") {
            let chars: Vec<char> = pattern.chars().collect();
            let expected = simple(&chars, &value.chars().collect::<Vec<_>>());
            prop_assert_eq!(text(&written(&pattern), &value), expected);
            // What stays within segments never matches more than what does not.
            prop_assert!(!resource(&written(&pattern), &value) || expected);
            prop_assert!(!arn(&written(&pattern), &value) || resource(&written(&pattern), &value));
        }

        #[test]
        fn literal_symbols_match_only_themselves(value in "[ab*?]{0,8}", other in "[ab*?]{0,8}") {
            let pattern: Vec<Symbol> = value.chars().map(Symbol::Literal).collect();
            prop_assert_eq!(text(&pattern, &other), value == other);
        }
    }
}
