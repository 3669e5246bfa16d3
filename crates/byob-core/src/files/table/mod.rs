//! The first rows of a table, read by range: of a table of any size, only its beginning comes here.

mod jsonl;
mod kind;
mod lengths;
mod pages;
mod parquet;
mod reader;
mod separated;
mod text;
mod unpack;

use byob_aws::{Invalid, Locator, ObjectKey};
use serde_json::Value;
use tokio::{sync::Semaphore, task::spawn_blocking};

pub use self::kind::ColumnKind;
use self::{reader::RangeReader, text::Text};
use crate::{
    core::Core,
    error::{Error, Kind, Result},
    organization::Reach,
    resolve::permit,
};

/// The most rows of one answer.
pub const MOST_ROWS: usize = 1000;

/// The most columns of one answer; the others are counted.
const MOST_COLUMNS: usize = 200;

/// The most bytes that are read of a table of lines. Who wants rows for which this is not enough gets fewer.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The longest text of one value, in bytes; of a longer one, its beginning is shown.
const LONGEST_VALUE: usize = 16 * 1024;

/// The most bytes of all values of one answer. A file of some bytes can say the same megabyte a thousand times.
const MOST_VALUES: usize = 8 * 1024 * 1024;

/// So many bad lines are named; the others are counted.
const MOST_BAD_LINES: usize = 100;

/// So much is read of a table of lines at first, in bytes.
const FIRST_BYTES: u64 = 256 * 1024;

/// Reading a table takes memory and a core, and anybody who may open files may ask.
static SIDE_BY_SIDE: Semaphore = Semaphore::const_new(4);

/// How a table is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Values between commas, semicolons or pipes; which, is found out.
    Csv,
    /// Values between tabs.
    Tsv,
    /// One JSON value in each line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

/// The beginning of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How it is written down.
    pub format: Format,
    /// Its columns, as far as they are shown.
    pub columns: Vec<Column>,
    /// How many columns it has altogether.
    pub column_count: usize,
    /// Its first rows, each with a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// How many rows it has altogether, where that is known.
    pub row_count: Option<u64>,
    /// Whether there are more rows.
    pub has_more: bool,
    /// Of lines that are no JSON, which, beginning with 1: the first hundred.
    pub bad_lines: Vec<usize>,
    /// How many there are.
    pub bad_line_count: usize,
    /// Of values between separators, where a row begins that opens a quote and does not close it, as far as the file was read. It and what
    /// follows are left out.
    pub open_quote: Option<usize>,
    /// How a table of lines is encoded, by its name on the web.
    pub encoding: Option<&'static str>,
    /// How many bytes of the file were read for this.
    pub bytes_read: u64,
    /// How many it has.
    pub size: u64,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What its heading says; empty where there is none.
    pub name: String,
    /// What is in it. Of tables of lines it is what the rows that were read have in common.
    pub kind: ColumnKind,
}

/// What the reader of a format found.
#[derive(Debug, Default, PartialEq)]
struct Beginning {
    /// The first [`MOST_COLUMNS`]; no reader keeps more, nor values for more.
    columns: Vec<Column>,
    column_count: usize,
    rows: Vec<Vec<Value>>,
    /// How many bytes the values have.
    size: usize,
    row_count: Option<u64>,
    has_more: bool,
    bad_lines: Vec<usize>,
    bad_line_count: usize,
    open_quote: Option<usize>,
    encoding: Option<&'static str>,
}

