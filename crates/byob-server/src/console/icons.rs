//! Pictures, drawn for this console: lines on a grid of 20.

use maud::{Markup, PreEscaped, html};

/// A small picture beside a word; it says nothing that the word does not.
pub fn icon(name: Icon) -> Markup {
    html! {
        svg width="18" height="18" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" {
            (PreEscaped(name.lines()))
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Icon {
    Book,
    Bucket,
    Building,
    Check,
    Cross,
    Dash,
    Down,
    File,
    Folder,
    Key,
    People,
    Pulse,
    Search,
    Wait,
    Warn,
}

impl Icon {
    fn lines(self) -> &'static str {
        match self {
            Self::Book => {
                r#"<path d="M4 3.500h10.500V17H5.500A1.500 1.500 0 0 1 4 15.500zM4 15.500A1.500 1.500 0 0 1 5.500 14h9M7 7h4.500M7 10h4.500"/>"#
            }
            Self::Bucket => {
                r#"<path d="M3 5.5c0-1.4 3.1-2.5 7-2.5s7 1.1 7 2.5S13.9 8 10 8 3 6.900 3 5.500z"/><path d="M3 5.500 5 15c.3 1.100 2.400 2 5 2s4.700-.9 5-2l2-9.500"/>"#
            }
            Self::Building => r#"<path d="M4 17V3.500h8V17M12 8h4v9M2.500 17h15M7 7h2M7 10h2M7 13h2"/>"#,
            Self::Check => r#"<path d="M4 10.500 8.200 14.500 16 6"/>"#,
            Self::Cross => r#"<path d="M5 5 15 15M15 5 5 15"/>"#,
            Self::Dash => r#"<path d="M5 10h10"/>"#,
            Self::Down => r#"<path d="M6 8l4 4 4-4"/>"#,
            Self::File => r#"<path d="M5 2.500h6l4 4v11H5zM11 2.500v4h4"/>"#,
            Self::Folder => r#"<path d="M2.500 5v11h15V6.500H10L8 4.500H2.500z"/>"#,
            Self::Key => {
                r#"<circle cx="6.5" cy="13.5" r="3.5"/><path d="M9 11 16.500 3.500M13.500 6.500l2.500 2.500"/>"#
            }
            Self::People => {
                r#"<circle cx="8" cy="7" r="3"/><path d="M2.500 17c.4-3.200 2.600-5 5.500-5s5.100 1.800 5.500 5M13 4.300a3 3 0 0 1 0 5.400M15.200 12.300c1.400.8 2.200 2.400 2.400 4.700"/>"#
            }
            Self::Pulse => r#"<path d="M2.500 10.500H6l2-5.500 4 10 2-4.500h3.500"/>"#,
            Self::Search => r#"<circle cx="8.5" cy="8.5" r="5"/><path d="M12.500 12.500 17 17"/>"#,
            Self::Wait => r#"<path d="M10 3a7 7 0 1 1-7 7"/>"#,
            Self::Warn => r#"<path d="M10 3.200 17.600 16.500H2.400z"/><path d="M10 8.400v3.600M10 14.200v.2"/>"#,
        }
    }
}
