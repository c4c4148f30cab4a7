//! Answers in pages, which end.

use super::failure::Failure;

/// More pages than any account needs for what is asked here.
const MOST: usize = 60;

/// All items of all pages. An answer whose pages do not end, or lead back to themselves, is none.
pub(super) async fn all<T, F>(
    action: &str,
    mut page: impl FnMut(Option<String>) -> F,
) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut items = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST {
        let (more, next) = page(token.clone()).await?;
        items.extend(more);
        let Some(next) = next.filter(|next| !next.is_empty()) else { return Ok(items) };
        if token.as_ref() == Some(&next) {
            return Err(Failure::incomplete(format!("`{action}` gives the same page again and again")));
        }
        token = Some(next);
    }
    Err(Failure::incomplete(format!("`{action}` has more than {MOST} pages")))
}

/// A list that the answer must hold, be it empty.
pub(super) fn listed<T>(action: &str, list: Option<Vec<T>>) -> Result<Vec<T>, Failure> {
    list.ok_or_else(|| Failure::incomplete(format!("the answer to `{action}` holds no list")))
}

/// A part that the answer must hold.
pub(super) fn told<T>(action: &str, part: &str, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::incomplete(format!("the answer to `{action}` does not tell `{part}`")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Why;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn pages_are_put_together_and_end() {
        let two = run(all("a:B", |token: Option<String>| async move {
            Ok((vec![token.is_some()], token.is_none().then(|| "next".to_owned())))
        }));
        assert_eq!(two.unwrap(), [false, true]);
        let same = run(all("a:B", |_| async { Ok((vec![1], Some("same".to_owned()))) })).unwrap_err();
        assert_eq!(same, Failure::new(Why::Incomplete, "`a:B` gives the same page again and again"));
        let mut n = 0;
        let endless = run(all("a:B", |_| {
            n += 1;
            let next = n.to_string();
            async move { Ok((vec![1], Some(next))) }
        }));
        assert_eq!(endless.unwrap_err().text, "`a:B` has more than 60 pages");
    }

    #[test]
    fn half_an_answer_is_none() {
        assert_eq!(listed::<u8>("a:B", None).unwrap_err().text, "the answer to `a:B` holds no list");
        assert_eq!(
            told::<u8>("a:B", "c", None).unwrap_err(),
            Failure::new(Why::Incomplete, "the answer to `a:B` does not tell `c`")
        );
    }
}
