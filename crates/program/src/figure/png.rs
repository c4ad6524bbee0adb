//! A picture of few colours as a PNG file without compression, and base64 for a page that embeds
//! it.
//!
//! Sources: PNG (ISO/IEC 15948:2004), zlib (RFC 1950), stored blocks of deflate (RFC 1951, 3.2.4),
//! base64 (RFC 4648).

use crate::figure::colour_map::Rgba;

/// A PNG with one byte per pixel, which is an index into `palette`.
///
/// # Panics
/// If the number of pixels is not width·height, if a pixel has no colour in the palette, or if the
/// palette is empty or has more than 256 colours.
#[track_caller]
pub fn indexed_png(width: usize, height: usize, pixels: &[u8], palette: &[Rgba]) -> Vec<u8> {
    assert_eq!(pixels.len(), width * height, "png: {width}×{height} pixels, not {}", pixels.len());
    assert!((1..=256).contains(&palette.len()), "png: {} colours", palette.len());
    let largest = pixels.iter().copied().max().unwrap_or(0);
    assert!(usize::from(largest) < palette.len(), "png: colour {largest} of {}", palette.len());
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = |n: usize| u32::try_from(n).expect("a picture fits into memory").to_be_bytes();
    // The header says: 8 bits per pixel, indexed, deflate, no filter, not interlaced.
    chunk(&mut png, b"IHDR", &[&size(width)[..], &size(height)[..], &[8, 3, 0, 0, 0]].concat());
    chunk(&mut png, b"PLTE", &palette.iter().flat_map(|colour| colour[..3].to_vec()).collect::<Vec<u8>>());
    chunk(&mut png, b"tRNS", &palette.iter().map(|colour| colour[3]).collect::<Vec<u8>>());
    // Every row begins with the number of its filter.
    let rows: Vec<u8> = pixels.chunks(width.max(1)).flat_map(|row| [&[0], row].concat()).collect();
    chunk(&mut png, b"IDAT", &stored_zlib(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let checked = [&kind[..], data].concat();
    png.extend(u32::try_from(data.len()).expect("a chunk fits into memory").to_be_bytes());
    png.extend(&checked);
    png.extend(crc32(&checked).to_be_bytes());
}

/// A zlib stream of stored blocks.
fn stored_zlib(data: &[u8]) -> Vec<u8> {
    // The stream is deflate with a window of 32 KiB; the second byte makes the pair a multiple of
    // 31.
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(usize::from(u16::MAX));
    let last = blocks.len().saturating_sub(1);
    for (k, block) in blocks.enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(k == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    if data.is_empty() {
        stream.extend([1, 0, 0, 0xff, 0xff]);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        // This is the reversed polynomial of ISO 3309.
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    };
    !data.iter().fold(u32::MAX, step)
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16) | a
}

/// The bytes in base64, padded with `=` to a multiple of four characters.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |k: usize| u32::from(three.get(k).copied().unwrap_or(0));
        let all = (at(0) << 16) | (at(1) << 8) | at(2);
        for k in 0..4 {
            let digit = char::from(DIGITS[(all >> (18 - 6 * k)) as usize & 63]);
            text.push(if k <= three.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Check values of the catalogue of CRCs and of RFC 4648, section 10.
    #[test]
    fn published_check_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        let codes = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        codes.iter().for_each(|(plain, code)| assert_eq!(base64(plain.as_bytes()), *code));
    }

    #[test]
    fn a_picture_of_two_rows() {
        let png = indexed_png(3, 2, &[0, 1, 1, 1, 0, 1], &[[0; 4], [255, 128, 0, 255]]);
        assert_eq!(&png[..16], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        assert_eq!(&png[16..29], [0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]);
        let at = png.windows(4).position(|w| w == b"IDAT").unwrap() + 4;
        // The header of zlib, the header of the only block with 8 bytes, and two rows with filter
        // 0.
        assert_eq!(&png[at..at + 15], [0x78, 1, 1, 8, 0, 0xf7, 0xff, 0, 0, 1, 1, 0, 1, 0, 1]);
        assert!(png.ends_with(b"IEND\xae\x42\x60\x82"));
    }

    #[test]
    fn many_blocks_are_whole() {
        let data: Vec<u8> = (0..150_000u32).map(|k| k as u8).collect();
        let stream = stored_zlib(&data);
        assert_eq!(stream.len(), 2 + data.len() + 3 * 5 + 4);
        assert_eq!(stored_zlib(&[]).len(), 11);
    }
}
