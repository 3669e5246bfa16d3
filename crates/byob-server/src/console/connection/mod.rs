//! What is said of a connection: by the steps that connect a bucket, and in the settings of one that is connected.

pub mod fields;
pub mod made_of;
mod said;

pub use said::{ROLE, by_role, form, missing, role, wanted};

/// The kinds of access, in words, and what each means.
const ACCESS: [(&str, &str, &str); 6] = [
    (
        "list",
        "See which files there are",
        "Names, sizes and times. Without it, files can be opened by their exact names only.",
    ),
    ("read", "Read files", "Open, show and download them."),
    ("read_versions", "Read old versions", "Also what was overwritten or deleted, where the bucket keeps versions."),
    ("write", "Write files", "Uploads and exports. Existing files can be overwritten."),
    ("delete", "Delete files", "Where the bucket keeps no versions, what is deleted is gone."),
    ("acl", "Set access lists of files", "Only for buckets that still use ACLs. Most do not."),
];
