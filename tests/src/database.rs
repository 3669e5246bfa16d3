//! A fresh database for each test.

use std::fs;

use tempfile::TempDir;

use crate::postgres::Postgres;

/// A database that nobody else uses; gone when the test ends.
#[derive(Debug)]
pub struct Database(Kind);

#[derive(Debug)]
enum Kind {
    Sqlite(TempDir),
    Postgres(Postgres),
}

impl Database {
    /// A file in a folder of its own.
    pub fn sqlite() -> Self {
        Self(Kind::Sqlite(tempfile::tempdir().expect("there is room for a folder")))
    }

    /// A database on the server that `BYOB_TEST_POSTGRES_URL` names.
    pub async fn postgres() -> Self {
        Self(Kind::Postgres(Postgres::fresh().await))
    }

    /// SQLite, unless the whole run is to be on PostgreSQL (`BYOB_TEST_DATABASE=postgres`).
    pub async fn of_this_run() -> Self {
        match std::env::var("BYOB_TEST_DATABASE").as_deref() {
            Ok("postgres") => Self::postgres().await,
            _ => Self::sqlite(),
        }
    }

    /// As in the configuration.
    pub fn url(&self) -> String {
        match &self.0 {
            Kind::Sqlite(folder) => format!("sqlite:{}", folder.path().join("byob.db").display()),
            Kind::Postgres(database) => database.url(),
        }
    }

    /// Every byte that a SQLite database has written, its log included.
    pub fn bytes(&self) -> Vec<u8> {
        let Kind::Sqlite(folder) = &self.0 else { panic!("only SQLite's files can be read") };
        let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        files.flat_map(|file| fs::read(file).unwrap()).collect()
    }
}
