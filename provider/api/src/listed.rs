//! What a list held, found by id and by what an object is called.

use std::collections::{BTreeSet, HashMap};

use crate::Entity;

/// The objects of one list.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    by_id: HashMap<String, Entity>,
    /// The ids of the objects with a name or FQN: looking through all objects for each of a thousand would take longer
    /// than all else.
    by_name: HashMap<String, BTreeSet<String>>,
}

impl FromIterator<Entity> for Listed {
    fn from_iter<I: IntoIterator<Item = Entity>>(entities: I) -> Self {
        let mut listed = Self::default();
        entities.into_iter().for_each(|entity| listed.insert(entity));
        listed
    }
}

impl Listed {
    pub(crate) fn get(&self, id: &str) -> Option<&Entity> {
        self.by_id.get(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Entity> {
        self.by_id.values()
    }

    /// The objects that a user calls `name`: by their FQN, or by their name.
    pub(crate) fn called(&self, name: &str) -> impl Iterator<Item = &Entity> {
        self.by_name.get(name).into_iter().flatten().filter_map(|id| self.get(id))
    }

    /// Puts an object in the place of the one with its id.
    pub(crate) fn insert(&mut self, entity: Entity) {
        self.remove(entity.id());
        for name in entity.names() {
            self.by_name.entry(name.to_owned()).or_default().insert(entity.id().to_owned());
        }
        self.by_id.insert(entity.id().to_owned(), entity);
    }

    pub(crate) fn remove(&mut self, id: &str) {
        let Some(gone) = self.by_id.remove(id) else { return };
        for name in gone.names() {
            if let Some(ids) = self.by_name.get_mut(name) {
                ids.remove(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entity(id: &str, fqn: &str, name: &str) -> Entity {
        Entity::from_value(json!({ "id": id, "fqn": fqn, "manifest": { "name": name } })).unwrap_or_default()
    }

    fn called<'a>(listed: &'a Listed, name: &str) -> Vec<&'a str> {
        listed.called(name).map(Entity::id).collect()
    }

    #[test]
    fn objects_are_found_by_name_and_by_fqn() {
        let listed: Listed = [entity("1", "a:x", "x"), entity("2", "b:x", "x")].into_iter().collect();
        assert_eq!(called(&listed, "x"), ["1", "2"]);
        assert_eq!(called(&listed, "b:x"), ["2"]);
        assert!(called(&listed, "1").is_empty());
    }

    #[test]
    fn what_was_renamed_or_removed_is_not_found_by_its_old_name() {
        let mut listed: Listed = [entity("1", "a:x", "x"), entity("2", "b:x", "x")].into_iter().collect();
        listed.insert(entity("1", "a:y", "y"));
        assert_eq!((called(&listed, "x"), called(&listed, "a:x")), (vec!["2"], vec![]));
        assert_eq!(called(&listed, "y"), ["1"]);
        listed.remove("2");
        listed.remove("2");
        assert!(called(&listed, "x").is_empty() && listed.get("2").is_none());
        assert_eq!(listed.all().count(), 1);
    }

    #[test]
    fn one_name_that_is_also_the_fqn_is_one_object() {
        let listed: Listed = [entity("x", "x", "x")].into_iter().collect();
        assert_eq!(called(&listed, "x"), ["x"]);
    }
}
