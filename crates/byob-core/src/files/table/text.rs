//! The text of a table of lines, whatever it is packed by and encoded in.

use std::{borrow::Cow, io::Read};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

/// No more is unpacked, in bytes: a few kilobytes can pack gigabytes.
const MOST_UNPACKED: u64 = 4 * 1024 * 1024;

/// What a file begins with, as text.
pub struct Text {
    pub content: String,
    /// By its name on the web (<https://encoding.spec.whatwg.org>), such as `UTF-8`.
    pub encoding: &'static str,
    /// Whether it is all of the file.
    pub is_whole: bool,
}

impl Text {
    /// Of bytes, unpacked if they are packed by gzip. A byte order mark says how they are encoded, and is no text.
    pub fn of(bytes: &[u8], is_whole: bool) -> Self {
        let (bytes, is_whole) = unpacked(bytes, is_whole);
        let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or_else(|| (guessed(&bytes, is_whole), 0));
        let (content, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        Self { content: content.into_owned(), encoding: encoding.name(), is_whole }
    }
}

fn unpacked(bytes: &[u8], is_whole: bool) -> (Cow<'_, [u8]>, bool) {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return (bytes.into(), is_whole);
    }
    let mut unpacked = Vec::new();
    // What was cut off is unpacked as far as it goes.
    let end = MultiGzDecoder::new(bytes).take(MOST_UNPACKED).read_to_end(&mut unpacked);
    let is_all = end.is_ok() && (unpacked.len() as u64) < MOST_UNPACKED;
    (unpacked.into(), is_whole && is_all)
}

/// UTF-8, of which a few bytes may be wrong; or, where most that is not ASCII would be, what Excel and old programs write in the West.
fn guessed(bytes: &[u8], is_whole: bool) -> &'static Encoding {
    // The last line may have been cut within a character.
    let end = if is_whole { bytes.len() } else { bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or_default() };
    let (mut right, mut wrong) = (0, 0);
    for chunk in bytes[..end].utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    if wrong > right { WINDOWS_1252 } else { UTF_8 }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn read(bytes: &[u8], is_whole: bool) -> (String, &'static str) {
        let found = Text::of(bytes, is_whole);
        (found.content, found.encoding)
    }

    #[test]
    fn a_mark_says_how_a_text_is_encoded() {
        let wide = |bytes: fn(u16) -> [u8; 2]| "\u{feff}a;ü\n€".encode_utf16().flat_map(bytes).collect::<Vec<_>>();
        for (bytes, encoding) in [
            ("\u{feff}a;ü\n€".as_bytes().to_vec(), "UTF-8"),
            (wide(u16::to_le_bytes), "UTF-16LE"),
            (wide(u16::to_be_bytes), "UTF-16BE"),
        ] {
            assert_eq!(read(&bytes, true), ("a;ü\n€".into(), encoding));
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(&bytes).unwrap();
            assert_eq!(read(&packed.finish().unwrap(), true), ("a;ü\n€".into(), encoding));
        }
    }

    #[test]
    fn without_one_it_is_what_most_of_it_can_be() {
        assert_eq!(read(b"gr\xfc\xdfe;5 \x80\n", true), ("grüße;5 €\n".into(), "windows-1252"));
        assert_eq!(read("grüße €\n".as_bytes(), true), ("grüße €\n".into(), "UTF-8"));
        assert_eq!(read("grüße \u{fffd} €\n".as_bytes(), true).1, "UTF-8");
        assert_eq!(read(b"gr\xc3\xbc\xc3\x9fe \xff\n", true), ("grüße \u{fffd}\n".into(), "UTF-8"));
        assert_eq!(read(b"a;b\n1;\xc3", false).1, "UTF-8", "it was cut within a character");
        assert_eq!(read(b"", true), (String::new(), "UTF-8"));
    }
}
