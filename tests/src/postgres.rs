//! A fresh PostgreSQL database for each test, dropped when the test ends.

use byob_core::runtime::Rng;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;

/// Where the server is, as `postgres://postgres@127.0.0.1:PORT/postgres`.
const VARIABLE: &str = "BYOB_TEST_POSTGRES_URL";

/// A database that nobody else uses.
#[derive(Debug)]
pub(crate) struct Postgres {
    server: String,
    name: String,
}

impl Postgres {
    /// Makes one. Without a server the test fails: a skipped test proves nothing.
    pub async fn fresh() -> Self {
        let server = std::env::var(VARIABLE).unwrap_or_else(|_| {
            panic!("{VARIABLE} is not set: `cargo xtask test` starts a PostgreSQL server and sets it.")
        });
        let name = format!("byob_test_{:032x}", u128::from_be_bytes(Rng.bytes()));
        run(&server, format!("CREATE DATABASE {name}")).await;
        Self { server, name }
    }

    pub fn url(&self) -> String {
        let mut url = Url::parse(&self.server).expect("the server's URL is a URL");
        url.set_path(&self.name);
        url.into()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // The test's own runtime may be ending, and cannot be waited for here.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(&server, drop));
        });
        thread.join().expect("the test's database can be dropped");
    }
}

async fn run(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server).await.expect("the PostgreSQL server answers");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("it takes the statement");
}
