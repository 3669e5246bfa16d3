//! The pages of a Parquet file, held to a bound on what they take in memory.
//!
//! The library unpacks a page before it compares its size with what its header says, so that some kilobytes could become gigabytes. Here it is
//! built without what would unpack, and told that nothing is packed; what it hands out as it lies in the file is unpacked here.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::{
    basic::{Compression, Encoding, Type as PhysicalType},
    column::page::{Page, PageMetadata, PageReader},
    data_type::{ByteArray, Int96},
    errors::{ParquetError, Result},
    file::{
        metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData},
        reader::{ChunkReader, FileReader, RowGroupReader},
        serialized_reader::SerializedPageReader,
    },
    record::{Field, reader::RowIter},
    schema::types::{ColumnDescPtr, Type},
};

use super::{lengths::lengths, unpack::unpack};

/// How many bytes there is room for still; nothing after more was wanted.
pub struct Room(Mutex<Option<usize>>);

impl Room {
    pub fn of(bytes: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(bytes))))
    }

    /// Whether more was wanted than there was.
    pub fn is_used_up(&self) -> bool {
        self.left().is_none()
    }

    fn left(&self) -> Option<usize> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, bytes: usize) -> Result<()> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.and_then(|left| left.checked_sub(bytes));
        left.map(|_| ()).ok_or_else(|| ParquetError::General("too much to unpack".into()))
    }
}

/// A Parquet file whose pages are unpacked as far as there is room.
pub struct UnpackedFile<R> {
    file: Arc<R>,
    metadata: ParquetMetaData,
    room: Arc<Room>,
}

impl<R: 'static + ChunkReader> UnpackedFile<R> {
    pub fn open(file: R, room: Arc<Room>) -> Result<Self> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        Ok(Self { file: Arc::new(file), metadata, room })
    }
}

impl<R: 'static + ChunkReader> FileReader for UnpackedFile<R> {
    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }

    fn num_row_groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    fn get_row_group(&self, number: usize) -> Result<Box<dyn RowGroupReader + '_>> {
        Ok(Box::new(RowGroup { file: self, metadata: self.metadata.row_group(number) }))
    }

    fn get_row_iter(&self, shown: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_file(shown, self)
    }
}

struct RowGroup<'a, R> {
    file: &'a UnpackedFile<R>,
    metadata: &'a RowGroupMetaData,
}

impl<R: 'static + ChunkReader> RowGroupReader for RowGroup<'_, R> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.metadata
    }

    fn num_columns(&self) -> usize {
        self.metadata.num_columns()
    }

    fn get_column_page_reader(&self, number: usize) -> Result<Box<dyn PageReader>> {
        let column = self.metadata.column(number);
        let as_it_lies = column.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
        let rows = usize::try_from(self.metadata.num_rows())?;
        Ok(Box::new(Pages {
            packed: SerializedPageReader::new(self.file.file.clone(), &as_it_lies, rows, None)?,
            codec: column.compression(),
            column: column.column_descr_ptr(),
            room: self.file.room.clone(),
        }))
    }

    fn get_column_bloom_filter(&self, _: usize) -> Option<&parquet::bloom_filter::Sbbf> {
        None
    }

    fn get_row_iter(&self, shown: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(shown, self)
    }
}

/// The pages of one column.
struct Pages<R: ChunkReader> {
    packed: SerializedPageReader<R>,
    codec: Compression,
    column: ColumnDescPtr,
    room: Arc<Room>,
}

impl<R: ChunkReader> Pages<R> {
    fn unpacked(&self, mut page: Page) -> Result<Page> {
        match &mut page {
            Page::DictionaryPage { buf, num_values, .. } => {
                *buf = self.unpack(buf, 0, true)?;
                // The library makes room for as many values as the header says.
                self.room.take((*num_values as usize).saturating_mul(self.size_of_value()))?;
            }
            Page::DataPage { buf, num_values, encoding, .. } => {
                *buf = self.unpack(buf, 0, true)?;
                self.take_lists(*num_values)?;
                self.take_lengths(*encoding, self.after_levels(buf))?;
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                is_compressed,
                rep_levels_byte_len,
                def_levels_byte_len,
                ..
            } => {
                let levels = (*rep_levels_byte_len as usize).saturating_add(*def_levels_byte_len as usize);
                *buf = self.unpack(buf, levels, *is_compressed)?;
                self.take_lists(*num_values)?;
                self.take_lengths(*encoding, buf.get(levels..))?;
            }
        }
        Ok(page)
    }

    /// Unpacks what follows the levels, which are never packed.
    fn unpack(&self, page: &Bytes, levels: usize, is_packed: bool) -> Result<Bytes> {
        if !is_packed || self.codec == Compression::UNCOMPRESSED {
            self.room.take(page.len())?;
            return Ok(page.clone());
        }
        let (levels, packed) =
            page.split_at_checked(levels).ok_or_else(|| ParquetError::EOF("the page ends before".into()))?;
        self.room.take(levels.len())?;
        let values = unpack(self.codec, packed, self.room.left().unwrap_or_default())?;
        self.room.take(values.as_ref().map_or(usize::MAX, Vec::len))?;
        let values = values.unwrap_or_default();
        Ok(if levels.is_empty() { values.into() } else { [levels, &values].concat().into() })
    }

    /// A page of some bytes can say that one row has a list of a billion values, and the library makes rows as a whole.
    fn take_lists(&self, values: u32) -> Result<()> {
        let is_list = self.column.max_rep_level() > 0;
        self.room.take(if is_list { (values as usize).saturating_mul(size_of::<Field>()) } else { 0 })
    }

    /// The library makes room for as many lengths of texts as a page says that it has.
    fn take_lengths(&self, encoding: Encoding, values: Option<&[u8]>) -> Result<()> {
        if !matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            return Ok(());
        }
        let lengths = values.and_then(|values| lengths(encoding, values));
        let lengths = lengths.ok_or_else(|| ParquetError::General("a page has no lengths".into()))?;
        self.room.take(lengths.saturating_mul(size_of::<i32>()))
    }

    /// What stands in a page after its levels, of which each kind has its length first. (Before there was that, there were no lengths of texts.)
    fn after_levels<'a>(&self, mut page: &'a [u8]) -> Option<&'a [u8]> {
        for most in [self.column.max_rep_level(), self.column.max_def_level()] {
            if most > 0 {
                let (length, rest) = page.split_first_chunk()?;
                page = rest.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)?;
            }
        }
        Some(page)
    }

    /// How much the library takes for one value of a dictionary.
    fn size_of_value(&self) -> usize {
        match self.column.physical_type() {
            PhysicalType::BOOLEAN => size_of::<bool>(),
            PhysicalType::INT32 | PhysicalType::FLOAT => size_of::<i32>(),
            PhysicalType::INT64 | PhysicalType::DOUBLE => size_of::<i64>(),
            PhysicalType::INT96 => size_of::<Int96>(),
            PhysicalType::BYTE_ARRAY | PhysicalType::FIXED_LEN_BYTE_ARRAY => size_of::<ByteArray>(),
        }
    }
}

impl<R: ChunkReader> PageReader for Pages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.packed.get_next_page()?.map(|page| self.unpacked(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }
}

impl<R: ChunkReader> Iterator for Pages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
