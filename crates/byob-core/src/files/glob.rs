//! Which names of a folder are wanted: `*.png`, `2026-0[1-3]-*`, `**/*.{csv,parquet}`.

use byob_aws::Invalid;
use globset::{GlobBuilder, GlobMatcher};

use crate::error::{Error, Result};

/// Nobody types more, and a pattern is compiled for each request.
const LONGEST: usize = 200;

/// A pattern over what follows the prefix of a listing.
#[derive(Debug, Clone)]
pub struct Glob {
    matcher: GlobMatcher,
    literal: String,
    is_deep: bool,
}

impl Glob {
    /// `*` and `?` stay within a folder, `**` goes through folders, `[…]` and `{…,…}` are choices, and `\` takes the next character as it is.
    pub fn parse(text: &str) -> Result<Self> {
        let fault = |detail: String| {
            let hint =
                "Write a pattern such as `*.png`, `2026-*` or `**/*.csv`; a `\\` takes the next character as it is.";
            Error::field("glob", &Invalid::new("invalid_glob", detail, hint))
        };
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(fault(format!("The pattern must have 1 to {LONGEST} characters.")));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
        let matcher = glob.map_err(|error| fault(format!("The pattern cannot be read: {}.", error.kind())))?;
        let literal = text.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default().to_owned();
        Ok(Self { matcher: matcher.compile_matcher(), literal, is_deep: text.contains('/') || text.contains("**") })
    }

    /// What every name begins with that fits, so that the others need not be listed.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// Whether names in folders below can fit.
    pub fn is_deep(&self) -> bool {
        self.is_deep
    }

    /// Whether a name fits; a folder is asked for without its last slash.
    pub fn fits(&self, name: &str) -> bool {
        self.matcher.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_folder_and_two_do_not() {
        for (pattern, fits, others) in [
            ("*.png", &["a.png", ".png", "a b+ü.png", "a\nb.png"][..], &["a/b.png", "a.PNG", "a.pngx"][..]),
            ("**/*.csv", &["a.csv", "x/y/a.csv", "x//a.csv"], &["a.csv/b"]),
            ("{a,b}?/[0-9]*", &["a1/7.x", "bb/0"], &["a/7", "c1/7", "a1/x"]),
            (r"\*\[1]", &["*[1]"], &["x[1]"]),
            ("reports/**", &["reports/a/b", "reports/a"], &["reports2/a"]),
        ] {
            let glob = Glob::parse(pattern).unwrap();
            for name in fits {
                assert!(glob.fits(name), "{pattern} {name:?}");
            }
            for name in others {
                assert!(!glob.fits(name), "{pattern} {name:?}");
            }
        }
    }

    #[test]
    fn what_stands_before_the_first_sign_narrows_the_listing() {
        for (pattern, literal, is_deep) in
            [("2026-0*", "2026-0", false), ("**/x", "", true), ("a/b?.png", "a/b", true), (r"a\*b", "a", false)]
        {
            let glob = Glob::parse(pattern).unwrap();
            assert_eq!((glob.literal(), glob.is_deep()), (literal, is_deep), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for bad in ["", "[a", "{a", "a\\", &"x".repeat(201)] {
            assert_eq!(Glob::parse(bad).unwrap_err().code(), "invalid_glob", "{bad}");
        }
    }
}
