//! How many lengths a page of texts says that it has, before the library makes room for so many.
//!
//! Pages of `DELTA_LENGTH_BYTE_ARRAY` begin with the lengths of their texts, those of `DELTA_BYTE_ARRAY` with what each shares with the one
//! before and then the same, all as `DELTA_BINARY_PACKED`. Source: <https://parquet.apache.org/docs/file-format/data-pages/encodings/>.

use parquet::basic::Encoding;

/// How many lengths there are in what a page has after its levels; nothing if they cannot be read.
pub fn lengths(encoding: Encoding, values: &[u8]) -> Option<usize> {
    match encoding {
        _ if values.is_empty() => Some(0),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => Some(Packed::read(values)?.count),
        Encoding::DELTA_BYTE_ARRAY => {
            let shared = Packed::read(values)?;
            let lengths = Packed::read(values.get(shared.end()?..)?)?;
            shared.count.checked_add(lengths.count)
        }
        _ => Some(0),
    }
}

/// The head of numbers that are written as differences.
struct Packed<'a> {
    bytes: &'a [u8],
    head: usize,
    mini_blocks: usize,
    values_of_mini_block: usize,
    count: usize,
}

impl<'a> Packed<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut head = 0;
        let [block, mini_blocks, count, _first] = [(); 4].map(|()| number(bytes, &mut head));
        let (mini_blocks, count) = (mini_blocks?, count?);
        Some(Self { bytes, head, mini_blocks, values_of_mini_block: block?.checked_div(mini_blocks)?, count })
    }

    /// Where what follows them begins. A block is its smallest difference, how many bits the differences of each of its mini blocks have,
    /// and these; of the last, only the mini blocks that are needed are there.
    fn end(&self) -> Option<usize> {
        let mut at = self.head;
        // The first is in the head.
        let mut left = self.count.saturating_sub(1);
        while left > 0 {
            number(self.bytes, &mut at)?;
            let widths = self.bytes.get(at..at.checked_add(self.mini_blocks)?)?;
            at += self.mini_blocks;
            for width in widths {
                if left > 0 {
                    at = at.checked_add(self.values_of_mini_block.checked_mul(usize::from(*width))? / 8)?;
                }
                left = left.saturating_sub(self.values_of_mini_block);
            }
        }
        Some(at)
    }
}

/// A number of seven bits a byte, the lowest first; `at` goes on to what follows it.
fn number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let rest = bytes.get(*at..)?;
    let length = 1 + rest.iter().take(10).position(|byte| byte & 0x80 == 0)?;
    *at += length;
    Some(rest[..length].iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)))
}