impl Format {
    /// The format that a key's name suggests. A last `.gz` is looked through.
    pub fn of(key: &ObjectKey) -> Option<Self> {
        let name = key.file_name().to_ascii_lowercase();
        let (_, extension) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
        match extension {
            "csv" | "psv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

impl Core {
    /// Reads the first rows of a table: 1 to 1,000.
    pub async fn read_table(&self, reach: &Reach, locator: &Locator, rows: usize) -> Result<Table> {
        if !(1..=MOST_ROWS).contains(&rows) {
            let invalid = Invalid::new("out_of_range", format!("{rows} rows are not offered."), "Ask for 1 to 1,000.");
            return Err(Error::field("rows", &invalid));
        }
        let format = Format::of(locator.key()).ok_or_else(|| {
            let hint = "Tables end with `.csv`, `.tsv`, `.psv`, `.jsonl`, `.ndjson` or `.parquet`.";
            let detail = "The name of the file does not say that it is a table.";
            Error::field("locator", &Invalid::new("no_table", detail, hint))
        })?;
        let listing = self.directory.of(reach.organization()).await?;
        let integration = listing.select(reach, locator)?;
        permit(integration, locator)?;
        let turn = SIDE_BY_SIDE.acquire().await.map_err(Error::internal)?;
        let reader = RangeReader::new(self.clone(), integration.clone(), locator.clone(), turn);
        match format {
            Format::Parquet => parquet::read(reader, rows).await,
            _ => lines(format, reader, rows).await,
        }
    }
}

/// Reads a table of lines: more and more of its beginning, until there are rows enough.
async fn lines(format: Format, mut reader: RangeReader, wanted: usize) -> Result<Table> {
    let mut bytes = Vec::new();
    let mut want = FIRST_BYTES;
    loop {
        let part = reader.read(bytes.len() as u64, want - bytes.len() as u64).await?;
        bytes.extend_from_slice(&part);
        let is_whole = bytes.len() as u64 >= reader.size() || part.is_empty();
        let found;
        // The reader goes along, for it holds the turn: who hangs up does not end the work.
        (reader, bytes, found) = spawn_blocking(move || {
            let Text { content, encoding, is_whole } = Text::of(&bytes, is_whole);
            let found = match format {
                Format::Jsonl => jsonl::read(&content, is_whole, wanted),
                _ => separated::read(&content, is_whole, wanted, format),
            };
            (reader, bytes, Beginning { encoding: Some(encoding), ..found })
        })
        .await
        .map_err(Error::internal)?;
        if found.rows.len() >= wanted || found.is_full() || is_whole || want >= MOST_BYTES {
            return match found.open_quote {
                Some(line) if found.columns.is_empty() => {
                    Err(damaged(format!("The row that begins in line {line} opens a quote that is not closed.")))
                }
                _ => Ok(found.table(format, &reader)),
            };
        }
        want *= 4;
    }
}

impl Beginning {
    /// Adds a row, of values that are as long as they are shown.
    fn push(&mut self, row: Vec<Value>) {
        let row: Vec<Value> = row.into_iter().map(shortened).collect();
        self.size += row.iter().map(size_of).sum::<usize>();
        self.rows.push(row);
    }

    /// Whether no more values fit into one answer.
    fn is_full(&self) -> bool {
        self.size >= MOST_VALUES
    }

    fn bad_line(&mut self, number: usize) {
        self.bad_line_count += 1;
        if self.bad_lines.len() < MOST_BAD_LINES {
            self.bad_lines.push(number);
        }
    }

    fn table(mut self, format: Format, reader: &RangeReader) -> Table {
        for row in &mut self.rows {
            row.resize(self.columns.len(), Value::Null);
        }
        Table {
            format,
            columns: self.columns,
            column_count: self.column_count,
            rows: self.rows,
            row_count: self.row_count,
            has_more: self.has_more,
            bad_lines: self.bad_lines,
            bad_line_count: self.bad_line_count,
            open_quote: self.open_quote,
            encoding: self.encoding,
            bytes_read: reader.bytes_read(),
            size: reader.size(),
        }
    }
}

/// How long a value is when it is written down, about.
fn size_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(_) | Value::Object(_) => value.to_string().len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

/// A value, or the beginning of a long one as a text.
fn shortened(value: Value) -> Value {
    let text = match value {
        Value::String(text) => text,
        Value::Array(_) | Value::Object(_) if size_of(&value) > LONGEST_VALUE => value.to_string(),
        short => return short,
    };
    if text.len() <= LONGEST_VALUE {
        return Value::String(text);
    }
    Value::String(format!("{}…", &text[..text.floor_char_boundary(LONGEST_VALUE)]))
}

/// A file that is not what its name says.
fn damaged(detail: String) -> Error {
    Error::new(Kind::Invalid, "damaged_table", detail)
        .hint("Download the file, and look at it with a tool of its format.")
}
