//! Reads a list page by page.

use std::collections::HashSet;

use serde_json::Value;

use crate::Entity;

/// How many items one page asks for.
pub(crate) const PAGE: usize = 100;
/// How many pages are asked for at once.
const AT_ONCE: usize = 8;

/// No tenant has so many objects of a kind: a list that does not end, ends here.
const MOST: usize = 100_000;

/// A list that is being read.
#[derive(Default)]
pub(crate) struct Pages {
    entities: Vec<Entity>,
    seen: HashSet<String>,
    offset: usize,
    total: Option<usize>,
    /// Items of the last page: a control plane may give fewer than it is asked for.
    step: usize,
}

/// What to do after a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Ask for the page at this offset.
    Page(usize),
    End,
}

impl Pages {
    /// Takes one page in. Answers what is wrong with it when it is no page.
    pub(crate) fn take(&mut self, mut page: Value) -> Result<Next, String> {
        let Some(Value::Array(items)) = page.get_mut("data").map(Value::take) else {
            return Err("a list without `data`".to_owned());
        };
        let count = items.len();
        let total = page["pagination"]["total"].as_u64().and_then(|total| usize::try_from(total).ok());
        if count == 0 && self.offset == 0 && total.is_some_and(|total| total > 0) {
            return Err("a list that says it has objects, and shows none".to_owned());
        }
        self.total = total;
        self.step = count;
        let known = self.entities.len();
        for item in items {
            let entity = Entity::from_value(item).ok_or("a list item without id and name")?;
            // Something created or deleted between two pages shifts the items: one may come twice.
            if self.seen.insert(entity.id().to_owned()) {
                self.entities.push(entity);
            }
        }
        if self.entities.len() > MOST {
            return Err(format!("a list of more than {MOST} objects"));
        }
        self.offset += count;
        if count == 0 || total.is_some_and(|total| self.offset >= total) {
            return Ok(Next::End);
        }
        if self.entities.len() == known {
            return Err("a list that repeats the same page".to_owned());
        }
        Ok(Next::Page(self.offset))
    }

    /// The offsets of the pages to ask for side by side, from `offset` on: those that the total promises, but not so
    /// many that a control plane would call it a flood.
    pub(crate) fn remaining(&self, offset: usize) -> Vec<usize> {
        let end = self.total.unwrap_or(offset).max(offset + 1);
        (offset..end).step_by(self.step.max(1)).take(AT_ONCE).collect()
    }

    pub(crate) fn into_entities(self) -> Vec<Entity> {
        self.entities
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(ids: std::ops::Range<usize>, total: Option<usize>) -> Value {
        let data: Vec<_> = ids.map(|id| json!({"id": id.to_string(), "name": format!("n{id}")})).collect();
        match total {
            Some(total) => json!({"data": data, "pagination": {"total": total}}),
            None => json!({"data": data}),
        }
    }

    #[test]
    fn reads_until_the_total() {
        let mut pages = Pages::default();
        assert_eq!(pages.take(page(0..100, Some(150))), Ok(Next::Page(100)));
        assert_eq!(pages.take(page(100..150, Some(150))), Ok(Next::End));
        assert_eq!(pages.into_entities().len(), 150);
    }

    #[test]
    fn reads_until_an_empty_page_when_there_is_no_total_or_it_shrank() {
        let mut pages = Pages::default();
        assert_eq!(pages.take(page(0..3, None)), Ok(Next::Page(3)));
        assert_eq!(pages.take(page(3..3, None)), Ok(Next::End));
        let mut pages = Pages::default();
        assert_eq!(pages.take(page(0..100, Some(150))), Ok(Next::Page(100)));
        assert_eq!(pages.take(page(0..0, Some(150))), Ok(Next::End));
    }

    #[test]
    fn an_item_that_moved_between_pages_counts_once() {
        let mut pages = Pages::default();
        pages.take(page(0..100, Some(199))).unwrap();
        pages.take(page(99..199, Some(199))).unwrap();
        assert_eq!(pages.into_entities().len(), 199);
    }

    #[test]
    fn the_pages_that_the_total_promises_are_asked_for_at_once() {
        let mut pages = Pages::default();
        assert_eq!(pages.take(page(0..50, Some(180))), Ok(Next::Page(50)));
        assert_eq!(pages.remaining(50), [50, 100, 150], "in steps of what a page holds");
        let mut pages = Pages::default();
        assert_eq!(pages.take(page(0..3, None)), Ok(Next::Page(3)));
        assert_eq!(pages.remaining(3), [3], "one by one without a total");
        let mut pages = Pages::default();
        pages.take(page(0..100, Some(100_000))).unwrap();
        assert_eq!(pages.remaining(100).len(), AT_ONCE);
    }

    #[test]
    fn a_list_that_does_not_end_ends_here() {
        let mut pages = Pages::default();
        let endless = pages.take(page(0..MOST + 1, None));
        assert_eq!(endless, Err("a list of more than 100000 objects".to_owned()));
    }

    #[test]
    fn what_is_no_page_is_an_error_and_an_ignored_offset_does_not_loop() {
        for page in [json!({"message": "hello"}), json!([])] {
            assert_eq!(Pages::default().take(page), Err("a list without `data`".to_owned()));
        }
        let empty = Pages::default().take(json!({"data": [], "pagination": {"total": 3}}));
        assert_eq!(empty, Err("a list that says it has objects, and shows none".to_owned()));
        let nameless = Pages::default().take(json!({"data": [{}]}));
        assert_eq!(nameless, Err("a list item without id and name".to_owned()));
        let mut pages = Pages::default();
        pages.take(page(0..100, Some(300))).unwrap();
        let same = pages.take(page(0..100, Some(300)));
        assert_eq!(same, Err("a list that repeats the same page".to_owned()));
    }
}
