//! Apache Parquet: the footer says where the columns are; of each, only the first pages are fetched.

use std::{
    collections::HashMap,
    io::{self, Read},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use parquet::{
    basic::{ConvertedType, LogicalType, Type as PhysicalType},
    errors::{ParquetError, Result as ParquetResult},
    file::reader::{ChunkReader, FileReader, Length, SerializedFileReader},
    record::Field,
    schema::types::Type,
};
use serde_json::Value;
use tokio::runtime::Handle;

use super::{Beginning, Column, ColumnKind, Format, MOST_COLUMNS, Table, damaged, reader::RangeReader};
use crate::error::{Error, Result};

/// Files are fetched in blocks of this many bytes.
const BLOCK: u64 = 128 * 1024;

/// No more is read of a file for its first rows, in bytes.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// No more is unpacked of it, in bytes: some kilobytes can pack gigabytes. It is what the pages say of themselves.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

/// Reads the first rows.
pub async fn read(mut reader: RangeReader, wanted: usize) -> Result<Table> {
    let last = reader.read_last(BLOCK).await?;
    if reader.size() == 0 {
        return Err(damaged("The file is empty, so it is no Parquet file.".into()));
    }
    let end = reader.size() - last.len() as u64;
    let size = reader.size();
    let shared =
        Arc::new(Mutex::new(Fetched { reader, last, end, blocks: HashMap::new(), unpacked: 0, failure: None }));
    let blocks = RemoteFile { shared: shared.clone(), size, runtime: Handle::current() };
    // The library reads when it likes to; a thread of its own may wait for that.
    let rows = tokio::task::spawn_blocking(move || rows(blocks, wanted)).await;
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let found = match (rows, shared.failure.take()) {
        (Ok(Ok(found)), _) => found,
        (_, Some(failure)) => return Err(failure),
        (Ok(Err(error)), None) => return Err(damaged("The file cannot be read as Parquet.".into()).caused_by(error)),
        // Damaged files can make the library panic.
        (Err(error), None) => return Err(damaged("The file cannot be read as Parquet.".into()).caused_by(error)),
    };
    Ok(found.table(Format::Parquet, &shared.reader))
}

fn rows(file: RemoteFile, wanted: usize) -> ParquetResult<Beginning> {
    let reader = SerializedFileReader::new(file)?;
    let metadata = reader.metadata().file_metadata();
    let fields = metadata.schema().get_fields();
    let shown = fields.iter().take(MOST_COLUMNS);
    let columns = shown.map(|field| Column { name: field.name().to_owned(), kind: kind_of(field) }).collect();
    let row_count = u64::try_from(metadata.num_rows()).unwrap_or_default();
    // Only what is shown is fetched.
    let shown = fields.iter().take(MOST_COLUMNS).cloned().collect();
    let shown = Type::group_type_builder(metadata.schema().name()).with_fields(shown).build()?;
    let column_count = fields.len();
    let mut found = Beginning { columns, column_count, row_count: Some(row_count), ..Beginning::default() };
    for row in reader.get_row_iter(Some(shown))?.take(wanted) {
        found.push(row?.get_column_iter().map(|(_, field)| value_of(field)).collect());
        if found.is_full() {
            break;
        }
    }
    found.has_more = (found.rows.len() as u64) < row_count;
    Ok(found)
}

/// Source: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md>.
fn kind_of(field: &Type) -> ColumnKind {
    let info = field.get_basic_info();
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::List), _) | (_, ConvertedType::LIST) => return ColumnKind::List,
        (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json | LogicalType::Uuid), _)
        | (_, ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON) => return ColumnKind::Text,
        (Some(LogicalType::Decimal { .. }), _) | (_, ConvertedType::DECIMAL) => return ColumnKind::Decimal,
        (Some(LogicalType::Date), _) | (_, ConvertedType::DATE) => return ColumnKind::Date,
        (Some(LogicalType::Time { .. }), _) | (_, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => {
            return ColumnKind::Time;
        }
        (Some(LogicalType::Timestamp { .. }), _)
        | (_, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS) => return ColumnKind::Timestamp,
        _ if field.is_group() => return ColumnKind::Object,
        _ => {}
    }
    match field.get_physical_type() {
        PhysicalType::BOOLEAN => ColumnKind::Boolean,
        PhysicalType::INT32 | PhysicalType::INT64 => ColumnKind::Integer,
        PhysicalType::INT96 => ColumnKind::Timestamp,
        PhysicalType::FLOAT | PhysicalType::DOUBLE => ColumnKind::Number,
        PhysicalType::BYTE_ARRAY | PhysicalType::FIXED_LEN_BYTE_ARRAY => ColumnKind::Binary,
    }
}

