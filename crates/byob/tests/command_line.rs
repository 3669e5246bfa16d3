//! The commands as a shell calls them: what they print, where, and how they end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: where they cannot go on, the test has failed"
)]

use std::{
    path::Path,
    process::{Command, Output},
    str,
};

use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

/// Calls `byob` in a folder, with nothing of the developer's own in its environment.
fn byob(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_byob"));
    command.current_dir(folder).env_clear().envs(environment.iter().copied()).args(arguments).output().unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// Makes an organization, and with it the database, and gives its ID.
fn create_organization(folder: &Path) -> String {
    let made = byob(folder, &["admin", "create-organization", "Acme", "--email", "a@acme.example", "--json"], &[]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let json: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    json["organization_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_broken_audit_log_is_told_by_the_exit_code() {
    let folder = folder();
    let id = create_organization(folder.path());
    let verify = |more: &[&str]| byob(folder.path(), &[&["admin", "verify-audit", &id], more].concat(), &[]);
    assert_eq!((code(&verify(&[])), code(&verify(&["--json"]))), (0, 0));

    let file = folder.path().join("byob-data/byob.db");
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let change =
        "DROP TRIGGER audit_entries_stay; UPDATE audit_entries SET created_at = created_at + 1 WHERE number = 1;";
    sqlx::raw_sql(change).execute(&mut database).await.unwrap();
    database.close().await.unwrap();

    let (told, json) = (verify(&[]), verify(&["--json"]));
    assert_eq!((code(&told), code(&json)), (1, 1));
    assert!(stdout(&told).contains("broken at entry 1"), "{}", stdout(&told));
    assert!(stdout(&json).contains(r#""whole":false"#), "{}", stdout(&json));
    // What could not be looked at is not broken.
    let unknown = byob(folder.path(), &["admin", "verify-audit", "org_00000000000000000000000000"], &[]);
    assert_eq!(code(&unknown), 2, "{}", stderr(&unknown));
    assert!(stderr(&unknown).contains("list-organizations") && !stderr(&unknown).contains("the token belongs"));
}

#[test]
fn a_name_in_the_place_of_an_organizations_id_is_refused_with_the_way_to_the_id() {
    let folder = folder();
    for command in [
        &["admin", "verify-audit", "Acme Robotics"][..],
        &["admin", "create-token", "--organization", "Acme Robotics"],
        &["admin", "list-tokens", "--organization", "tok_01jd0000000000000000000000"],
    ] {
        let refused = byob(folder.path(), command, &[]);
        assert_eq!(code(&refused), 2, "{command:?}");
        assert!(stderr(&refused).contains("`byob admin list-organizations`"), "{}", stderr(&refused));
    }
}

#[test]
fn only_what_begins_a_platform_makes_a_database() {
    let folder = folder();
    for command in [
        &["admin", "list-organizations"][..],
        &["admin", "list-operators"],
        &["admin", "create-operator-token"],
        &["admin", "create-link", "--email", "a@acme.example"],
        &["admin", "verify-audit", "org_00000000000000000000000000"],
    ] {
        let refused = byob(folder.path(), command, &[]);
        assert_ne!(code(&refused), 0, "{command:?}");
        let told = stderr(&refused);
        assert!(told.contains("byob-data/byob.db is missing") && told.contains("where `byob serve` runs"), "{told}");
        assert!(!folder.path().join("byob-data").exists(), "{command:?} made something");
    }
    let file = folder.path().join("byob-data/byob.db");
    let first = byob(folder.path(), &["admin", "create-link", "--email", "o@byob.example", "--operator"], &[]);
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    assert!(stderr(&first).contains("a new one was made") && stderr(&first).contains(file.to_str().unwrap()));
    // From then on it is there, and nothing is said.
    let second = byob(folder.path(), &["admin", "create-organization", "Acme", "--email", "a@acme.example"], &[]);
    assert_eq!((code(&second), stderr(&second)), (0, ""));
}

#[test]
fn an_unknown_database_is_named() {
    let folder = folder();
    for command in ["serve", "admin"] {
        let more: &[&str] = if command == "admin" { &["list-organizations"] } else { &[] };
        let flags = ["--database-url", "mysql://me:s3cret@db/byob"];
        let refused = byob(folder.path(), &[&[command], more, &flags].concat(), &[]);
        assert_eq!(code(&refused), 1);
        assert!(stderr(&refused).contains("`mysql:`") && !stderr(&refused).contains("s3cret"), "{}", stderr(&refused));
    }
}

#[test]
fn who_has_no_token_is_told_where_it_is_taken_from() {
    let folder = folder();
    for (command, ending) in [(&["resolve", "s3://bucket/key"], 1), (&["check", "int_01jd0000000000000000000000"], 2)] {
        for environment in [&[][..], &[("BYOB_TOKEN", "")]] {
            let refused = byob(folder.path(), command, environment);
            assert_eq!(code(&refused), ending, "{command:?}");
            assert!(stderr(&refused).contains("set BYOB_TOKEN"), "{}", stderr(&refused));
        }
    }
    assert_eq!(code(&byob(folder.path(), &["check", "--explain"], &[])), 0);
}

#[test]
fn urls_lead_to_the_store_that_awss_own_tools_use() {
    let folder = folder();
    let (general, of_s3) = ("http://127.0.0.1:9444", "http://127.0.0.1:9555");
    let presigned = |environment: &[(&str, &str)]| {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret")];
        let done = byob(
            folder.path(),
            &["presign", "s3://bucket/key", "--force-path-style"],
            &[&keys[..], environment].concat(),
        );
        assert_eq!(code(&done), 0, "{}", stderr(&done));
        stdout(&done).to_owned()
    };
    assert!(presigned(&[("AWS_ENDPOINT_URL", general)]).starts_with(general));
    assert!(presigned(&[("AWS_ENDPOINT_URL", general), ("AWS_ENDPOINT_URL_S3", of_s3)]).starts_with(of_s3));
    assert!(presigned(&[("AWS_ENDPOINT_URL", general), ("AWS_ENDPOINT_URL_S3", "")]).starts_with(general));
    assert!(presigned(&[("AWS_ENDPOINT_URL", "")]).starts_with("https://"));
}
