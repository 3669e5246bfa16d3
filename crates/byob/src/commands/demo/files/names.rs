//! Files with names that are right for S3 and wrong for careless programs.
//!
//! A key is bytes of UTF-8 and nothing else: no folders, no escapes, nothing to tidy. Each file says what it is called.

use super::{Sample, types};

/// Names below `odd-names/`, and why they are odd.
const BELOW: [(&str, &str); 36] = [
    ("two  spaces.txt", "Two spaces, of which HTML shows one."),
    (" starts with a space.txt", "A space at the start."),
    ("ends with a space.txt ", "A space at the end."),
    ("1+1.txt", "A plus, which is no space."),
    ("50%.txt", "A per cent sign that begins no escape."),
    ("a%2Fb.txt", "An escape that is part of the name: not the same as a/b.txt."),
    ("a/b.txt", "Not the same as a%2Fb.txt."),
    ("a%20b.txt", "Not the same as \"a b.txt\"."),
    ("a b.txt", "Not the same as a%20b.txt."),
    ("a//b.txt", "A folder without a name."),
    ("a/./b.txt", "A folder called by a dot."),
    ("a/../b.txt", "Two dots that lead nowhere up."),
    ("number #1.txt", "A hash, which in a URL would begin a fragment."),
    ("what?.txt", "A question mark, which in a URL would begin the query."),
    ("x=1&y=2;z.txt", "Signs that separate in a query."),
    ("page?versionId=7.txt", "Looks like a locator with a version."),
    ("\"double\" and 'single'.txt", "Quotation marks, which end attributes and headers."),
    ("<b>bold</b>.txt", "Looks like HTML."),
    ("<img src=x onerror=alert(1)>.txt", "Would run a script, if somebody forgot to escape it."),
    ("back\\slash.txt", "A backslash, which separates on Windows only."),
    ("star*[a]{b}.txt", "Signs of globs."),
    ("$HOME `id` $(id) !.txt", "Signs of a shell."),
    ("comma, semicolon; colon: pipe|.txt", "Separators of tables."),
    ("ends with a dot.", "A dot at the end, which Windows drops."),
    ("no extension", "Nothing says what it is but the content type."),
    (".hidden", "A dot at the start."),
    ("Case.txt", "Not the same as case.txt."),
    ("case.txt", "Not the same as Case.txt."),
    ("caf\u{e9}.txt", "An e with an accent, as one character."),
    ("cafe\u{301}.txt", "The same to the eye: an e, and an accent that combines with it."),
    ("倉庫の写真 🤖📦.txt", "Japanese, and emoji of four bytes each."),
    ("👩🏽‍🔧 service.txt", "One emoji of four characters."),
    ("تقرير المستودع.txt", "Arabic, from right to left."),
    ("invoice\u{202e}fdp.txt", "A character that turns the direction: it seems to end in txt.pdf."),
    ("zero\u{200b}width.txt", "A space that has no width."),
    ("tilde~under_score-dash.txt", "Signs that need no escape, and have to stay as they are."),
];

/// Names that are odd from their first character on.
const ANYWHERE: [(&str, &str); 4] = [
    ("/leading-slash.txt", "A slash at the start: a folder without a name."),
    ("../up.txt", "Seems to lead out of the bucket."),
    ("//two/slashes.txt", "Two slashes at the start."),
    ("s3:/looks/like/a/locator.txt", "Looks like a locator."),
];

/// The longest key that S3 takes, in bytes.
const LONGEST: usize = 1024;

/// All of them.
pub fn samples() -> Vec<Sample> {
    let below = BELOW.map(|(name, why)| sample(format!("odd-names/{name}"), why));
    let anywhere = ANYWHERE.map(|(name, why)| sample(name.to_owned(), why));
    let longest = sample(longest(), "As long as a key may be: 1,024 bytes.");
    below.into_iter().chain(anywhere).chain([longest]).collect()
}

fn sample(key: String, why: &str) -> Sample {
    let text = format!("{why}\n\nThe key, between two arrows:\n\u{2192}{key}\u{2190}\n");
    Sample::new(key, types::TEXT, text)
}

fn longest() -> String {
    let (start, end) = ("odd-names/long-", ".txt");
    let middle = "a-very-long-name-".chars().cycle().take(LONGEST - start.len() - end.len());
    format!("{start}{}{end}", middle.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_differ_and_none_is_too_long() {
        let samples = samples();
        let keys: HashSet<_> = samples.iter().map(|sample| &sample.key).collect();
        assert_eq!(keys.len(), samples.len());
        assert_eq!(samples.iter().map(|sample| sample.key.len()).max(), Some(LONGEST));
    }
}
