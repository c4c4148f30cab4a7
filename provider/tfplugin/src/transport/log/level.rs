//! Terraform's log levels.

use tracing::level_filters::LevelFilter;

/// The level that the environment asks for, for the provider of this type.
pub(super) fn wanted(provider: &str, get: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", provider.to_uppercase().replace('-', "_"));
    [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .filter_map(get)
        .find(|value| !value.is_empty())
        .map_or(LevelFilter::OFF, |value| parse(&value))
}

/// Reads a level as Terraform does: `JSON` stands for everything, and so does a word that it does not know.
fn parse(value: &str) -> LevelFilter {
    match value.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> LevelFilter {
        wanted("my-thing", |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_is_logged_unless_asked() {
        assert_eq!(with(&[]), LevelFilter::OFF);
        assert_eq!(with(&[("TF_LOG", "")]), LevelFilter::OFF);
        assert_eq!(with(&[("TF_LOG_CORE", "trace")]), LevelFilter::OFF);
    }

    #[test]
    fn the_most_specific_variable_counts() {
        assert_eq!(with(&[("TF_LOG", "info")]), LevelFilter::INFO);
        assert_eq!(with(&[("TF_LOG", "info"), ("TF_LOG_PROVIDER", "OFF")]), LevelFilter::OFF);
        let all = [("TF_LOG", "info"), ("TF_LOG_PROVIDER", "OFF"), ("TF_LOG_PROVIDER_MY_THING", "debug")];
        assert_eq!(with(&all), LevelFilter::DEBUG);
    }

    #[test]
    fn json_and_unknown_words_mean_everything() {
        assert_eq!(with(&[("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(with(&[("TF_LOG", "loud")]), LevelFilter::TRACE);
        assert_eq!(with(&[("TF_LOG", "Warn")]), LevelFilter::WARN);
        assert_eq!(with(&[("TF_LOG", "error")]), LevelFilter::ERROR);
    }
}
