//! Tables, read from where they lie.

use byob_aws::Locator;
use byob_core::{Error, files::table::Table};
use bytes::Bytes;
use serde_json::json;

use crate::aws::{Aws, BUCKET};

struct Tables {
    aws: Aws,
}

impl Tables {
    async fn start() -> Self {
        let aws = Aws::start().await;
        aws.connect("byob", |_, _| ()).await;
        Self { aws }
    }

    async fn read(&self, key: &str, content: impl Into<Bytes>, rows: usize) -> Result<Table, Error> {
        let now = self.aws.sandbox.clock().now();
        self.aws.sandbox.set_up_object(BUCKET, key, "application/octet-stream", content.into(), now).unwrap();
        let locator = Locator::parse(&format!("s3://{BUCKET}/{key}")).unwrap();
        self.aws.core.read_table(&self.aws.reach(), &locator, rows).await
    }
}

#[tokio::test]
async fn a_table_is_read_in_the_encoding_that_it_has() {
    let tables = Tables::start().await;
    let of_excel: Vec<u8> =
        "\u{feff}sep=\t\r\nName\tÄ\r\nŁódź\t1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table = tables.read("excel.csv", of_excel, 10).await.unwrap();
    assert_eq!((table.encoding, table.columns[1].name.as_str()), (Some("UTF-16LE"), "Ä"));
    assert_eq!(table.rows, [[json!("Łódź"), json!("1")]]);

    let table = tables.read("old.csv", &b"Stra\xdfe;Nr\nGr\xfcner Weg;5\n"[..], 10).await.unwrap();
    assert_eq!((table.encoding, table.columns[0].name.as_str()), (Some("windows-1252"), "Straße"));
    let table = tables.read("new.jsonl", "{\"id\":12345678901234567890123}\n", 10).await.unwrap();
    assert_eq!((table.encoding, &table.rows[0][0]), (Some("UTF-8"), &json!("12345678901234567890123")));
}

#[tokio::test]
async fn a_quote_that_is_not_closed_leaves_what_stands_before_it() {
    let tables = Tables::start().await;
    let rest = "1,2\n".repeat(2 * 1024 * 1024);
    let table = tables.read("cut.csv", format!("a,b\n1,2\n3,\"4\n{rest}"), 10).await.unwrap();
    assert_eq!((table.rows.len(), table.open_quote, table.has_more), (1, Some(3), true));
    let error = tables.read("heading.csv", format!("a,\"b\n{rest}"), 10).await.unwrap_err();
    assert_eq!(
        (error.code(), error.detail()),
        ("damaged_table", "The row that begins in line 1 opens a quote that is not closed.")
    );
    let table = tables.read("long.csv", format!("a,b\n1,\"{}\"\n{rest}", &rest[..600_000]), 2).await.unwrap();
    assert_eq!((table.rows.len(), table.open_quote), (2, None), "it is closed further on");
}

#[tokio::test]
async fn what_is_no_parquet_file_is_told() {
    let tables = Tables::start().await;
    for content in ["", "PAR1", "PAR1PAR1", "PAR1\u{0}\u{0}\u{0}\u{7f}PAR1", "no table at all"] {
        let error = tables.read("x.parquet", content, 10).await.unwrap_err();
        assert_eq!(error.code(), "damaged_table", "{content:?}");
    }
}
