//! Facts in a file.

use std::io::Write as _;
use std::path::Path;

use super::{FORMAT, Facts};

/// Larger files are refused unread.
const MAX_BYTES: u64 = 32 << 20;

/// Why facts cannot be recorded or replayed.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// The disk refused.
    #[error("`{path}` cannot be {verb}")]
    Io {
        /// The file.
        path: String,
        /// `read` or `written`.
        verb: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("`{path}` holds no facts of an account")]
    NoFacts {
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
    /// Another version wrote it.
    #[error("the facts in `{path}` have format {format}, and this tfy-infra reads {FORMAT}")]
    Format {
        /// The file.
        path: String,
        /// The format.
        format: u64,
    },
    /// They are of another place.
    #[error("the facts in `{path}` are of account {account}, region {region}")]
    OtherPlace {
        /// The file.
        path: String,
        /// The account that they are of.
        account: String,
        /// The region that they are of.
        region: String,
        /// Account and region of the platform.
        wanted: (String, String),
    },
}

impl FactsError {
    /// Why, where the message does not say it.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Io { source, .. } => Some(source.to_string()),
            Self::NoFacts { cause, .. } => Some(cause.clone()),
            Self::Format { .. } => None,
            Self::OtherPlace { wanted: (account, region), .. } => {
                Some(format!("the platform is in account {account}, region {region}"))
            }
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "give another file",
            Self::NoFacts { .. } | Self::Format { .. } => {
                "record them anew with `tfy-infra facts --out FILE`"
            }
            Self::OtherPlace { .. } => {
                "record facts of the platform's account with `tfy-infra facts --out FILE`"
            }
        }
    }

    /// Whether the input is to blame, and not the machine.
    #[must_use]
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Io { verb: "written", .. })
    }
}

/// Writes facts into a file, by a rename over what was there.
///
/// # Errors
/// [`FactsError::Io`]
pub fn record(facts: &Facts, path: &Path) -> Result<(), FactsError> {
    let failed = |source| FactsError::Io { path: path.display().to_string(), verb: "written", source };
    let text = serde_json::to_string_pretty(facts).map_err(|e| failed(e.into()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    writeln!(file, "{text}").map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Reads facts of one account and region.
///
/// # Errors
/// [`FactsError`]
pub fn replay(path: &Path, account: &str, region: &str) -> Result<Facts, FactsError> {
    let name = path.display().to_string();
    let failed = |source| FactsError::Io { path: name.clone(), verb: "read", source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MAX_BYTES {
        let cause = format!("it has {size} bytes, more than facts ever have");
        return Err(FactsError::NoFacts { path: name, cause });
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    told(&name, &String::from_utf8_lossy(&bytes), account, region)
}

fn told(name: &str, text: &str, account: &str, region: &str) -> Result<Facts, FactsError> {
    let no_facts = |e: serde_json::Error| FactsError::NoFacts { path: name.to_owned(), cause: e.to_string() };
    let value: serde_json::Value = serde_json::from_str(text).map_err(no_facts)?;
    if let Some(format) = value["format"].as_u64().filter(|format| *format != u64::from(FORMAT)) {
        return Err(FactsError::Format { path: name.to_owned(), format });
    }
    let facts: Facts = serde_json::from_value(value).map_err(no_facts)?;
    if facts.account != account || facts.region != region {
        return Err(FactsError::OtherPlace {
            path: name.to_owned(),
            account: facts.account,
            region: facts.region,
            wanted: (account.to_owned(), region.to_owned()),
        });
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: (&str, &str) = ("123456789012", "us-east-1");

    fn refused(text: &str) -> (String, Option<String>, &'static str) {
        let error = told("facts.json", text, PLACE.0, PLACE.1).unwrap_err();
        (error.to_string(), error.note(), error.hint())
    }

    #[test]
    fn what_was_recorded_is_what_is_replayed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("facts.json");
        let mut facts = Facts::none(PLACE.0, PLACE.1, "2026-11-29T10:00:00Z");
        facts.clock = super::super::Answer::Known(-2);
        facts.bucket = super::super::Answer::Absent;
        record(&facts, &path).unwrap();
        assert_eq!(replay(&path, PLACE.0, PLACE.1).unwrap(), facts);
    }

    #[test]
    fn facts_of_another_place_or_format_are_refused() {
        let of = |account: &str, region: &str| {
            serde_json::to_string(&Facts::none(account, region, "2026-11-29T10:00:00Z")).unwrap()
        };
        assert_eq!(
            refused(&of("210987654321", "us-east-1")),
            (
                "the facts in `facts.json` are of account 210987654321, region us-east-1".to_owned(),
                Some("the platform is in account 123456789012, region us-east-1".to_owned()),
                "record facts of the platform's account with `tfy-infra facts --out FILE`"
            )
        );
        assert_eq!(
            refused(&of("123456789012", "eu-west-1")).0,
            "the facts in `facts.json` are of account 123456789012, region eu-west-1"
        );
        let anew = "record them anew with `tfy-infra facts --out FILE`";
        assert_eq!(
            refused("{\"format\": 2}"),
            ("the facts in `facts.json` have format 2, and this tfy-infra reads 1".to_owned(), None, anew)
        );
        assert_eq!(
            refused("{}"),
            (
                "`facts.json` holds no facts of an account".to_owned(),
                Some("missing field `format`".to_owned()),
                anew
            )
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_or_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = replay(&folder.path().join("none.json"), PLACE.0, PLACE.1).unwrap_err();
        assert!(error.to_string().ends_with("none.json` cannot be read"), "{error}");
        assert_eq!(error.note().as_deref(), Some("No such file or directory (os error 2)"));
        assert_eq!(error.hint(), "give another file");
        let facts = Facts::none(PLACE.0, PLACE.1, "2026-11-29T10:00:00Z");
        let error = record(&facts, &folder.path().join("no/such.json")).unwrap_err();
        assert!(error.to_string().ends_with("such.json` cannot be written"), "{error}");
        let large = folder.path().join("large.json");
        fs_err::File::create(&large).unwrap().set_len(MAX_BYTES + 1).unwrap();
        let note = replay(&large, PLACE.0, PLACE.1).unwrap_err().note();
        assert_eq!(note.as_deref(), Some("it has 33554433 bytes, more than facts ever have"));
    }
}
