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
    file::reader::{ChunkReader, FileReader, Length},
    record::Field,
    schema::types::Type,
};
use serde_json::Value;
use tokio::runtime::Handle;

use super::{
    Beginning, Column, ColumnKind, Format, MOST_COLUMNS, Table, damaged,
    pages::{Room, UnpackedFile},
    reader::RangeReader,
};
use crate::error::{Error, Result};

/// Files are fetched in blocks of this many bytes.
const BLOCK: u64 = 128 * 1024;

/// No more is read of a file for its first rows, in bytes.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// No more is unpacked of it, in bytes: some kilobytes can pack gigabytes.
const MOST_UNPACKED: usize = 256 * 1024 * 1024;

/// Reads the first rows.
pub async fn read(mut reader: RangeReader, wanted: usize) -> Result<Table> {
    let last = reader.read_last(BLOCK).await?;
    if reader.size() == 0 {
        return Err(damaged("The file is empty, so it is no Parquet file.".into()));
    }
    let end = reader.size() - last.len() as u64;
    let size = reader.size();
    let shared = Arc::new(Mutex::new(Fetched { reader, last, end, blocks: HashMap::new(), failure: None }));
    let blocks = RemoteFile { shared: shared.clone(), size, runtime: Handle::current() };
    // The library reads when it likes to; a thread of its own may wait for that.
    let rows = tokio::task::spawn_blocking(move || rows(blocks, wanted, MOST_UNPACKED)).await;
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let found = match (rows, shared.failure.take()) {
        (Ok(Ok(found)), _) => found,
        (_, Some(failure)) => return Err(failure),
        (Ok(Err(error)), None) => return Err(error),
        // Damaged files can make the library panic.
        (Err(error), None) => return Err(unreadable().caused_by(error)),
    };
    Ok(found.table(Format::Parquet, &shared.reader))
}

fn rows(file: impl ChunkReader + 'static, wanted: usize, most_unpacked: usize) -> Result<Beginning> {
    let room = Room::of(most_unpacked);
    let found = UnpackedFile::open(file, room.clone()).and_then(|file| beginning(&file, wanted));
    found.map_err(|error| {
        let most = most_unpacked / 1024 / 1024;
        let why = if room.is_used_up() {
            damaged(format!("Its first rows take more than {most} MB, unpacked."))
        } else {
            unreadable()
        };
        why.caused_by(error)
    })
}

fn unreadable() -> Error {
    damaged("The file cannot be read as Parquet.".into())
}

