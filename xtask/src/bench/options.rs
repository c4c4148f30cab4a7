//! What `cargo xtask bench` was asked for.

use std::path::PathBuf;

const ROUNDS: usize = 5;

/// What to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything but what takes long.
    All,
    /// The provider framework by itself.
    Framework,
    /// The provider framework with ten times as many resources.
    Large,
    /// This build and the provider at this path, by turns, in so many rounds.
    Against(PathBuf, usize),
    /// The example provider and the same on HashiCorp's framework for Go, by turns, in so many rounds.
    Peer(usize),
}

impl Scope {
    /// From the arguments after `bench`; or what is wrong with them.
    pub(crate) fn of(arguments: &[String]) -> Result<Self, String> {
        let (mut framework, mut large, mut peer) = (false, false, false);
        let (mut against, mut rounds) = (None, None);
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let (name, mut given) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            let mut value = |what: &str| {
                given.take().or_else(|| words.next()).ok_or_else(|| format!("`{name}` needs {what}"))
            };
            match name {
                "--against" => against = Some(PathBuf::from(value("the path of a provider")?)),
                "--rounds" => rounds = Some(number(value("a number")?)?),
                "--framework" => framework = true,
                "--large" => large = true,
                "--peer" => peer = true,
                _ => return Err(format!("`bench` knows no option `{word}`")),
            }
            if given.is_some() {
                return Err(format!("`{name}` takes no value"));
            }
        }
        match (against, rounds) {
            (against, _) if peer && (framework || large || against.is_some()) => {
                Err("`--peer` goes with none of `--against`, `--framework` and `--large`".to_owned())
            }
            (_, rounds) if peer => Ok(Self::Peer(rounds.unwrap_or(ROUNDS))),
            (Some(_), _) if framework || large => {
                Err("`--against` goes with neither `--framework` nor `--large`".to_owned())
            }
            (Some(path), rounds) => Ok(Self::Against(path, rounds.unwrap_or(ROUNDS))),
            (None, Some(_)) => Err("`--rounds` goes with `--against` or `--peer`".to_owned()),
            (None, None) if large => Ok(Self::Large),
            (None, None) if framework => Ok(Self::Framework),
            (None, None) => Ok(Self::All),
        }
    }
}

fn number(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(rounds) if rounds > 0 => Ok(rounds),
        _ => Err(format!("`--rounds` is a number from 1 on, not `{text}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(arguments: &[&str]) -> Result<Scope, String> {
        let arguments: Vec<String> = arguments.iter().map(|&word| word.to_owned()).collect();
        Scope::of(&arguments)
    }

    #[test]
    fn scopes_are_told_by_their_options() {
        let against = |rounds| Ok(Scope::Against("old/provider".into(), rounds));
        assert_eq!(scope(&[]), Ok(Scope::All));
        assert_eq!(scope(&["--framework"]), Ok(Scope::Framework));
        assert_eq!(scope(&["--framework", "--large"]), Ok(Scope::Large));
        assert_eq!(scope(&["--against", "old/provider"]), against(5));
        assert_eq!(scope(&["--rounds", "2", "--against", "old/provider"]), against(2));
        assert_eq!(scope(&["--against=old/provider", "--rounds=9"]), against(9));
        assert_eq!(scope(&["--peer"]), Ok(Scope::Peer(5)));
        assert_eq!(scope(&["--rounds", "3", "--peer"]), Ok(Scope::Peer(3)));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let wrong = |arguments: &[&str]| scope(arguments).unwrap_err();
        assert_eq!(wrong(&["--against"]), "`--against` needs the path of a provider");
        assert_eq!(wrong(&["--against", "a", "--rounds"]), "`--rounds` needs a number");
        assert_eq!(wrong(&["--against", "a", "--rounds", "0"]), "`--rounds` is a number from 1 on, not `0`");
        assert_eq!(wrong(&["--against", "a", "--rounds=-1"]), "`--rounds` is a number from 1 on, not `-1`");
        assert_eq!(wrong(&["--rounds", "3"]), "`--rounds` goes with `--against` or `--peer`");
        assert_eq!(
            wrong(&["--large", "--against", "a"]),
            "`--against` goes with neither `--framework` nor `--large`"
        );
        for other in ["--large", "--framework", "--against=a"] {
            assert_eq!(
                wrong(&["--peer", other]),
                "`--peer` goes with none of `--against`, `--framework` and `--large`"
            );
        }
        assert_eq!(wrong(&["--peer=go"]), "`--peer` takes no value");
        assert_eq!(wrong(&["--large=yes"]), "`--large` takes no value");
        assert_eq!(wrong(&["--fast"]), "`bench` knows no option `--fast`");
    }
}