fn value_of(field: &Field) -> Value {
    match field {
        // As short as it was written: 0.1 and not 0.10000000149011612.
        Field::Float(number) => number.to_string().parse::<f64>().map_or(Value::Null, Value::from),
        field => field.to_json_value(),
    }
}

/// The file, as the library reads it.
struct RemoteFile {
    shared: Arc<Mutex<Fetched>>,
    size: u64,
    runtime: Handle,
}

/// What was fetched of it.
struct Fetched {
    reader: RangeReader,
    /// Its end, with the footer, and where that begins.
    last: Bytes,
    end: u64,
    blocks: HashMap<u64, Bytes>,
    /// How many bytes the pages have that were opened.
    unpacked: u64,
    /// Why a block could not be fetched: more than the library can say.
    failure: Option<Error>,
}

impl RemoteFile {
    /// What is there from a place on, as far as one block has it.
    fn at(&self, start: u64) -> ParquetResult<Bytes> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if start >= shared.end {
            let skipped = usize::try_from(start - shared.end).unwrap_or(usize::MAX);
            return Ok(shared.last.slice(skipped.min(shared.last.len())..));
        }
        let number = start / BLOCK;
        let within = usize::try_from(start % BLOCK).unwrap_or_default();
        if !shared.blocks.contains_key(&number) {
            if shared.reader.bytes_read() + BLOCK > MOST_BYTES {
                let error = damaged(format!("Its first rows lie in more than {} MB.", MOST_BYTES / 1024 / 1024));
                shared.failure = Some(error);
                return Err(ParquetError::General("too much to read".into()));
            }
            match self.runtime.block_on(shared.reader.read(number * BLOCK, BLOCK)) {
                Ok(block) => shared.blocks.insert(number, block),
                Err(error) => {
                    shared.failure = Some(error);
                    return Err(ParquetError::General("the bucket did not answer".into()));
                }
            };
        }
        let block = &shared.blocks[&number];
        Ok(block.slice(within.min(block.len())..))
    }
}

impl Length for RemoteFile {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for RemoteFile {
    type T = Reader;

    fn get_read(&self, start: u64) -> ParquetResult<Reader> {
        if let Some(size) = size_of_page(&self.at(start)?) {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.unpacked += size;
            if shared.unpacked > MOST_UNPACKED {
                let most = MOST_UNPACKED / 1024 / 1024;
                shared.failure =
                    Some(damaged(format!("Its first rows lie in pages of more than {most} MB, unpacked.")));
                return Err(ParquetError::General("too much to unpack".into()));
            }
        }
        let file = Self { shared: self.shared.clone(), size: self.size, runtime: self.runtime.clone() };
        Ok(Reader { file, position: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let beyond = start.checked_add(length as u64).is_none_or(|end| end > self.size);
        if beyond {
            return Err(ParquetError::EOF("the file ends before".into()));
        }
        if length as u64 > MOST_BYTES {
            return Err(ParquetError::General("a page is too large".into()));
        }
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let part = self.at(start + bytes.len() as u64)?;
            if part.is_empty() {
                return Err(ParquetError::EOF("the file ends before".into()));
            }
            bytes.extend_from_slice(&part[..part.len().min(length - bytes.len())]);
        }
        Ok(bytes.into())
    }
}

/// How large a page says that it is, unpacked, if this is how one begins: the second field of its header, after its kind and before its size as
/// it lies in the file. (Thrift's compact protocol: 0x15 is the next field, an `i32` as a zigzag variable-length number.)
///
/// Source: <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>, `PageHeader`.
fn size_of_page(mut bytes: &[u8]) -> Option<u64> {
    let mut field = || {
        let rest = bytes.strip_prefix(&[0x15])?;
        let length = 1 + rest.iter().take(9).position(|byte| byte & 0x80 == 0)?;
        let number = rest[..length].iter().rev().fold(0_u64, |number, byte| number << 7 | u64::from(byte & 0x7f));
        bytes = &rest[length..];
        Some(number)
    };
    let (_, size, _) = (field()?, field()?, field()?);
    // Zigzag: even numbers are the positive ones.
    (size % 2 == 0).then_some(size / 2)
}

/// Reads on from a place.
struct Reader {
    file: RemoteFile,
    position: u64,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let part = self.file.at(self.position).map_err(io::Error::other)?;
        let length = part.len().min(buffer.len());
        buffer[..length].copy_from_slice(&part[..length]);
        self.position += length as u64;
        Ok(length)
    }
}
