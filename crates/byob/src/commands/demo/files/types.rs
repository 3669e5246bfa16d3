//! Content types that several files have.

pub const TEXT: &str = "text/plain; charset=utf-8";
pub const MARKDOWN: &str = "text/markdown; charset=utf-8";
pub const CSV: &str = "text/csv; charset=utf-8";
pub const TSV: &str = "text/tab-separated-values; charset=utf-8";
pub const JSON: &str = "application/json";
pub const JSONL: &str = "application/jsonl";
pub const PNG: &str = "image/png";
