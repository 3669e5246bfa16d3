//! Wildcards: `*` for any text and `?` for one character, in actions, ARNs and condition values.

use super::variables::Symbol;

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    /// `?`; whether it may be a colon.
    One {
        colon: bool,
    },
    /// `*`; whether it may hold colons.
    Any {
        colon: bool,
    },
}

impl Token {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::One { colon } | Self::Any { colon } => colon || c != ':',
        }
    }
}

/// Whether a pattern matches the whole of a text, `*` and `?` spanning anything, slashes and colons included.
pub(super) fn text(pattern: &[Symbol], text: &str) -> bool {
    let tokens: Vec<Token> = pattern.iter().map(|symbol| token(*symbol, true)).collect();
    matches(&tokens, text)
}

/// Whether a pattern of actions matches an action. Capitals do not matter, in the service's name as little as in the
/// action's: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>.
pub(super) fn action(pattern: &str, action: &str) -> bool {
    let pattern: Vec<Symbol> = pattern.chars().map(|c| Symbol::Written(c.to_ascii_lowercase())).collect();
    text(&pattern, &action.to_ascii_lowercase())
}

/// Whether a pattern of a `Resource` element matches an ARN.
///
/// A wildcard stays within its segment of the ARN, but a `*` that ends a segment may go on past the colon. What follows
/// the fifth colon is one segment, whatever colons it holds:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>.
pub(super) fn resource(pattern: &[Symbol], arn: &str) -> bool {
    matches(&arn_tokens(pattern, true), arn)
}

/// Whether a pattern of `ArnLike` or `ArnEquals` matches an ARN. The six components are compared one by one, so that no
/// wildcard reaches over a colon, but for those within the sixth:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>.
pub(super) fn arn(pattern: &[Symbol], arn: &str) -> bool {
    // Without six components on both sides there is nothing to check one by one.
    let colons = pattern.iter().filter(|symbol| symbol.char() == ':').count();
    colons >= 5 && arn.matches(':').count() >= 5 && matches(&arn_tokens(pattern, false), arn)
}

/// A pattern for an ARN; `beyond` lets a `*` at the end of a segment go on past the colon.
fn arn_tokens(pattern: &[Symbol], beyond: bool) -> Vec<Token> {
    let mut colons = 0;
    let mut tokens = Vec::with_capacity(pattern.len());
    for (i, symbol) in pattern.iter().enumerate() {
        let ends_segment = pattern.get(i + 1).is_none_or(|next| next.char() == ':');
        let goes_on = beyond && ends_segment && *symbol == Symbol::Written('*');
        tokens.push(token(*symbol, colons >= 5 || goes_on));
        colons += usize::from(symbol.char() == ':');
    }
    tokens
}

fn token(symbol: Symbol, colon: bool) -> Token {
    match symbol {
        Symbol::Written('*') => Token::Any { colon },
        Symbol::Written('?') => Token::One { colon },
        Symbol::Written(c) | Symbol::Literal(c) => Token::Char(c),
    }
}

/// Follows all ways through the pattern at once, so that no pattern takes longer than its length times that of the
/// text.
fn matches(tokens: &[Token], text: &str) -> bool {
    // `reached[i]`: the first `i` tokens match the text so far.
    let mut reached = vec![false; tokens.len() + 1];
    reached[0] = true;
    skip_stars(tokens, &mut reached);
    for c in text.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (i, token) in tokens.iter().enumerate() {
            if reached[i] && token.takes(c) {
                next[i + usize::from(!matches!(token, Token::Any { .. }))] = true;
            }
        }
        skip_stars(tokens, &mut next);
        reached = next;
    }
    reached[tokens.len()]
}

/// A `*` may stand for nothing.
fn skip_stars(tokens: &[Token], reached: &mut [bool]) {
    for (i, token) in tokens.iter().enumerate() {
        reached[i + 1] |= reached[i] && matches!(token, Token::Any { .. });
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
