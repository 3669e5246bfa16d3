//! Shared support.
