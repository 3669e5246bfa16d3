//! How a file is looked at.

use byob_aws::ObjectKey;
use byob_core::{
    display::{Display, Disposition},
    files::table::Format,
};

/// A way to look at a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Image,
    Video,
    Audio,
    Pdf,
    Markdown,
    Json,
    Table,
    Text,
    /// Byte by byte, for what nobody can name.
    Hex,
}

impl Kind {
    /// The ways in which a file can be looked at, the best one first.
    pub fn all_of(key: &ObjectKey) -> Vec<Self> {
        let best = Self::best_of(key);
        let others: &[Self] = match best {
            Self::Image if is_drawing(key) => &[Self::Text, Self::Hex],
            Self::Table if Format::of(key) == Some(Format::Parquet) => &[Self::Hex],
            Self::Table if is_packed(key) => &[Self::Hex],
            Self::Markdown | Self::Json | Self::Table => &[Self::Text, Self::Hex],
            Self::Hex => &[Self::Text],
            Self::Text | Self::Image | Self::Video | Self::Audio | Self::Pdf => &[Self::Hex],
        };
        [&[best], others].concat()
    }

    fn best_of(key: &ObjectKey) -> Self {
        if Format::of(key).is_some() {
            return Self::Table;
        }
        if language(key).is_some() {
            return Self::Text;
        }
        let display = Display::of(key, Disposition::Auto, None);
        match display.content_type.split(';').next().unwrap_or_default() {
            // As a picture a drawing runs nothing: https://www.w3.org/TR/SVG2/conform.html#secure-static-mode
            "image/svg+xml" => Self::Image,
            "application/pdf" => Self::Pdf,
            "application/json" | "application/geo+json" => Self::Json,
            "text/markdown" => Self::Markdown,
            "image/heic" | "image/heif" | "image/tiff" => Self::Hex,
            essence if essence.starts_with("video/") => Self::Video,
            essence if essence.starts_with("audio/") => Self::Audio,
            essence if essence.starts_with("text/") => Self::Text,
            essence if essence.starts_with("image/") && display.content_disposition.starts_with("inline") => {
                Self::Image
            }
            _ => Self::Hex,
        }
    }

    /// As the address says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Pdf => "pdf",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Table => "table",
            Self::Text => "text",
            Self::Hex => "hex",
        }
    }

    /// As people say it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Image => "Picture",
            Self::Video => "Video",
            Self::Audio => "Sound",
            Self::Pdf => "PDF",
            Self::Markdown => "Document",
            Self::Json => "Tree",
            Self::Table => "Table",
            Self::Text => "Text",
            Self::Hex => "Bytes",
        }
    }
}

fn is_drawing(key: &ObjectKey) -> bool {
    extension(key) == "svg"
}

fn is_packed(key: &ObjectKey) -> bool {
    extension(key) == "gz"
}

fn extension(key: &ObjectKey) -> String {
    key.file_name().rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

/// The family of languages in which a text is written, as far as `highlight.js` tells them apart.
pub fn language(key: &ObjectKey) -> Option<&'static str> {
    Some(match extension(key).as_str() {
        "c" | "cc" | "cpp" | "h" | "hpp" | "cs" | "dart" | "go" | "java" | "js" | "jsx" | "kt" | "mjs" | "php"
        | "proto" | "rs" | "scala" | "swift" | "tsx" | "cu" | "glsl" => "c",
        "py" | "rb" | "pl" | "r" | "jl" | "sh" | "bash" | "zsh" | "yaml" | "yml" | "toml" | "tf" | "conf" | "cfg"
        | "env" | "dockerfile" | "ps1" => "hash",
        "sql" | "lua" | "hs" => "dash",
        "html" | "htm" | "xml" | "xhtml" | "xsl" | "rss" | "vue" => "markup",
        "css" | "scss" | "less" => "css",
        "ini" | "properties" => "ini",
        "log" | "txt" | "text" => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_how_to_look_at_a_file() {
        for (key, kinds) in [
            ("a.PNG", "image hex"),
            ("a.svg", "image text hex"),
            ("a.html", "text hex"),
            ("a.rs", "text hex"),
            ("README.md", "markdown text hex"),
            ("a.json", "json text hex"),
            ("a.csv", "table text hex"),
            ("a.csv.gz", "table hex"),
            ("a.parquet", "table hex"),
            ("a.tiff", "hex text"),
            ("a", "hex text"),
        ] {
            let all = Kind::all_of(&ObjectKey::parse(key).unwrap());
            assert_eq!(all.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" "), kinds, "{key}");
        }
    }
}
