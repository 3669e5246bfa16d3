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
