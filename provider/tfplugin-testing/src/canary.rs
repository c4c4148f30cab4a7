//! Looks for secrets in everything that Terraform has written.

use std::path::{Path, PathBuf};

use fs_err as fs;

/// The files below `folder` that hold `secret`, plans unpacked.
pub(crate) fn files_with(secret: &str, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            found.extend(files_with(secret, &entry.path())?);
        } else if kind.is_file() {
            let bytes = fs::read(entry.path())?;
            if holds(&bytes, secret.as_bytes())
                || members(&bytes).iter().any(|member| holds(member, secret.as_bytes()))
            {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

pub(crate) fn holds(text: &[u8], secret: &[u8]) -> bool {
    !secret.is_empty() && text.windows(secret.len()).any(|window| window == secret)
}

/// The unpacked members of a ZIP archive, which is what a plan file is; nothing for other files.
fn members(archive: &[u8]) -> Vec<Vec<u8>> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    if !archive.starts_with(b"PK\x03\x04") {
        return Vec::new();
    }
    let entries = archive.windows(4).enumerate().filter(|(_, window)| *window == ENTRY);
    entries.filter_map(|(at, _)| member(archive, at)).collect()
}

/// The member that the directory entry at `entry` describes.
fn member(archive: &[u8], entry: usize) -> Option<Vec<u8>> {
    let short = |at: usize| Some(usize::from(u16::from_le_bytes(archive.get(at..at + 2)?.try_into().ok()?)));
    let long =
        |at: usize| usize::try_from(u32::from_le_bytes(archive.get(at..at + 4)?.try_into().ok()?)).ok();
    let (method, packed, local) = (short(entry + 10)?, long(entry + 20)?, long(entry + 42)?);
    let begin = local + 30 + short(local + 26)? + short(local + 28)?;
    let bytes = archive.get(begin..begin + packed)?;
    match method {
        0 => Some(bytes.to_vec()),
        _ => miniz_oxide::inflate::decompress_to_vec(bytes).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of one packed member.
    fn archive(content: &[u8]) -> Vec<u8> {
        let packed = miniz_oxide::deflate::compress_to_vec(content, 6);
        let size = (packed.len() as u32).to_le_bytes();
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend([0; 22]);
        bytes.extend([1, 0, 0, 0, b'n']);
        bytes.extend(&packed);
        let mut entry = b"PK\x01\x02".to_vec();
        entry.extend([0; 6]);
        entry.extend([8, 0]);
        entry.extend([0; 8]);
        entry.extend(size);
        entry.extend([0; 22]);
        [bytes, entry].concat()
    }

    #[test]
    fn a_secret_is_found_in_a_plain_file_and_in_a_packed_one() {
        let folder = tempfile::tempdir().unwrap();
        let secret = "canary-canary-canary";
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("inner/plain"), format!("x{secret}y")).unwrap();
        let packed = archive(secret.repeat(20).as_bytes());
        fs::write(folder.path().join("packed"), packed).unwrap();
        fs::write(folder.path().join("clean"), "canary-").unwrap();
        let mut found = files_with(secret, folder.path()).unwrap();
        found.sort();
        assert_eq!(found, [folder.path().join("inner/plain"), folder.path().join("packed")]);
    }
}
