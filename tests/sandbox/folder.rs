//! A world in a folder outlives its process.

use byob_sandbox::{Sandbox, clock::Clock};
use bytes::Bytes;

use crate::aws::CUSTOMER;

#[test]
fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = Sandbox::in_folder(folder.path().to_owned(), Clock::system()).unwrap();
    let key = first.account(CUSTOMER, "customer");
    first.set_up_bucket(CUSTOMER, "kept", "eu-west-1");
    let now = first.clock().now();
    for body in ["one", "two"] {
        first.set_up_object("kept", "../a//b.txt", "text/plain", Bytes::from(body), now).unwrap();
    }
    first.save().unwrap();
    drop(first);

    let second = Sandbox::in_folder(folder.path().to_owned(), Clock::system()).unwrap();
    assert_eq!(second.account(CUSTOMER, "customer").access_key_id, key.access_key_id);
    let state = second.read();
    let versions = &state.buckets["kept"].objects["../a//b.txt"];
    let bodies = versions.iter().map(|version| second.blobs().get(&version.object.as_ref().unwrap().blob).unwrap());
    assert_eq!(bodies.collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn a_folder_with_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sandbox.json"), "[]").unwrap();
    assert!(Sandbox::in_folder(folder.path().to_owned(), Clock::system()).is_err());
}
