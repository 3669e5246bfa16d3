//! What the pages of one bucket have in common.

use maud::{Markup, html};

use super::super::visit::Visit;

/// The three pages of a bucket.
const TABS: [(&str, &str); 3] =
    [("s3/bucket", "Objects"), ("s3/permissions", "Permissions"), ("s3/properties", "Properties")];

/// The other pages of the bucket.
pub fn view(visit: &Visit, current: &str) -> Markup {
    let bucket = visit.param("bucket");
    html! {
        nav.tabs aria-label="Bucket" {
            @for (page, name) in TABS {
                a href=(visit.link(page).with("bucket", bucket)) aria-current=[(page == current).then_some("page")] { (name) }
            }
        }
    }
}