fn beginning(reader: &dyn FileReader, wanted: usize) -> ParquetResult<Beginning> {
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
    // Read ahead, a few bytes could be a thousand texts of the same megabyte.
    for row in reader.get_row_iter(Some(shown))?.with_batch_size(1).take(wanted) {
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

#[cfg(test)]
mod tests {
    use parquet::{
        basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel},
        data_type::{ByteArray, ByteArrayType, Int32Type},
        file::{
            metadata::ParquetMetaDataReader,
            properties::{WriterProperties, WriterVersion},
            writer::SerializedFileWriter,
        },
        schema::parser::parse_message_type,
    };

    use super::*;

    const MANY: usize = 300;

    /// A column of texts, of which some are empty.
    fn texts(properties: WriterProperties, texts: &[&str]) -> Vec<u8> {
        let schema = Arc::new(parse_message_type("message m { optional binary a (UTF8); }").unwrap());
        let mut file = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut file, schema, Arc::new(properties)).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).into()).collect();
        let levels: Vec<i16> = texts.iter().map(|text| i16::from(!text.is_empty())).collect();
        column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        file
    }

    /// The file with another number in the header of its first page, after these bytes of it and in as many bytes.
    fn forged(mut file: Vec<u8>, number: u32, before: &[u8]) -> Vec<u8> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&Bytes::from(file.clone())).unwrap();
        let start = usize::try_from(metadata.row_group(0).column(0).byte_range().0).unwrap();
        let at = start + file[start..].windows(before.len()).position(|bytes| bytes == before).unwrap() + before.len();
        let last = at + file[at..].iter().position(|byte| byte & 0x80 == 0).unwrap();
        // Zigzag: a positive number is twice itself.
        for (place, byte) in file[at..=last].iter_mut().enumerate() {
            *byte =
                u8::try_from((number * 2) >> (7 * place) & 0x7f).unwrap() | if place + at == last { 0 } else { 0x80 };
        }
        file
    }

    fn detail(file: Vec<u8>, most_unpacked: usize) -> String {
        let error = rows(Bytes::from(file), 10, most_unpacked).unwrap_err();
        assert_eq!(error.code(), "damaged_table");
        error.detail().to_owned()
    }

    #[test]
    fn a_page_is_unpacked_as_far_as_there_is_room_whatever_it_says() {
        let long = "a".repeat(1024 * 1024);
        for codec in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(GzipLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
            Compression::ZSTD(ZstdLevel::default()),
            Compression::LZ4,
            Compression::LZ4_RAW,
        ] {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                for dictionary in [true, false] {
                    let properties = WriterProperties::builder().set_compression(codec).set_writer_version(version);
                    let properties =
                        properties.set_dictionary_enabled(dictionary).set_dictionary_page_size_limit(1 << 22);
                    let file = texts(properties.build(), &["short", "", &long, "short"]);
                    let case = format!("{codec:?} {version:?} {dictionary}");

                    let found = rows(Bytes::from(file.clone()), 10, 8 << 20).unwrap();
                    let first: Vec<Option<&str>> = found.rows.iter().map(|row| row[0].as_str()?.get(..5)).collect();
                    assert_eq!(first, [Some("short"), None, Some("aaaaa"), Some("short")], "{case}");
                    assert_eq!(
                        detail(file.clone(), 1 << 20),
                        "Its first rows take more than 1 MB, unpacked.",
                        "{case}"
                    );
                    let kind = if dictionary {
                        4
                    } else if version == WriterVersion::PARQUET_1_0 {
                        0
                    } else {
                        6
                    };
                    let file = forged(file, 100, &[0x15, kind, 0x15]);
                    assert_eq!(detail(file, 1 << 20), "Its first rows take more than 1 MB, unpacked.", "{case}");
                }
            }
        }
    }

    #[test]
    fn a_dictionary_has_room_for_what_its_header_says() {
        let values: Vec<String> = (0..MANY).map(|number| format!("{number:04}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let file = texts(WriterProperties::default(), &values);
        assert_eq!(rows(Bytes::from(file.clone()), 1000, 100_000).unwrap().rows.len(), MANY);
        // Of the header of a dictionary (field 7), the first field.
        assert!(detail(forged(file, 8000, &[0x4c, 0x15]), 100_000).ends_with("unpacked."));
    }

    #[test]
    fn a_row_has_no_more_values_than_there_is_room_for() {
        let schema = "message m { required group a (LIST) { repeated group list { required int32 element; } } }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut file = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut file, schema, Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let count = 100_000;
        let repeated: Vec<i16> = (0..count).map(|number| i16::from(number > 0)).collect();
        let values = vec![7; count];
        column.typed::<Int32Type>().write_batch(&values, Some(&vec![1; count]), Some(&repeated)).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();

        assert!(file.len() < 2000, "{}", file.len());
        assert_eq!(rows(Bytes::from(file.clone()), 10, 16 << 20).unwrap().rows.len(), 1);
        assert!(detail(file, 1 << 20).ends_with("unpacked."));
    }

    #[test]
    fn texts_have_no_more_lengths_than_there_is_room_for() {
        for encoding in [Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::DELTA_BYTE_ARRAY] {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                let properties = WriterProperties::builder().set_dictionary_enabled(false).set_writer_version(version);
                let values: Vec<String> = (0..MANY).map(|number| format!("text {number:04}")).collect();
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                let file = texts(properties.set_encoding(encoding).build(), &values);
                let found = rows(Bytes::from(file.clone()), 1000, 100_000).unwrap();
                assert_eq!(found.rows.iter().map(|row| row[0].as_str().unwrap()).collect::<Vec<_>>(), values);

                // A block of 128 in 4 parts, and 300 numbers.
                let head = [0x80, 0x01, 0x04, 0xac, 0x02];
                let heads: Vec<usize> = (0..file.len() - 5).filter(|at| file[*at..at + 5] == head).collect();
                assert_eq!(heads.len(), if encoding == Encoding::DELTA_BYTE_ARRAY { 2 } else { 1 });
                for at in &heads {
                    let mut file = file.clone();
                    // As many as two bytes can say.
                    file[at + 3..at + 5].copy_from_slice(&[0xff, 0x7f]);
                    let detail = detail(file, 60_000);
                    // Lengths that are not there cannot be followed by others.
                    let is_last = heads.last() == Some(at);
                    assert_eq!(detail.ends_with("unpacked."), is_last, "{encoding} {version:?} {detail}");
                }
            }
        }
    }
}
