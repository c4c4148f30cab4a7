//! A chart as Helm reads it from a repository: a gzipped tar file, the same bytes for the same files.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// A packed chart with what the index of a repository says of it.
#[derive(Clone, Debug)]
pub struct Package {
    /// `name`, `version` and the like, as `Chart.yaml` has them.
    pub metadata: Map<String, Value>,
    /// The file.
    pub archive: Archive,
}

/// The file of a packed chart.
#[derive(Clone, Debug)]
pub struct Archive {
    /// `keda-2.19.0.tgz`.
    pub file: String,
    /// What is in that file.
    pub bytes: Vec<u8>,
}

impl Archive {
    /// Packs files, by their path in the chart, below a folder of the chart's name.
    ///
    /// # Errors
    /// When a path is longer than a tar header holds.
    pub fn pack(chart: &str, version: &str, files: &BTreeMap<String, String>) -> Result<Self> {
        let mut tar = Vec::new();
        for (path, text) in files {
            tar.extend(header(&format!("{chart}/{path}"), text.len())?);
            tar.extend(text.as_bytes());
            tar.resize(tar.len().next_multiple_of(BLOCK), 0);
        }
        tar.resize(tar.len() + 2 * BLOCK, 0);
        Ok(Self { file: format!("{chart}-{version}.tgz"), bytes: gzip(&tar) })
    }

    /// The SHA-256 of the file, in hexadecimal, as an index tells it.
    #[must_use]
    pub fn digest(&self) -> String {
        Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes the file into a folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<std::path::PathBuf> {
        let path = folder.join(&self.file);
        fs::write(&path, &self.bytes)?;
        Ok(path)
    }
}

const BLOCK: usize = 512;

/// A ustar header of a plain file that belongs to nobody and was made at the beginning of time.
fn header(path: &str, length: usize) -> Result<[u8; BLOCK]> {
    // Longer names would need the header's second field for a folder, which nothing here is deep enough for.
    ensure!(path.len() <= 100, "`{path}` is longer than the 100 letters of a tar header");
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| {
        for (place, byte) in header.iter_mut().skip(at).zip(text) {
            *place = *byte;
        }
    };
    put(0, path.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    // The sum is made over eight blanks where it will stand.
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    for (place, byte) in header.iter_mut().skip(148).zip(format!("{sum:06o}\0 ").bytes()) {
        *place = byte;
    }
    Ok(header)
}

/// Compresses as `gzip -n` does: no name, no time.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    packed.extend(miniz_oxide::deflate::compress_to_vec(bytes, 6));
    packed.extend(crc32(bytes).to_le_bytes());
    // The length modulo 2^32, as the format wants it.
    #[expect(clippy::cast_possible_truncation, reason = "the format keeps the low 32 bits")]
    let length = bytes.len() as u32;
    packed.extend(length.to_le_bytes());
    packed
}

/// The opposite of [`gzip`], for files without a name in them.
///
/// # Errors
/// When it is no such file.
pub fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    ensure!(bytes.starts_with(&[0x1f, 0x8b]), "not packed by gzip");
    let body = bytes.get(10..bytes.len().saturating_sub(8)).context("too short for gzip")?;
    miniz_oxide::inflate::decompress_to_vec(body).map_err(|error| anyhow::anyhow!("{error}"))
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut table = [0_u32; 256];
    for (byte, entry) in (0_u32..).zip(table.iter_mut()) {
        *entry = (0..8).fold(byte, |sum, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 });
    }
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        let [low, ..] = sum.to_le_bytes();
        table.get(usize::from(low ^ byte)).copied().unwrap_or_default() ^ (sum >> 8)
    })
}

/// Unpacks a gzipped tar file with plain files of short names, as [`Archive::pack`] makes them.
///
/// # Errors
/// When it is no such file.
#[cfg(test)]
pub(super) fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, String>> {
    let tar = gunzip(bytes)?;
    let mut files = BTreeMap::new();
    let mut rest = tar.as_slice();
    while let Some((header, after)) = rest.split_at_checked(BLOCK).filter(|(header, _)| header[0] != 0) {
        let text = |from: usize, to: usize| {
            let field = header.get(from..to).unwrap_or_default();
            String::from_utf8_lossy(field).trim_end_matches('\0').to_owned()
        };
        let length = usize::from_str_radix(&text(124, 136), 8)?;
        let content = after.get(..length).context("the file ends early")?;
        files.insert(text(0, 100), String::from_utf8_lossy(content).into_owned());
        rest = after.get(length.next_multiple_of(BLOCK)..).context("the file ends early")?;
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_there_and_the_bytes_are_the_same_twice() {
        let files = BTreeMap::from([
            ("Chart.yaml".to_owned(), "name: a\n".to_owned()),
            ("templates/a.yaml".to_owned(), "x".repeat(600)),
        ]);
        let archive = Archive::pack("a", "1.0.0", &files).unwrap();
        assert_eq!(archive.file, "a-1.0.0.tgz");
        assert_eq!(archive.bytes, Archive::pack("a", "1.0.0", &files).unwrap().bytes);
        let there = unpack(&archive.bytes).unwrap();
        assert_eq!(there.keys().collect::<Vec<_>>(), ["a/Chart.yaml", "a/templates/a.yaml"]);
        assert_eq!(there["a/templates/a.yaml"].len(), 600);
    }

    #[test]
    fn the_checksum_is_that_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_path_that_no_header_holds_is_refused() {
        let files = BTreeMap::from([("x".repeat(100), String::new())]);
        let error = Archive::pack("a", "1", &files).unwrap_err();
        assert!(error.to_string().contains("longer than the 100 letters"), "{error}");
    }
}
