//! What one page of a Parquet file is packed by, undone, and no further than there is room.
//!
//! How large a page says that it is is not looked at: nothing holds a page to it.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use lz4_flex::block::DecompressError;
use parquet::basic::Compression;

/// A byte of an LZ4 block stands for no more than this many.
///
/// Source: <https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md>, where a length goes on in bytes of 255.
const LZ4_RATIO: usize = 255;

/// What was packed; `None` if it has more than `most` bytes.
pub fn unpack(codec: Compression, packed: &[u8], most: usize) -> io::Result<Option<Vec<u8>>> {
    // A page without values need not have anything in it.
    if packed.is_empty() {
        return Ok(Some(Vec::new()));
    }
    match codec {
        Compression::UNCOMPRESSED => read(packed, most),
        Compression::GZIP(_) => read(MultiGzDecoder::new(packed), most),
        Compression::ZSTD(_) => read(zstd::Decoder::with_buffer(packed)?, most),
        // Windows of up to a gigabyte are no part of RFC 7932, where nothing begins like this.
        Compression::BROTLI(_) if packed[0] & 0x7f == 0x11 => Err(io::ErrorKind::Unsupported.into()),
        Compression::BROTLI(_) => read(brotli::Decompressor::new(packed, 4096), most),
        Compression::SNAPPY => snappy(packed, most),
        Compression::LZ4_RAW => lz4_block(packed, most),
        // Three things were called LZ4 before it was given up for LZ4_RAW.
        Compression::LZ4 => hadoop(packed, most)
            .or_else(|_| read(lz4_flex::frame::FrameDecoder::new(packed), most))
            .or_else(|_| lz4_block(packed, most)),
        Compression::LZO => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn read(unpacked: impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut found = Vec::new();
    unpacked.take(most as u64 + 1).read_to_end(&mut found)?;
    Ok((found.len() <= most).then_some(found))
}

fn snappy(packed: &[u8], most: usize) -> io::Result<Option<Vec<u8>>> {
    // More than it says first, the library refuses.
    let length = snap::raw::decompress_len(packed).map_err(io::Error::other)?;
    let unpacked = (length <= most).then(|| snap::raw::Decoder::new().decompress_vec(packed));
    unpacked.transpose().map_err(io::Error::other)
}

/// A block does not say how long it is.
fn lz4_block(packed: &[u8], most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut found = vec![0; most.min(packed.len().saturating_mul(LZ4_RATIO))];
    match lz4_flex::block::decompress_into(packed, &mut found) {
        Ok(length) => {
            found.truncate(length);
            found.shrink_to_fit();
            Ok(Some(found))
        }
        Err(DecompressError::OutputTooSmall { .. }) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Blocks of LZ4, each after its length unpacked and packed, as Hadoop writes them.
fn hadoop(mut packed: &[u8], most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut found = Vec::new();
    while !packed.is_empty() {
        let (lengths, rest) = packed.split_first_chunk::<8>().ok_or(io::ErrorKind::UnexpectedEof)?;
        let [unpacked, length] =
            [0, 4].map(|at| lengths[at..].iter().take(4).fold(0, |n, byte| n << 8 | usize::from(*byte)));
        let (block, rest) = rest.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
        let left = most - found.len();
        match lz4_block(block, unpacked.min(left))? {
            Some(block) if block.len() == unpacked => found.extend(block),
            None if unpacked > left => return Ok(None),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        packed = rest;
    }
    Ok(Some(found))
}
