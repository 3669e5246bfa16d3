//! The shape of the house, read from `cargo metadata` and from the sources.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: where they cannot go on, the test has failed"
)]

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
    sync::LazyLock,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Node, Package, PackageId};

/// `(from, to)`: what `from` may depend on.
const ARROWS: [(&str, &str); 12] = [
    ("byob-core", "byob-aws"),
    ("byob-server", "byob-core"),
    ("byob-server", "byob-aws"),
    ("byob-sandbox", "byob-aws"),
    ("byob", "byob-aws"),
    ("byob", "byob-core"),
    ("byob", "byob-server"),
    ("byob", "byob-client"),
    ("byob", "byob-sandbox"),
    // Benches measure whatever they like, tests test it, chores run it.
    ("byob-bench", "*"),
    ("byob-e2e", "*"),
    ("xtask", "*"),
];

/// Licences that ask for no more than being named.
const LICENCES: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let locked = ["--locked".to_owned()];
    MetadataCommand::new().manifest_path(manifest).other_options(locked).exec().expect("cargo describes the workspace")
});

#[test]
fn packages_of_the_workspace_depend_on_each_other_only_along_the_arrows() {
    let names: HashMap<_, _> =
        METADATA.workspace_packages().iter().map(|package| (&package.id, name(package))).collect();
    let arrows = METADATA.workspace_packages().into_iter().flat_map(|from| {
        let to = normal_dependencies(node(&from.id)).filter_map(|to| names.get(to).copied());
        to.map(|to| (name(from), to)).collect::<Vec<_>>()
    });
    let forbidden: Vec<_> =
        arrows.filter(|(from, to)| !ARROWS.contains(&(from, to)) && !ARROWS.contains(&(from, "*"))).collect();
    assert!(forbidden.is_empty(), "these arrows (from, to) are not in the design: {forbidden:?}");
}

#[test]
fn the_pure_crate_reaches_no_runtime_no_http_and_no_aws_sdk() {
    let impure =
        |name: &&str| ["tokio", "hyper", "reqwest", "axum", "mio", "ring"].contains(name) || name.starts_with("aws-");
    assert_eq!(below("byob-aws").into_iter().filter(impure).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_rules_know_no_server_no_command_line_no_page_and_no_http_client() {
    let doors = ["axum", "clap", "maud", "reqwest"];
    let direct: Vec<&str> = normal_dependencies(node(&package("byob-core").id)).map(|id| name(&METADATA[id])).collect();
    assert_eq!(doors.into_iter().filter(|door| direct.contains(door)).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn there_is_one_tls_library() {
    let of_name = |wanted: &str| METADATA.packages.iter().filter(|package| name(package) == wanted).count();
    assert_eq!(of_name("rustls"), 1, "two versions of rustls");
    for other in ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "boring-sys"] {
        assert_eq!(of_name(other), 0, "{other} came in");
    }
}

#[test]
fn every_dependency_has_a_licence_that_lets_us_use_it() {
    let packages = METADATA.packages.iter().filter(|package| package.source.is_some());
    let refused: Vec<_> = packages
        .map(|package| (name(package), package.license.as_deref().unwrap_or_default()))
        .filter(|(_, licence)| !is_allowed(licence))
        .collect();
    assert!(refused.is_empty(), "decide about these licences: {refused:?}");
}

#[test]
fn licence_expressions_are_read_by_their_operators() {
    for (expression, allowed) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("GPL-3.0-only OR MIT", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0-only", false),
        ("GPL-3.0-only OR MIT AND GPL-2.0-only", false),
        ("(GPL-3.0-only OR MIT) AND ISC", true),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only", true),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression), allowed, "{expression}");
    }
}

#[test]
fn the_store_uses_nothing_of_the_features_above_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/byob-core/src/store");
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let source = fs::read_to_string(&file).unwrap();
        let above: Vec<_> = modules(&source).into_iter().filter(|m| !["error", "id", "store"].contains(m)).collect();
        assert!(above.is_empty(), "{} uses {above:?} of this crate", file.display());
        files += 1;
    }
    assert!(files >= 5, "the store is where this test looks for it");
}

#[test]
fn modules_are_found_however_they_are_named() {
    let source =
        "use crate::{core::Core, error::{Error, Kind}, id}; let x = crate::vault::open(); $crate::store::on!()";
    assert_eq!(modules(source), ["core", "error", "id", "vault", "store"]);
}

fn name(package: &Package) -> &str {
    package.name.as_str()
}

fn package(wanted: &str) -> &'static Package {
    METADATA.workspace_packages().into_iter().find(|package| name(package) == wanted).expect("the package exists")
}

fn node(id: &PackageId) -> &'static Node {
    let nodes = &METADATA.resolve.as_ref().expect("dependencies are resolved").nodes;
    nodes.iter().find(|node| node.id == *id).expect("every package is resolved")
}

fn normal_dependencies(node: &'static Node) -> impl Iterator<Item = &'static PackageId> {
    let normal = |dependency: &&cargo_metadata::NodeDep| {
        dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
    };
    node.deps.iter().filter(normal).map(|dependency| &dependency.pkg)
}

/// The names of everything that a package is built from.
fn below(wanted: &str) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![&package(wanted).id];
    while let Some(id) = next.pop() {
        let fresh = normal_dependencies(node(id)).filter(|id| reached.insert(*id));
        next.extend(fresh.collect::<Vec<_>>());
    }
    reached.into_iter().map(|id| name(&METADATA[id])).collect()
}

/// Reads an SPDX expression; `/` is how old manifests write `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let allowed = any_of(&mut words);
    allowed && words.next().is_none()
}

type Words<'a, I> = std::iter::Peekable<I>;

fn any_of<'a>(words: &mut Words<'a, impl Iterator<Item = &'a str>>) -> bool {
    let mut allowed = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all_of(words);
    }
    allowed
}

fn all_of<'a>(words: &mut Words<'a, impl Iterator<Item = &'a str>>) -> bool {
    let mut allowed = one(words);
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one(words);
    }
    allowed
}

fn one<'a>(words: &mut Words<'a, impl Iterator<Item = &'a str>>) -> bool {
    let Some(licence) = words.next() else { return false };
    if licence == "(" {
        let allowed = any_of(words);
        return words.next() == Some(")") && allowed;
    }
    match words.next_if_eq(&"WITH").and_then(|_| words.next()) {
        Some(exception) => LICENCES.contains(&format!("{licence} WITH {exception}").as_str()),
        None => LICENCES.contains(&licence),
    }
}

/// The modules of the crate that a source names: after `crate::`, alone or in braces.
fn modules(source: &str) -> Vec<&str> {
    source
        .split("crate::")
        .skip(1)
        .flat_map(|rest| rest.strip_prefix('{').map_or_else(|| vec![first_word(rest)], in_braces))
        .collect()
}

fn in_braces(group: &str) -> Vec<&str> {
    let (mut depth, mut modules, mut start) = (1, Vec::new(), 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                modules.push(first_word(&group[start..]));
                start = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            modules.push(first_word(&group[start..at]));
            break;
        }
    }
    modules.retain(|module| !module.is_empty());
    modules
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}
