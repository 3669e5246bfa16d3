//! Lists come in pages.
//!
//! Source: `Marker` and `MaxItems` in <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html>.

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{Markup, html};

use crate::{
    iam::names,
    query::{Params, invalid},
    refusal::Refusal,
};

/// How many items a page has where the client does not say.
const ITEMS: i64 = 100;
/// The most that it can ask for.
const MOST: i64 = 1_000;

/// Some of the items, and where the next ones begin.
pub struct Page<T> {
    /// In their order.
    pub items: Vec<T>,
    next: Option<String>,
}

/// The page that the client asks for, of items that are in the order of their keys.
pub fn page<T>(params: &Params, items: impl IntoIterator<Item = (String, T)>) -> Result<Page<T>, Refusal> {
    let most = params.number("MaxItems")?.unwrap_or(ITEMS);
    names::range("maxItems", most, 1, MOST)?;
    let most = usize::try_from(most).unwrap_or(1);
    let after = params.get("Marker").map(decode).transpose()?;
    let items = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let mut items: Vec<(String, T)> = items.take(most + 1).collect();
    let is_truncated = items.len() > most;
    items.truncate(most);
    let next = if is_truncated { items.last().map(|(key, _)| BASE64_STANDARD.encode(key)) } else { None };
    Ok(Page { items: items.into_iter().map(|(_, item)| item).collect(), next })
}

fn decode(marker: &str) -> Result<String, Refusal> {
    let key = BASE64_STANDARD.decode(marker).ok().and_then(|key| String::from_utf8(key).ok());
    key.ok_or_else(|| invalid("Invalid Marker."))
}

impl<T> Page<T> {
    /// Whether more follow, and the marker to ask for them.
    pub fn end(&self) -> Markup {
        html! {
            IsTruncated { (self.next.is_some()) }
            @if let Some(next) = &self.next { Marker { (next) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(params: &Params) -> Page<i32> {
        page(params, (0..250).map(|n| (format!("{n:03}"), n))).unwrap()
    }

    #[test]
    fn pages_hold_everything_once() {
        let mut seen = Vec::new();
        let mut params = Params::from_pairs([("MaxItems", "70")]);
        loop {
            let page = keys(&params);
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            params = Params::from_pairs([("MaxItems", "70"), ("Marker", &next)]);
        }
        assert_eq!(seen, (0..250).collect::<Vec<_>>());
    }

    #[test]
    fn a_page_that_is_just_full_is_the_last() {
        let all = keys(&Params::from_pairs([("MaxItems", "250")]));
        assert_eq!((all.items.len(), all.end().0.as_str()), (250, "<IsTruncated>false</IsTruncated>"));
        assert_eq!(keys(&Params::from_pairs([])).items.len(), 100);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for bad in [("MaxItems", "0"), ("MaxItems", "1001"), ("MaxItems", "x"), ("Marker", "!")] {
            assert!(page(&Params::from_pairs([bad]), [("a".to_owned(), 1)]).is_err(), "{bad:?}");
        }
    }
}
