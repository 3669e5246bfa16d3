//! What lies in a bucket.

pub mod browse;
