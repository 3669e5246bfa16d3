//! Styles and scripts, which are part of the binary.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// Changes with any of them, so that browsers can keep what they have for good. It stands in the path: scripts find each other beside
/// themselves.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for name in Assets::iter() {
        hash.update(name.as_bytes());
        hash.update(Assets::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    base16ct::lower::encode_string(&hash.finalize()[..8])
});

/// The scripts that each script imports by itself. They lie beside each other: `from "./name.js"`.
static IMPORTS: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let imports_of = |name: &str| {
        let text = Assets::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default();
        let imports = text.lines().filter(|line| line.starts_with("import "));
        imports.filter_map(|line| Some(line.split_once("from \"./")?.1.split_once('"')?.0.to_owned())).collect()
    };
    Assets::iter().filter(|name| name.ends_with(".js")).map(|name| (name.to_string(), imports_of(&name))).collect()
});

/// What scripts import, and what that imports: browsers that know of it at once need not find one after the other.
pub fn imported(scripts: &[&str]) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&str> = scripts.to_vec();
    while let Some(script) = left.pop() {
        for import in IMPORTS.get(script).into_iter().flatten() {
            if !scripts.contains(&import.as_str()) && found.insert(import.as_str()) {
                left.push(import);
            }
        }
    }
    found
}

/// Where the asset of that name is.
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

pub async fn serve(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(file) = Assets::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let kept = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = file.metadata.mimetype().to_owned();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    ([(header::CONTENT_TYPE, kind.as_str()), (header::CACHE_CONTROL, kept)], file.data.into_owned()).into_response()
}

/// Browsers ask for it unasked; the pages name an icon of their own.
pub async fn no_icon() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_scripts_import_is_known_with_what_that_imports() {
        let of_text = ["copy.js", "corrected.js", "highlight.js", "resolve.js", "viewer.js"];
        assert_eq!(Vec::from_iter(imported(&["text.js"])), of_text);
        assert_eq!(Vec::from_iter(imported(&["copy.js", "text.js"])), of_text[1..], "and none twice");
        assert!(imported(&["frame.js"]).is_empty());
    }

    #[test]
    fn every_import_is_found() {
        for (script, imports) in IMPORTS.iter() {
            let text = String::from_utf8(Assets::get(script).unwrap().data.into_owned()).unwrap();
            let written = text.matches("from \"./").count() + text.matches("import \"").count();
            assert_eq!(imports.len(), written, "{script}");
            assert!(imports.iter().all(|import| IMPORTS.contains_key(import)), "{script} imports {imports:?}");
        }
    }
}
