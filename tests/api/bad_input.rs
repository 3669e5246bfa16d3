//! Input that is wrong: told by code and field, and nothing is half saved.

mod bodies;
mod locators;
mod queries;
mod secrets;
mod settings;
