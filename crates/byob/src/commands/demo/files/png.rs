//! Writing PNG files (<https://www.w3.org/TR/png-3/>), fast enough for ten thousand of them at every start.

use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params};

use super::canvas::Canvas;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// zlib's fastest. These pictures repeat themselves so much that more effort would save little.
const EFFORT: i32 = 1;
const WITH_ZLIB_HEADER: i32 = 1;

/// Bits of a pixel's number, and what the number means.
const INDEXED: [u8; 2] = [8, 3];
const GREY: [u8; 2] = [16, 0];

/// Writes one file after the other with the same memory.
pub struct PngWriter {
    compressor: Box<CompressorOxide>,
    rows: Vec<u8>,
    packed: Vec<u8>,
}

impl PngWriter {
    /// Before the first file.
    pub fn new() -> Self {
        let flags = create_comp_flags_from_zip_params(EFFORT, WITH_ZLIB_HEADER, 0);
        Self { compressor: Box::new(CompressorOxide::new(flags)), rows: Vec::new(), packed: Vec::new() }
    }

    /// A picture, with three bytes for each colour that its pixels number.
    pub fn indexed(&mut self, picture: &Canvas, palette: &[u8]) -> Vec<u8> {
        self.file(picture.width, picture.height, INDEXED, palette, &picture.pixels)
    }

    /// Shades of grey, in two bytes for each pixel, the higher one first.
    pub fn grey(&mut self, width: usize, height: usize, pixels: &[u8]) -> Vec<u8> {
        self.file(width, height, GREY, &[], pixels)
    }

    fn file(&mut self, width: usize, height: usize, colours: [u8; 2], palette: &[u8], pixels: &[u8]) -> Vec<u8> {
        self.pack(pixels, pixels.len() / height);
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or_default().to_be_bytes();
        // The usual compression and filters, and not interlaced.
        let header = [&side(width)[..], &side(height)[..], &colours[..], &[0, 0, 0]].concat();
        let mut file = Vec::with_capacity(palette.len() + self.packed.len() + 69);
        file.extend_from_slice(SIGNATURE);
        chunk(&mut file, *b"IHDR", &header);
        if !palette.is_empty() {
            chunk(&mut file, *b"PLTE", palette);
        }
        chunk(&mut file, *b"IDAT", &self.packed);
        chunk(&mut file, *b"IEND", &[]);
        file
    }

    fn pack(&mut self, pixels: &[u8], row: usize) {
        self.rows.clear();
        self.packed.clear();
        for pixels in pixels.chunks_exact(row) {
            // Not filtered: what repeats itself is found as it is.
            self.rows.push(0);
            self.rows.extend_from_slice(pixels);
        }
        self.compressor.reset();
        compress_to_output(&mut self.compressor, &self.rows, TDEFLFlush::Finish, |bytes| {
            self.packed.extend_from_slice(bytes);
            true
        });
    }
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    file.extend(u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend_from_slice(data);
    file.extend(crc32fast::hash(&file[start..]).to_be_bytes());
}

#[cfg(test)]
pub mod tests {
    use miniz_oxide::inflate::decompress_to_vec_zlib;

    use super::*;

    /// Width and pixels of a file, whose checksums hold.
    pub fn read(file: &[u8]) -> (usize, Vec<u8>) {
        let mut rest = file.strip_prefix(SIGNATURE).unwrap();
        let (mut width, mut data) = (0, Vec::new());
        while !rest.is_empty() {
            let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
            let length = number(&rest[..4]) as usize;
            let (body, after) = rest[4..].split_at(4 + length);
            assert_eq!(number(&after[..4]), crc32fast::hash(body));
            match &body[..4] {
                b"IHDR" => width = number(&body[4..8]) as usize,
                b"IDAT" => data = decompress_to_vec_zlib(&body[4..]).unwrap(),
                _ => {}
            }
            rest = &after[4..];
        }
        let pixels = data.chunks_exact(width + 1).flat_map(|row| row[1..].to_vec()).collect();
        (width, pixels)
    }

    #[test]
    fn pixels_come_back() {
        let picture = Canvas { width: 3, height: 2, pixels: vec![0, 1, 2, 2, 1, 0] };
        assert_eq!(read(&PngWriter::new().indexed(&picture, &[0; 9])), (3, picture.pixels));
    }
}
